# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Signed distance from points to shapes, on NumPy arrays and torch tensors, differentiable.

Bounds are taken by the method ``clip`` that both have: the function of ``array_api_compat`` writes
NumPy arrays through masks, several times slower.
"""

from __future__ import annotations

import math
from typing import Any

import array_api_compat

from f2p_core.geometry.parts import part_arrays
from f2p_core.geometry.rigid import turned_xy

Array = Any

_TINY_M2 = 1e-24
"""Least squared length under a root [m²], whose gradient at 0 is infinite."""


def signed_distance(kind: str, dimensions: Array, points_object: Array) -> Array:
    """Returns signed distances from points to the surfaces of shapes of one kind.

    The shape is the union of its parts, the distance the smallest over them: exact outside; inside
    exact for shapes of one part, else a bound (it sees the faces where two parts meet).

    Args:
        kind: Shape kind.
        dimensions: Dimension vectors, shape (..., 5) [m].
        points_object: Points in the object frames, shape (..., P, 3) [m].

    Returns:
        Distances, shape (..., P) [m]; negative inside the material.
    """
    x, y, z = (points_object[..., i] for i in range(3))
    return union_distance(kind, dimensions, x, y, z)


def union_distance(kind: str, dimensions: Array, x: Array, y: Array, z: Array) -> Array:
    """Returns ``signed_distance`` of points given by component, each (..., P) [m]."""
    xp = array_api_compat.array_namespace(dimensions, x)
    arrays = part_arrays(kind, dimensions)
    nearest: Array = None
    for k, (part_kind, yaw_rad) in enumerate(zip(arrays.kinds, arrays.yaw_rad, strict=True)):
        c = [arrays.centre_m[..., k, i, None] for i in range(3)]
        h = [arrays.half_m[..., k, i, None] for i in range(3)]
        px, py, pz = x - c[0], y - c[1], z - c[2]
        if yaw_rad:
            px, py = turned_xy(px, py, math.cos(yaw_rad), -math.sin(yaw_rad))
        distance = _PART_DISTANCE[part_kind](px, py, pz, h)
        nearest = distance if nearest is None else xp.minimum(nearest, distance)
    return nearest


def _root(squared: Array) -> Array:
    """Square root whose gradient at 0 is 0."""
    xp = array_api_compat.array_namespace(squared)
    return xp.sqrt(squared.clip(min=_TINY_M2))


def box_distance(x: Array, y: Array, z: Array, half: list[Array]) -> Array:
    """Returns the distance to a box, points by component, half sizes by axis [m]."""
    xp = array_api_compat.array_namespace(x)
    q = [xp.abs(p) - h for p, h in zip((x, y, z), half, strict=True)]
    outside = [v.clip(min=0.0) for v in q]
    inside = xp.maximum(xp.maximum(q[0], q[1]), q[2]).clip(max=0.0)
    return _root(outside[0] ** 2 + outside[1] ** 2 + outside[2] ** 2) + inside


def cylinder_distance(x: Array, y: Array, z: Array, half: list[Array]) -> Array:
    """Returns the distance to a cylinder, points by component, half sizes by axis [m]."""
    xp = array_api_compat.array_namespace(x)
    radial = _root(x * x + y * y) - half[0]
    axial = xp.abs(z) - half[2]
    outside = _root(radial.clip(min=0.0) ** 2 + axial.clip(min=0.0) ** 2)
    return outside + xp.maximum(radial, axial).clip(max=0.0)


def sphere_distance(x: Array, y: Array, z: Array, half: list[Array]) -> Array:
    """Returns the distance to a sphere, points by component, half sizes by axis [m]."""
    return _root(x * x + y * y + z * z) - half[0]


_PART_DISTANCE = {'box': box_distance, 'cylinder': cylinder_distance, 'sphere': sphere_distance}
