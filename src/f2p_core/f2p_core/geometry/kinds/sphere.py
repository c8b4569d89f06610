# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The solid ball."""

from __future__ import annotations

from typing import Any, Literal

import array_api_compat

from f2p_core.geometry.shape_kind import Length, PartArrays, ShapeKind, ShapeValue, single_part

Array = Any


class Sphere(ShapeValue):
    """A solid ball."""

    kind: Literal['sphere'] = 'sphere'
    radius_m: Length


def _half(dimensions: Array) -> Array:
    xp = array_api_compat.array_namespace(dimensions)
    return xp.stack([dimensions[..., 0]] * 3, axis=-1)


def _parts(dimensions: Array) -> PartArrays:
    return single_part('sphere', _half(dimensions))


SPHERE = ShapeKind(
    name='sphere',
    shape=Sphere,
    half_extents=_half,
    parts=_parts,
    hull='sphere',
    usual_m=(0.03,),
)
