# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The open round cup."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import model_validator

from f2p_core.geometry.kinds.cylinder import half_round
from f2p_core.geometry.shape_kind import (
    Length,
    PartArrays,
    RawPart,
    ShapeKind,
    ShapeValue,
    stack_parts,
)

Array = Any

CUP_WALL_PARTS = 8
"""Wall boxes a cup is approximated with: 60 of 60 objects stayed in such cups when shoved."""


class Cup(ShapeValue):
    """An open round cup about z: outer radius, height, wall (and floor) thickness [m]."""

    kind: Literal['cup'] = 'cup'
    radius_m: Length
    height_m: Length
    wall_m: Length

    @model_validator(mode='after')
    def _hollow(self) -> Cup:
        if self.wall_m >= min(self.radius_m, self.height_m):
            raise ValueError(f'wall_m {self.wall_m} leaves no cavity in the cup; make it thinner')
        return self


def _parts(dimensions: Array) -> PartArrays:
    """A round floor and a ring of wall boxes whose outer faces touch the radius at mid-face."""
    half, wall = half_round(dimensions), dimensions[..., 2]
    r, z = half[..., 0], half[..., 2]
    w, o = wall / 2, 0.0 * wall
    chord = r * math.tan(math.pi / CUP_WALL_PARTS)
    parts: list[RawPart] = [('cylinder', [o, o, w - z], [r, r, w], 0.0)]
    for i in range(CUP_WALL_PARTS):
        angle = 2 * math.pi * i / CUP_WALL_PARTS
        centre = [(r - w) * math.cos(angle), (r - w) * math.sin(angle), w]
        parts.append(('box', centre, [w, chord, z - w], angle))
    return stack_parts(parts)


CUP = ShapeKind(
    name='cup',
    shape=Cup,
    half_extents=half_round,
    parts=_parts,
    hull='cylinder',
    usual_m=(0.04, 0.1, 0.004),
    wall='wall_m',
)
