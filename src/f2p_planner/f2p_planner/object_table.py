# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where things stand in many predicted scenes at once, read from geometry alone.

The search may not assume how a skill works: whether content rides along is for the effect model
to say. So what an object stands on, what it contains and at which furniture it is are computed
here from the *predicted* poses, over all states of a search at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.geometry.parts import body_half_extents
from f2p_core.geometry.prisms import prism_of, Prisms
from f2p_core.geometry.shapes import SHAPES
from f2p_core.scene import Scene
from f2p_core.supports import support_closure, support_parents

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class ObjectTable(NamedTuple):
    """What does not change while planning: the N objects and their shapes.

    Attributes:
        scene: The scene planning started from.
        object_ids: N ids.
        kinds: N shape kinds.
        fixed: Whether an object is furniture, shape (N,).
        hollow: Whether an object can hold others inside, shape (N,).
        half_m: Half extents of the bodies in their own axes, shape (N, 3) [m].
        dimensions: Zero-padded shape dimensions, shape (N, 5) [m].
        upright: The objects as upright prisms at the origin, fields (N, ...).
    """

    scene: Scene
    object_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    fixed: BoolArray
    hollow: BoolArray
    half_m: FloatArray
    dimensions: FloatArray
    upright: Prisms


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


def object_table_of(scene: Scene) -> ObjectTable:
    """Returns the objects of a scene as a table."""
    batch = stack_scenes([scene])
    dimensions = batch.dimensions[0]
    half = np.stack(
        [body_half_extents(k, d) for k, d in zip(batch.kinds, dimensions, strict=True)]
    )
    hollow = np.array([SHAPES[kind].hollow for kind in batch.kinds])
    fixed = np.array(batch.fixed)
    prisms = [prism_of(o.shape) for o in scene.objects]
    upright = Prisms(*(np.stack(field) for field in zip(*prisms, strict=True)))
    return ObjectTable(
        scene, batch.object_ids, batch.kinds, fixed, hollow, half, dimensions, upright
    )


def poses_of(scene: Scene) -> Poses:
    """Returns the poses of one scene (S = 1)."""
    batch = stack_scenes([scene])
    return Poses(batch.position_m, batch.rotation)


def prisms_of(poses: Poses, objects: ObjectTable) -> Prisms:
    """Returns the objects of S states as upright prisms, fields (S, N, ...)."""
    yaw = yaw_of(poses.rotation)
    states = len(yaw)
    same = (np.broadcast_to(field, (states, *field.shape)) for field in objects.upright[2:])
    return Prisms(poses.position_m, np.stack([np.cos(yaw), np.sin(yaw)], axis=-1), *same)


def yaw_of(rotation: FloatArray) -> FloatArray:
    """Returns the rotation about z [rad] of matrices (..., 3, 3)."""
    yaw: FloatArray = np.arctan2(rotation[..., 1, 0], rotation[..., 0, 0])
    return yaw


@dataclass(frozen=True)
class States:
    """S states with what stands on what in them, which is read once for all who ask.

    Attributes:
        poses: Poses of the N objects.
        parents: What every object stands on or in, −1 for furniture and on the floor, (S, N).
    """

    poses: Poses
    parents: IntArray

    @cached_property
    def on_object(self) -> BoolArray:
        """Entry [s, a, b]: a stands on or in b, directly or through others, shape (S, N, N)."""
        return support_closure(self.parents)

    def take(self, rows: IntArray) -> States:
        """Returns the states of the given rows."""
        return States(self.poses.take(rows), self.parents[rows])


def states_of(poses: Poses, objects: ObjectTable) -> States:
    """Returns states with their supports, by the one rule of ``f2p_core.supports``."""
    size = np.broadcast_to(objects.dimensions, (len(poses.position_m), *objects.dimensions.shape))
    ids, kinds, fixed = objects.object_ids, objects.kinds, tuple(objects.fixed.tolist())
    return States(poses, support_parents(SceneBatch(ids, kinds, fixed, *poses, size)))


def root_furniture(states: States, objects: ObjectTable) -> IntArray:
    """Returns the furniture every object is at.

    Returns:
        Index of the furniture, the object itself for furniture, −1 on the floor, shape (S, N).
    """
    n = len(objects.object_ids)
    on_furniture = states.on_object & objects.fixed
    roots = np.where(on_furniture.any(axis=-1), on_furniture.argmax(axis=-1), -1)
    return np.where(objects.fixed, np.arange(n), roots)


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
