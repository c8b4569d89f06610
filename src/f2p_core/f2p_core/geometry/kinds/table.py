# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The table."""

from __future__ import annotations

from typing import Literal

from f2p_core.geometry.kinds.box import half_size, solid_box
from f2p_core.geometry.shape_kind import ShapeKind, ShapeValue, Size

TABLE_BOARD_M = 0.05
"""Relations see this much of a table, its top board [m].

Were it solid down to the floor, the 80° cone over its centre would reach the next table, and what
stands there would be above this one too.
"""


class Table(ShapeValue):
    """A table of full size (x, y, height) [m], solid down to the floor.

    Seen from above a table is a plane; relations take its top board of a fixed thickness
    (``TABLE_BOARD_M``), which gives ``above`` a clear margin.
    """

    kind: Literal['table'] = 'table'
    size_m: Size


TABLE = ShapeKind(
    name='table',
    shape=Table,
    half_extents=half_size,
    parts=solid_box,
    hull='box',
    usual_m=(0.8, 0.6, 0.4),
    fold=2,
    board_m=TABLE_BOARD_M,
)
