# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The two-table workspace and random scenes in it.

In ``map`` (x forward, y left, z up) the robot's home is the origin, looking along +x; table_a
stands to its left, table_b to its right, so that a carry is a sideways drive of 1.1 m.
"""

from __future__ import annotations

from collections.abc import Sequence
import math
from typing import NamedTuple

import numpy as np

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.shapes import Box, Cylinder, OpenBox, Shape, SHAPES, Table
from f2p_core.pose import Pose, upright_pose
from f2p_core.scene import Scene, SceneObject

TABLE_A = 'table_a'
TABLE_B = 'table_b'
CONTAINER = 'container'
TABLE_SIZE_M = (0.6, 0.8, 0.7)
"""(depth, width, height) of either table [m]."""

TABLE_CENTRE_XY_M = {TABLE_A: (0.80, 0.55), TABLE_B: (0.80, -0.55)}
"""Middles of the tables in ``map`` [m]: to the left and right before the robot."""

CONTAINER_SLOTS = (4, 2)
"""Columns along the handle and rows beside it in which content lies: at most eight objects."""

_EDGE_M = 0.05
"""Objects keep this from a table's edge [m], so that a push or a light touch drops none."""

_GAP_M = 0.035
"""Objects keep this from each other [m]: fingers come between them."""

_ROW_Y_M = 0.078
"""The two rows of content lie this far from a container's middle [m], beside its bar."""

_MAX_TRIES = 2000
"""Places that are drawn for an object before its table counts as full."""


class TabletopConfig(NamedTuple):
    """What a random scene holds.

    Attributes:
        inside: Objects lying in the container.
        on_a: Objects on table_a beside the container.
        on_b: Objects on table_b.
        container_on: Table the container stands on, or ``None`` for a scene without it.
        max_yaw_rad: The container's yaw is uniform in ± this [rad].
    """

    inside: int = 3
    on_a: int = 0
    on_b: int = 0
    container_on: str | None = TABLE_A
    max_yaw_rad: float = 0.5


def tables() -> tuple[SceneObject, SceneObject]:
    """Returns the furniture: table_a (left, y > 0) and table_b (right, y < 0)."""
    table = Table(size_m=TABLE_SIZE_M)

    def at(name: str) -> SceneObject:
        x, y = TABLE_CENTRE_XY_M[name]
        pose = upright_pose(x, y, TABLE_SIZE_M[2] / 2)
        return SceneObject(object_id=name, shape=table, pose_map=pose, fixed=True)

    return at(TABLE_A), at(TABLE_B)


def sample_tabletop(config: TabletopConfig, rng: np.random.Generator) -> Scene:
    """Draws a scene without interpenetration, every object at rest on its support.

    Args:
        config: Numbers of objects and where they are.
        rng: Source of all randomness.

    Returns:
        The scene: table_a, table_b, the container if any, then object_1, object_2, …; objects in
        the container first.

    Raises:
        InvalidInputError: If the content does not fit into the container or there is none.
    """
    if config.inside > (math.prod(CONTAINER_SLOTS) if config.container_on else 0):
        raise InvalidInputError(f'inside = {config.inside} objects do not fit into the container')
    placed: list[SceneObject] = []
    container = None
    if config.container_on is not None:
        container = _sample_container(config, rng)
        placed.append(container)
    shapes = [small_shape(rng) for _ in range(config.inside + config.on_a + config.on_b)]
    ids = [f'object_{i + 1}' for i in range(len(shapes))]
    if container is not None:
        placed += _fill(container, list(zip(ids, shapes, strict=True))[: config.inside], rng)
    homes = [TABLE_A] * config.on_a + [TABLE_B] * config.on_b
    rest = zip(ids[config.inside :], shapes[config.inside :], homes, strict=True)
    for object_id, shape, table in rest:
        placed.append(put_beside(object_id, shape, table, placed, rng))
    return Scene(objects=(*tables(), *placed))


def footprint_radius(shape: Shape) -> float:
    """Returns the radius [m] of the circle about the origin that covers the shape from above."""
    x, y, _ = _half_m(shape)
    return x if SHAPES[shape.kind].round else math.hypot(x, y)


def _half_m(shape: Shape) -> tuple[float, float, float]:
    x, y, z = SHAPES[shape.kind].half_extents(np.array(dimensions_of(shape))).tolist()
    return x, y, z


def small_shape(rng: np.random.Generator) -> Box | Cylinder:
    """Returns a small box or cylinder as lies about: 35 to 75 mm."""
    height = rng.uniform(0.045, 0.075)
    if rng.random() < 0.5:
        return Cylinder(radius_m=rng.uniform(0.018, 0.026), height_m=height)
    return Box(size_m=(rng.uniform(0.035, 0.052), rng.uniform(0.035, 0.052), height))


