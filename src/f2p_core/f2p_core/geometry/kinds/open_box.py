# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The open box with a bucket handle."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import array_api_compat
from pydantic import Field, model_validator

from f2p_core.geometry.kinds.box import half_size
from f2p_core.geometry.shape_kind import (
    Length,
    PartArrays,
    RawPart,
    ShapeKind,
    ShapeValue,
    Size,
    stack_parts,
)

Array = Any

HANDLE_BAR_HALF_M = 0.008
"""Half width of the square cross-section of an open box's handle bar and posts [m]."""


class OpenBox(ShapeValue):
    """A box open at the top, outer size (x, y, z) [m], with a bucket handle along x.

    Attributes:
        size_m: Outer size of the body (x, y, z) [m].
        wall_m: Thickness of walls and floor [m].
        handle_height_m: Height of the handle bar's centre above the rim [m]; 0: no handle.
    """

    kind: Literal['open_box'] = 'open_box'
    size_m: Size
    wall_m: Length
    handle_height_m: Annotated[float, Field(ge=0.0, le=1.0)]

    @model_validator(mode='after')
    def _hollow(self) -> OpenBox:
        if 2 * self.wall_m >= min(self.size_m):
            raise ValueError(f'wall_m {self.wall_m} leaves no cavity in the box; make it thinner')
        return self


def _parts(dimensions: Array) -> PartArrays:
    half = half_size(dimensions)
    return stack_parts([*_tray(half, dimensions[..., 3]), *_handle(half, dimensions[..., 4])])


def _tray(half: Array, wall: Array) -> list[RawPart]:
    """Floor and four walls."""
    x, y, z = half[..., 0], half[..., 1], half[..., 2]
    w, o = wall / 2, 0.0 * wall
    inner_z = z - w
    return [
        ('box', [o, o, w - z], [x, y, w], 0.0),
        ('box', [x - w, o, w], [w, y, inner_z], 0.0),
        ('box', [w - x, o, w], [w, y, inner_z], 0.0),
        ('box', [o, y - w, w], [x - wall, w, inner_z], 0.0),
        ('box', [o, w - y, w], [x - wall, w, inner_z], 0.0),
    ]


def _handle(half: Array, height: Array) -> list[RawPart]:
    """Two posts on the short walls and the bar between them.

    Without a handle (height 0) all three shrink to points on the rim, where they change nothing.
    """
    xp = array_api_compat.array_namespace(half)
    x, z = half[..., 0], half[..., 2]
    present = xp.where(height > 0, xp.ones_like(height), xp.zeros_like(height))
    bar = HANDLE_BAR_HALF_M * present
    o = 0.0 * height
    post_half = (height + bar) / 2
    return [
        ('box', [x - bar, o, z + post_half], [bar, bar, post_half], 0.0),
        ('box', [bar - x, o, z + post_half], [bar, bar, post_half], 0.0),
        ('box', [x * (1 - present), o, z + height], [(x - 2 * bar) * present, bar, bar], 0.0),
    ]


OPEN_BOX = ShapeKind(
    name='open_box',
    shape=OpenBox,
    half_extents=half_size,
    parts=_parts,
    hull='box',
    usual_m=(0.3, 0.2, 0.12, 0.006, 0.1),
    wall='wall_m',
    handle='handle_height_m',
    fold=2,
)
