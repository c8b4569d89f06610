# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The convex parts of all objects of a batch in one table, and what is nearest in one of them.

Components come first here, (3, ...): NumPy then works along long contiguous axes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import SceneBatch
from f2p_core.geometry.parts import part_arrays
from f2p_core.geometry.rigid import about_z, rotated
from f2p_core.geometry.sdf import box_distance, cylinder_distance, sphere_distance
from f2p_core.geometry.shapes import SHAPES

Array = Any

_TINY_M2 = 1e-24
"""Least squared length under a root [m²], whose gradient at 0 is infinite."""


class Parts(NamedTuple):
    """Convex parts; all fields broadcast over the same axes (...).

    Attributes:
        centre_m: Part centres in ``map``, shape (3, ...) [m].
        axes: Rotations part → map: component, axis of the part, shape (3, 3, ...).
        half_m: Half sizes, shape (3, ...) [m].
        flat: True where x and y are bounded like a box's, shape (...).
        ball: True for spheres, shape (...); a cylinder is neither flat nor a ball.
    """

    centre_m: Array
    axes: Array
    half_m: Array
    flat: Array
    ball: Array

    def to_map(self, points: Array) -> Array:
        """Maps points (3, ...) [m] from the frames of the parts to ``map``."""
        return turned(self.axes, points) + self.centre_m

    def from_map(self, points: Array) -> Array:
        """Maps points (3, ...) [m] from ``map`` to the frames of the parts."""
        return turned_back(self.axes, points - self.centre_m)

    def columns(self, index: NDArray[np.int64]) -> Parts:
        """Returns parts of all scenes by their number, from a table with axes (S, T)."""
        return Parts(*(field[..., index] for field in self))

    def pick(self, scene: Array, index: Array) -> Parts:
        """Returns one part of one scene per entry of index arrays, from a table with axes (S, T).

        Args:
            scene: Scene indices, which broadcast with ``index``.
            index: Numbers of parts, shape (...).
        """
        centre, axes, half = (entries(field, scene, index) for field in self[:3])
        return Parts(centre, axes, half, self.flat[index], self.ball[index])


def entries(field: Array, scene: Array, index: Array) -> Array:
    """Returns entries (..., M) of a field (..., S, T), the result laid out as the field is.

    Args:
        field: Components first.
        scene: Scene indices, which broadcast with ``index``.
        index: Columns, shape (S', M).
    """
    xp = array_api_compat.array_namespace(field)
    *leading, scenes, columns = field.shape
    flat = xp.reshape(field, (*leading, scenes * columns))
    number = xp.reshape(scene * columns + index, (-1,))
    return xp.reshape(xp.take(flat, number, axis=-1), (*leading, *index.shape))


def turned(rotation: Array, points: Array) -> Array:
    """Rotates points (3, ...) by matrices (3, 3, ...)."""
    xp = array_api_compat.array_namespace(points)
    return xp.sum(rotation * points[None], axis=1)


def turned_back(rotation: Array, points: Array) -> Array:
    """Rotates points (3, ...) by the transposed of matrices (3, 3, ...)."""
    xp = array_api_compat.array_namespace(points)
    return xp.sum(rotation * points[:, None], axis=0)


def part_table(batch: SceneBatch) -> Parts:
    """Returns the parts of all objects, one object after the other, with axes (S, T).

    ``flat`` and ``ball`` are the same in all scenes and have the axis (T,).
    """
    xp = array_api_compat.array_namespace(batch.dimensions)
    device = array_api_compat.device(batch.dimensions)
    arrays = [part_arrays(k, batch.dimensions[:, i]) for i, k in enumerate(batch.kinds)]
    centre = xp.concat([a.centre_m for a in arrays], axis=1)
    half = xp.concat([a.half_m for a in arrays], axis=1)
    yaw_rad = np.array([yaw for a in arrays for yaw in a.yaw_rad])
    owner = xp.asarray(part_owners(batch.kinds), device=device)
    axes = batch.rotation[:, owner]
    centre = rotated(axes, centre) + batch.position_m[:, owner]
    if yaw_rad.any():
        axes = axes @ xp.asarray(about_z(yaw_rad), dtype=axes.dtype, device=device)
    kinds = np.array([kind for a in arrays for kind in a.kinds])
    return Parts(
        _components_first(centre),
        xp.stack([_components_first(axes[..., i, :]) for i in range(3)]),
        _components_first(half),
        xp.asarray(kinds == 'box', device=device),
        xp.asarray(kinds == 'sphere', device=device),
    )


def _components_first(vectors: Array) -> Array:
    """Vectors (..., 3) as (3, ...), in the memory too."""
    xp = array_api_compat.array_namespace(vectors)
    return xp.stack([vectors[..., i] for i in range(3)])


@lru_cache(maxsize=256)
def part_owners(kinds: tuple[str, ...]) -> NDArray[np.int64]:
    """Returns the column of the object each part of a table belongs to, shape (T,)."""
    return np.repeat(np.arange(len(kinds)), [len(SHAPES[kind].part_kinds) for kind in kinds])


def project(parts: Parts, points: Array) -> Array:
    """Returns the nearest points of solid parts, in the parts' frames.

    Args:
        parts: Parts with axes (...).
        points: Points in the parts' frames, shape (3, ...) [m].

    Returns:
        The points themselves where they are inside, shape (3, ...) [m].
    """
    xp = array_api_compat.array_namespace(points)
    clipped = xp.minimum(xp.maximum(points, -parts.half_m), parts.half_m)
    squared = points * points
    across = squared[0] + squared[1]
    across = xp.where(parts.ball, across + squared[2], across)
    shrink = parts.half_m[0] / xp.sqrt(across.clip(min=_TINY_M2))
    shrunk = points * shrink.clip(max=1.0)
    upright = xp.where(parts.ball, shrunk[2], clipped[2])
    curved = xp.stack([shrunk[0], shrunk[1], upright])
    return xp.where(parts.flat, clipped, curved)


def part_distance(parts: Parts, points: Array) -> Array:
    """Returns signed distances (...) [m] of points (3, ...) in the parts' frames [m]."""
    xp = array_api_compat.array_namespace(points)
    x, y, z = points[0], points[1], points[2]
    half = [parts.half_m[0], parts.half_m[1], parts.half_m[2]]
    round_ = xp.where(parts.ball, sphere_distance(x, y, z, half), cylinder_distance(x, y, z, half))
    return xp.where(parts.flat, box_distance(x, y, z, half), round_)