def movable(
    object_id: str,
    shape: Shape,
    pose: Pose,
    rng: np.random.Generator,
    mass_kg: tuple[float, float] = (0.1, 0.3),
) -> SceneObject:
    """Returns an object at a pose, its mass drawn within bounds, and its friction."""
    return SceneObject(
        object_id=object_id,
        shape=shape,
        pose_map=pose,
        mass_kg=rng.uniform(*mass_kg),
        friction=rng.uniform(0.6, 1.0),
    )


def _sample_container(config: TabletopConfig, rng: np.random.Generator) -> SceneObject:
    shape = OpenBox(
        size_m=(rng.uniform(0.33, 0.35), rng.uniform(0.27, 0.29), rng.uniform(0.09, 0.11)),
        wall_m=0.006,
        handle_height_m=rng.uniform(0.115, 0.125),
    )
    x, y = TABLE_CENTRE_XY_M[config.container_on or TABLE_A]
    pose = upright_pose(
        x + rng.uniform(-0.06, 0.06),
        y + rng.uniform(-0.14, 0.14),
        TABLE_SIZE_M[2] + shape.size_m[2] / 2,
        rng.uniform(-config.max_yaw_rad, config.max_yaw_rad),
    )
    return SceneObject(
        object_id=CONTAINER,
        shape=shape,
        pose_map=pose,
        mass_kg=rng.uniform(0.35, 0.45),
        friction=rng.uniform(0.6, 1.0),
    )


def _fill(
    container: SceneObject, content: list[tuple[str, Box | Cylinder]], rng: np.random.Generator
) -> list[SceneObject]:
    """Puts objects into distinct slots of the container, jittered, turned with it."""
    shape = container.shape
    assert isinstance(shape, OpenBox)  # only _sample_container makes it
    columns, rows = CONTAINER_SLOTS
    reach = shape.size_m[0] / 2 - shape.wall_m - 0.045
    slots = rng.permutation(columns * rows)[: len(content)]
    filled = []
    for (object_id, part), slot in zip(content, slots.tolist(), strict=True):
        column, row = slot % columns, slot // columns
        x = -reach + 2 * reach * column / (columns - 1) + rng.uniform(-0.008, 0.008)
        y = (2 * row - 1) * _ROW_Y_M + rng.uniform(-0.008, 0.008)
        z = -shape.size_m[2] / 2 + shape.wall_m + _half_m(part)[2]
        x_map, y_map, z_map = container.pose_map.to_parent(np.array([x, y, z])).tolist()
        yaw = container.pose_map.yaw_rad + rng.uniform(-0.2, 0.2)
        pose = upright_pose(x_map, y_map, z_map, yaw)
        filled.append(movable(object_id, part, pose, rng))
    return filled


def put_beside(
    object_id: str,
    shape: Shape,
    table: str,
    placed: Sequence[SceneObject],
    rng: np.random.Generator,
) -> SceneObject:
    """Puts an object upright on free ground of a table.

    Args:
        object_id: Its id.
        shape: Its shape.
        table: ``table_a`` or ``table_b``.
        placed: What stands somewhere already.
        rng: Source of all randomness; mass and friction are drawn, too.

    Raises:
        InvalidInputError: If there is no free place.
    """
    cx, cy = TABLE_CENTRE_XY_M[table]
    radius = footprint_radius(shape)
    half_x, half_y = (TABLE_SIZE_M[i] / 2 - _EDGE_M - radius for i in (0, 1))
    for _ in range(_MAX_TRIES):
        x, y = cx + rng.uniform(-half_x, half_x), cy + rng.uniform(-half_y, half_y)
        if all(_clear(x, y, radius, other) for other in placed):
            z = TABLE_SIZE_M[2] + _half_m(shape)[2]
            return movable(object_id, shape, upright_pose(x, y, z, rng.uniform(-3.1, 3.1)), rng)
    raise InvalidInputError(f'no free place for {object_id} on {table}; ask for fewer objects')


def _clear(x: float, y: float, radius: float, other: SceneObject) -> bool:
    """Whether a disc keeps its distance from another object's footprint."""
    local = other.pose_map.to_child(np.array([x, y, other.pose_map.position_m[2]]))
    half = _half_m(other.shape)
    if SHAPES[other.shape.kind].round:
        return math.hypot(local[0], local[1]) > radius + half[0] + _GAP_M
    dx, dy = (max(abs(local[i]) - half[i], 0.0) for i in (0, 1))
    return math.hypot(dx, dy) > radius + _GAP_M
