# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A shape: a slab on two legs, under which small things fit."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from f2p_core.geometry.shape_kind import (
    Length,
    PartArrays,
    ShapeKind,
    ShapeValue,
    Size,
    stack_parts,
)

Array = Any


class Bridge(ShapeValue):
    """A slab of full size (x, y) on two legs along y at its ends in x.

    Attributes:
        size_m: Outer size (x, y, z) [m].
        leg_m: Thickness of the legs along x, and of the slab along z [m].
    """

    kind: Literal['bridge'] = 'bridge'
    size_m: Size
    leg_m: Length

    @model_validator(mode='after')
    def _open_below(self) -> Bridge:
        if 2 * self.leg_m >= self.size_m[0] or self.leg_m >= self.size_m[2]:
            raise ValueError(f'leg_m {self.leg_m} leaves no opening; make it thinner')
        return self


def _half(dimensions: Array) -> Array:
    return dimensions[..., :3] / 2


def _parts(dimensions: Array) -> PartArrays:
    half, leg = _half(dimensions), dimensions[..., 3] / 2
    x, y, z, o = half[..., 0], half[..., 1], half[..., 2], 0.0 * leg
    return stack_parts(
        [
            ('box', [o, o, z - leg], [x, y, leg], 0.0),
            ('box', [x - leg, o, -leg], [leg, y, z - leg], 0.0),
            ('box', [leg - x, o, -leg], [leg, y, z - leg], 0.0),
        ]
    )


BRIDGE = ShapeKind(
    name='bridge',
    shape=Bridge,
    half_extents=_half,
    parts=_parts,
    hull='box',
    usual_m=(0.14, 0.12, 0.07, 0.02),
    fold=2,
)
