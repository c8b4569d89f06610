# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The convex parts of all objects of a batch in one table, so that pairs can pick theirs."""

from __future__ import annotations

from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from f2p_core.batch import SceneBatch
from f2p_core.geometry.parts import part_arrays
from f2p_core.geometry.rigid import about_z, rotated, Transform
from f2p_core.geometry.sdf import box_distance, cylinder_distance, sphere_distance

Array = Any

_TINY_M2 = 1e-24
"""Least squared length under a root [m²], whose gradient at 0 is infinite."""


class Parts(NamedTuple):
    """Convex parts in the frames of their objects; all fields broadcast over the same axes.

    Attributes:
        centre_m: Part centres, shape (..., 3) [m].
        half_m: Half sizes, shape (..., 3) [m].
        turn: Rotations part → object, shape (..., 3, 3).
        flat: True where x and y are bounded like a box's, shape (...).
        ball: True for spheres, shape (...); a cylinder is neither flat nor a ball.
    """

    centre_m: Array
    half_m: Array
    turn: Array
    flat: Array
    ball: Array

    def to_object(self, points: Array) -> Array:
        """Maps points (..., 3) [m] from the frames of the parts to those of their objects."""
        return rotated(self.turn, points) + self.centre_m


def part_table(batch: SceneBatch) -> Parts:
    """Returns the parts of all objects with axes (S, N, K).

    K is the largest number of parts of an object; the others repeat their first part. ``turn``,
    ``flat`` and ``ball`` are the same in all scenes and have axes (N, K).
    """
    xp = array_api_compat.array_namespace(batch.dimensions)
    per_object = [part_arrays(k, batch.dimensions[:, i]) for i, k in enumerate(batch.kinds)]
    most = max(len(arrays.kinds) for arrays in per_object)
    centre, half, yaw, kinds = [], [], [], []
    for arrays in per_object:
        count = len(arrays.kinds)
        rows = list(range(count)) + [0] * (most - count)
        centre.append(arrays.centre_m[:, rows])
        half.append(arrays.half_m[:, rows])
        yaw.append([arrays.yaw_rad[k] for k in rows])
        kinds.append([arrays.kinds[k] for k in rows])
    device = array_api_compat.device(batch.dimensions)
    turn = xp.asarray(about_z(np.array(yaw)), dtype=batch.dimensions.dtype, device=device)
    flat = xp.asarray(np.array(kinds) == 'box', device=device)
    ball = xp.asarray(np.array(kinds) == 'sphere', device=device)
    return Parts(xp.stack(centre, axis=1), xp.stack(half, axis=1), turn, flat, ball)


def pick(table: Parts, scene: Array, column: Array, part: Array) -> Parts:
    """Returns one part of one object of one scene for every entry of the index arrays.

    Args:
        table: Parts with axes (S, N, K) as ``part_table`` returns them.
        scene: Scene indices; these three broadcast to (...).
        column: Object indices.
        part: Part indices.

    Returns:
        Parts with axes (...).
    """
    return Parts(
        table.centre_m[scene, column, part],
        table.half_m[scene, column, part],
        table.turn[column, part],
        table.flat[column, part],
        table.ball[column, part],
    )


def between_parts(pose: Transform, own: Parts, facing: Parts) -> Transform:
    """Returns the transforms from parts of a to parts of b, given those from a to b."""
    xp = array_api_compat.array_namespace(pose.offset_m)
    to_part = xp.matrix_transpose(facing.turn)
    rotation = to_part @ pose.rotation @ own.turn
    return Transform(rotation, rotated(to_part, pose.apply(own.centre_m) - facing.centre_m))


def project(parts: Parts, points: Array) -> Array:
    """Returns the nearest points of solid parts, in the parts' frames.

    Args:
        parts: Parts with axes (...).
        points: Points in the parts' frames, shape (..., 3) [m].

    Returns:
        The points themselves where they are inside, shape (..., 3) [m].
    """
    xp = array_api_compat.array_namespace(points)
    clipped = xp.minimum(xp.maximum(points, -parts.half_m), parts.half_m)
    squared = points * points
    across = squared[..., 0] + squared[..., 1]
    across = xp.where(parts.ball, across + squared[..., 2], across)
    shrink = parts.half_m[..., 0] / xp.sqrt(across.clip(min=_TINY_M2))
    shrunk = points * shrink.clip(max=1.0)[..., None]
    upright = xp.concat([shrunk[..., :2], clipped[..., 2:]], axis=-1)
    curved = xp.where(parts.ball[..., None], shrunk, upright)
    return xp.where(parts.flat[..., None], clipped, curved)


def part_distance(parts: Parts, points: Array) -> Array:
    """Returns signed distances (...) [m] of points (..., 3) in the parts' frames [m]."""
    xp = array_api_compat.array_namespace(points)
    x, y, z = (points[..., i] for i in range(3))
    half = [parts.half_m[..., i] for i in range(3)]
    round_ = xp.where(parts.ball, sphere_distance(x, y, z, half), cylinder_distance(x, y, z, half))
    return xp.where(parts.flat, box_distance(x, y, z, half), round_)
