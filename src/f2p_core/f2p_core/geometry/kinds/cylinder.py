# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The solid cylinder."""

from __future__ import annotations

from typing import Any, Literal

import array_api_compat

from f2p_core.geometry.shape_kind import Length, PartArrays, ShapeKind, ShapeValue, single_part

Array = Any


class Cylinder(ShapeValue):
    """A solid cylinder about z (a capsule of the tabletop task is one too)."""

    kind: Literal['cylinder'] = 'cylinder'
    radius_m: Length
    height_m: Length


def half_round(dimensions: Array) -> Array:
    """Returns the half extents of a radius and a height, (..., 5) → (..., 3) [m]."""
    xp = array_api_compat.array_namespace(dimensions)
    d = dimensions
    return xp.stack([d[..., 0], d[..., 0], d[..., 1] / 2], axis=-1)


def _parts(dimensions: Array) -> PartArrays:
    return single_part('cylinder', half_round(dimensions))


CYLINDER = ShapeKind(
    name='cylinder',
    shape=Cylinder,
    half_extents=half_round,
    parts=_parts,
    hull='cylinder',
    usual_m=(0.03, 0.1),
    fold=2,
)
