# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The shelf compartment."""

from __future__ import annotations

from typing import Any, Literal

from f2p_core.geometry.kinds.box import half_size
from f2p_core.geometry.shape_kind import (
    Length,
    PartArrays,
    ShapeKind,
    ShapeValue,
    Size,
    stack_parts,
)

Array = Any


class Shelf(ShapeValue):
    """A shelf compartment open towards −x: floor, roof, back and two sides."""

    kind: Literal['shelf'] = 'shelf'
    size_m: Size
    wall_m: Length


def _parts(dimensions: Array) -> PartArrays:
    """Floor, roof, back (+x) and two sides; open towards −x."""
    half, wall = half_size(dimensions), dimensions[..., 3]
    x, y, z = half[..., 0], half[..., 1], half[..., 2]
    w, o = wall / 2, 0.0 * wall
    return stack_parts(
        [
            ('box', [o, o, w - z], [x, y, w], 0.0),
            ('box', [o, o, z - w], [x, y, w], 0.0),
            ('box', [x - w, o, o], [w, y, z - wall], 0.0),
            ('box', [o, y - w, o], [x, w, z - wall], 0.0),
            ('box', [o, w - y, o], [x, w, z - wall], 0.0),
        ]
    )


SHELF = ShapeKind(
    name='shelf',
    shape=Shelf,
    half_extents=half_size,
    parts=_parts,
    hull='box',
    usual_m=(0.3, 0.6, 0.4, 0.015),
    wall='wall_m',
)
