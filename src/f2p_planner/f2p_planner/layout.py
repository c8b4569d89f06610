# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where things stand in many predicted scenes at once, read from geometry alone.

The search may not assume how a skill works: whether content rides along is for the effect model
to say. So what an object stands on, what it contains and at which furniture it is are computed
here from the *predicted* poses, over all states of a search at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import stack_scenes
from f2p_core.geometry.parts import body_half_extents
from f2p_core.geometry.shapes import SHAPES
from f2p_core.scene import Scene

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

SINK_TOLERANCE_M = 0.03
"""How far a bottom may lie below the surface it is taken to stand on [m]: predictions are off by
about a centimetre."""


class Layout(NamedTuple):
    """What does not change while planning: the N objects and their shapes.

    Attributes:
        scene: The scene planning started from.
        object_ids: N ids.
        kinds: N shape kinds.
        fixed: Whether an object is furniture, shape (N,).
        hollow: Whether an object can hold others inside, shape (N,).
        half_m: Half extents of the bodies in their own axes, shape (N, 3) [m].
        surface_m: Height of the surface others stand on (top, or the floor of a hollow object)
            over the object's frame, shape (N,) [m].
    """

    scene: Scene
    object_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    fixed: BoolArray
    hollow: BoolArray
    half_m: FloatArray
    surface_m: FloatArray


class Poses(NamedTuple):
    """Poses of N objects in S states.

    Attributes:
        position_m: Shape (S, N, 3) [m], in ``map``.
        rotation: Object → map rotation matrices, shape (S, N, 3, 3).
    """

    position_m: FloatArray
    rotation: FloatArray

    def take(self, rows: IntArray) -> Poses:
        """Returns the states of the given rows, repeated as often as they are named."""
        return Poses(self.position_m[rows], self.rotation[rows])


def layout_of(scene: Scene) -> Layout:
    """Returns the layout of a scene."""
    batch = stack_scenes([scene])
    dimensions = batch.dimensions[0]
    half = np.stack(
        [body_half_extents(k, d) for k, d in zip(batch.kinds, dimensions, strict=True)]
    )
    hollow = np.array([SHAPES[kind].hollow for kind in batch.kinds])
    wall = np.array([SHAPES[k].wall_m(d) for k, d in zip(batch.kinds, dimensions, strict=True)])
    surface = np.where(hollow, wall - half[:, 2], half[:, 2])
    fixed = np.array([o.fixed for o in scene.objects])
    return Layout(scene, batch.object_ids, batch.kinds, fixed, hollow, half, surface)


def poses_of(scene: Scene) -> Poses:
    """Returns the poses of one scene (S = 1)."""
    batch = stack_scenes([scene])
    return Poses(batch.position_m, batch.rotation)


def yaw_of(rotation: FloatArray) -> FloatArray:
    """Returns the rotation about z [rad] of matrices (..., 3, 3)."""
    yaw: FloatArray = np.arctan2(rotation[..., 1, 0], rotation[..., 0, 0])
    return yaw


def _over(poses: Poses, layout: Layout) -> BoolArray:
    """Whether the centre of a lies over the footprint of b, shape (S, N, N)."""
    offset = poses.position_m[:, :, None, :] - poses.position_m[:, None, :, :]
    local = np.einsum('sabk,sbkl->sabl', offset, poses.rotation)
    over: BoolArray = (np.abs(local[..., :2]) <= layout.half_m[:, :2]).all(axis=-1)
    over &= ~np.eye(len(layout.object_ids), dtype=np.bool_)
    return over


def support_parents(poses: Poses, layout: Layout) -> IntArray:
    """Returns what every object stands on or in.

    An object's support is the highest surface under its centre that its bottom does not lie more
    than ``SINK_TOLERANCE_M`` below. Furniture and objects over nothing stand on the floor.

    Returns:
        Index of the support, −1 for the floor, shape (S, N).
    """
    height = np.einsum('snk,nk->sn', np.abs(poses.rotation[:, :, 2, :]), layout.half_m)
    bottom = poses.position_m[..., 2] - height
    surface = poses.position_m[..., 2] + layout.surface_m
    below = surface[:, None, :] <= bottom[:, :, None] + SINK_TOLERANCE_M
    candidate = _over(poses, layout) & below
    level = np.where(candidate, surface[:, None, :], -np.inf)
    parents = np.where(candidate.any(axis=-1), level.argmax(axis=-1), -1)
    return np.where(layout.fixed, -1, parents)


def ancestors(parents: IntArray) -> BoolArray:
    """Returns the support relation closed over chains.

    Args:
        parents: From ``support_parents``, shape (S, N).

    Returns:
        Entry [s, a, b]: a stands on or in b, directly or through others, shape (S, N, N).
    """
    n = parents.shape[1]
    closed: BoolArray = parents[..., None] == np.arange(n)
    for _ in range(max(n - 1, 1).bit_length()):
        steps = closed.astype(np.float64)
        closed = closed | (steps @ steps > 0.0)
    return closed


def root_furniture(poses: Poses, layout: Layout) -> IntArray:
    """Returns the furniture every object is at.

    Returns:
        Index of the furniture, the object itself for furniture, −1 on the floor, shape (S, N).
    """
    n = len(layout.object_ids)
    on_furniture = ancestors(support_parents(poses, layout)) & layout.fixed
    roots = np.where(on_furniture.any(axis=-1), on_furniture.argmax(axis=-1), -1)
    return np.where(layout.fixed, np.arange(n), roots)


class Footprints(NamedTuple):
    """Rectangles seen from above; the arrays broadcast.

    Attributes:
        centre_m: Centres in ``map``, shape (..., 2) [m].
        yaw_rad: Turns about z, shape (...) [rad].
        half_m: Half sizes in their own axes, shape (..., 2) [m].
    """

    centre_m: FloatArray
    yaw_rad: FloatArray
    half_m: FloatArray


def footprint_gaps(one: Footprints, other: Footprints) -> FloatArray:
    """Returns how far rectangles seen from above lie apart.

    The separation along the best of the four edge normals (separating axis theorem): exact for
    overlap, and never more than the true distance.

    Returns:
        Gap, negative where they overlap, shape (...) [m].
    """
    offset = other.centre_m - one.centre_m
    turn = other.yaw_rad - one.yaw_rad
    cos, sin = np.abs(np.cos(turn)), np.abs(np.sin(turn))
    gaps = []
    for near, far in ((one, other), (other, one)):
        along = np.abs(_to_axes(offset, near.yaw_rad))
        reach_x = far.half_m[..., 0] * cos + far.half_m[..., 1] * sin
        reach_y = far.half_m[..., 0] * sin + far.half_m[..., 1] * cos
        gaps.append(along[..., 0] - near.half_m[..., 0] - reach_x)
        gaps.append(along[..., 1] - near.half_m[..., 1] - reach_y)
    gap: FloatArray = np.maximum.reduce(gaps)
    return gap


def _to_axes(vector: FloatArray, yaw_rad: FloatArray) -> FloatArray:
    cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
    x = cos * vector[..., 0] + sin * vector[..., 1]
    y = cos * vector[..., 1] - sin * vector[..., 0]
    return np.stack([x, y], axis=-1)
