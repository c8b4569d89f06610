# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Well-spread points on the surface of a shape, as smooth functions of its dimensions.

Which points are taken is decided once per shape kind, by farthest point sampling on a shape of
ordinary proportions; each point is then a fixed place on a fixed part and moves with the part.
"""

from __future__ import annotations

from functools import lru_cache
import math
from typing import Any, NamedTuple

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.parts import part_arrays
from f2p_core.geometry.rigid import turned_vectors
from f2p_core.geometry.sdf import signed_distance
from f2p_core.geometry.shapes import SHAPES
from f2p_core.sampling import farthest_point_indices

Array = Any
FloatPoints = NDArray[np.float64]

_GRID = 7
"""Points along an edge of a box in the dense template the probes are chosen from."""

_RIM_POINTS = 16
"""Points round a circle of the dense template."""


class SurfaceTemplate(NamedTuple):
    """Places on the surface of every shape of a kind.

    Attributes:
        part: Index of the part each is on, shape (n,).
        unit: Place in the part's own frame, in units of its half size, shape (n, 3).
        normal: Outward normal in the part's own frame, shape (n, 3).
    """

    part: NDArray[np.int64]
    unit: FloatPoints
    normal: FloatPoints


def surface_points(kind: str, dimensions: Array, n: int) -> Array:
    """Returns n well-spread points on the surfaces of shapes of one kind.

    Corners of boxes, rims of cylinders and poles of spheres come first, so they are all there
    when n allows it. The same n gives the same places on every shape of the kind.

    Args:
        kind: Shape kind.
        dimensions: Dimension vectors, shape (..., 5) [m]; the result is differentiable in them.
        n: Number of points, at least 1.

    Returns:
        Points in the object frames, shape (..., n, 3) [m].
    """
    xp = array_api_compat.array_namespace(dimensions)
    template = surface_template(kind, n)
    arrays = part_arrays(kind, dimensions)
    part = _constant(template.part, dimensions, integer=True)
    half = xp.take(arrays.half_m, part, axis=-2)
    centre = xp.take(arrays.centre_m, part, axis=-2)
    local = half * _constant(template.unit, dimensions)
    yaw = np.array(arrays.yaw_rad)[template.part]
    return centre + _turned(local, yaw, dimensions)


def surface_normals(kind: str, dimensions: Array, n: int) -> Array:
    """Returns the outward unit normals at ``surface_points(kind, dimensions, n)``.

    At corners and rims it is the normal of one of the faces that meet there.

    Returns:
        Unit vectors in the object frames, shape (..., n, 3).
    """
    xp = array_api_compat.array_namespace(dimensions)
    template = surface_template(kind, n)
    yaw = np.array(part_arrays(kind, dimensions).yaw_rad)[template.part]
    normal = _turned(_constant(template.normal, dimensions), yaw, dimensions)
    return xp.broadcast_to(normal, (*dimensions.shape[:-1], n, 3))


def _constant(values: NDArray[Any], like: Array, *, integer: bool = False) -> Array:
    xp = array_api_compat.array_namespace(like)
    dtype = xp.int64 if integer else like.dtype
    return xp.asarray(values, dtype=dtype, device=array_api_compat.device(like))


def _turned(local: Array, yaw_rad: FloatPoints, like: Array) -> Array:
    """Turns points (..., n, 3) about z by one constant angle each (n,)."""
    if not yaw_rad.any():
        return local
    cos, sin = _constant(np.cos(yaw_rad), like), _constant(np.sin(yaw_rad), like)
    return turned_vectors(local, cos, sin)


@lru_cache(maxsize=64)
def surface_template(kind: str, n: int) -> SurfaceTemplate:
    """Returns n places, chosen on the ordinary shape of a kind: the essential ones first."""
    definition = SHAPES[kind]
    dimensions = np.array(definition.padded(definition.usual_m))
    arrays = part_arrays(kind, dimensions)
    part, unit, normal, essential = _candidates(arrays.kinds)
    yaw = np.array(arrays.yaw_rad)[part]
    places = arrays.centre_m[part] + _turned(arrays.half_m[part] * unit, yaw, dimensions)
    keep = _outermost(kind, dimensions, places)
    part, unit, normal = part[keep], unit[keep], normal[keep]
    essential, places = essential[keep], places[keep]
    chosen = farthest_point_indices(places[essential], min(n, int(essential.sum())))
    chosen = np.flatnonzero(essential)[chosen]
    chosen = farthest_point_indices(places, n, first=chosen)
    return SurfaceTemplate(part[chosen], unit[chosen], normal[chosen])


def _outermost(kind: str, dimensions: FloatPoints, places: FloatPoints) -> NDArray[np.int64]:
    """Indices of the candidates that are not inside another part, one per place."""
    outside = signed_distance(kind, dimensions, places) > -1e-9
    _, first = np.unique(np.round(places, 9), axis=0, return_index=True)
    return np.array(sorted(set(first.tolist()) & set(np.flatnonzero(outside).tolist())))


def _candidates(
    kinds: tuple[str, ...],
) -> tuple[NDArray[np.int64], FloatPoints, FloatPoints, NDArray[np.bool_]]:
    unit_of = {'box': _box_places, 'cylinder': _cylinder_places, 'sphere': _sphere_places}
    per_part = [unit_of[kind]() for kind in kinds]
    part = np.concatenate([np.full(len(u), i) for i, (u, _, _) in enumerate(per_part)])
    unit, normal, essential = (np.concatenate([p[j] for p in per_part]) for j in range(3))
    return part, unit, normal, essential


_Places = tuple[FloatPoints, FloatPoints, NDArray[np.bool_]]


def _box_places() -> _Places:
    """A grid on each face of the unit box; its corners are essential."""
    line = np.linspace(-1.0, 1.0, _GRID)
    u, v = (g.ravel() for g in np.meshgrid(line, line))
    faces, normals = [], []
    for axis in range(3):
        for side in (-1.0, 1.0):
            face = np.insert(np.stack([u, v], axis=-1), axis, side, axis=1)
            faces.append(face)
            normals.append(np.broadcast_to(side * np.eye(3)[axis], face.shape))
    unit = np.concatenate(faces)
    return unit, np.concatenate(normals), np.asarray(np.abs(unit).sum(axis=1) == 3.0)


def _cylinder_places() -> _Places:
    """Rings of the unit cylinder's mantle and of its two ends; the rims are essential."""
    angle = 2 * math.pi * np.arange(_RIM_POINTS) / _RIM_POINTS
    ring = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
    unit, normal = [], []
    for z in (-1.0, 1.0):
        for radius in (1.0, 0.66, 0.33):
            unit.append(ring * radius + np.array([0.0, 0.0, z]))
            normal.append(np.broadcast_to([0.0, 0.0, z], ring.shape))
        unit.append(np.array([[0.0, 0.0, z]]))
        normal.append(np.array([[0.0, 0.0, z]]))
    for z in np.linspace(-1.0, 1.0, _GRID)[1:-1]:
        unit.append(ring + np.array([0.0, 0.0, z]))
        normal.append(ring)
    places = np.concatenate(unit)
    essential = (np.hypot(places[:, 0], places[:, 1]) > 0.99) & (np.abs(places[:, 2]) == 1.0)
    return places, np.concatenate(normal), essential


def _sphere_places() -> _Places:
    """The six poles of the unit sphere (essential) and a Fibonacci lattice."""
    count = 400
    z = 1.0 - (2.0 * np.arange(count) + 1.0) / count
    angle = np.arange(count) * math.pi * (3.0 - math.sqrt(5.0))
    radius = np.sqrt(1.0 - z * z)
    lattice = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=-1)
    unit = np.concatenate([np.eye(3), -np.eye(3), lattice])
    return unit, unit, np.arange(len(unit)) < 6
