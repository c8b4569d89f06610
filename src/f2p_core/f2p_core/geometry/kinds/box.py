# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The solid cuboid."""

from __future__ import annotations

from typing import Any, Literal

from f2p_core.geometry.shape_kind import PartArrays, ShapeKind, ShapeValue, single_part, Size

Array = Any


class Box(ShapeValue):
    """A solid cuboid of full size ``size_m`` (x, y, z) [m]."""

    kind: Literal['box'] = 'box'
    size_m: Size


def half_size(dimensions: Array) -> Array:
    """Returns half of a size (x, y, z) that comes first, (..., 5) → (..., 3) [m]."""
    return dimensions[..., :3] / 2


def solid_box(dimensions: Array) -> PartArrays:
    """Returns the cuboid of that size as the only part."""
    return single_part('box', half_size(dimensions))


BOX = ShapeKind(
    name='box',
    shape=Box,
    half_extents=half_size,
    parts=solid_box,
    hull='box',
    usual_m=(0.06, 0.06, 0.06),
    fold=2,
    fold_square=4,
)
