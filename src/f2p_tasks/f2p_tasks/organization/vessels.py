# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bowls and capsules: how large they are, and how capsules stand in a bowl."""

from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np

from f2p_core.geometry.shapes import Cup, Cylinder
from f2p_core.pose import upright_pose
from f2p_core.scene import SceneObject
from f2p_tasks.tabletop import movable, put_beside

BOWL = 'bowl'
"""Id of the bowl."""

_BOWL_RADIUS_M = (0.055, 0.065)
"""Bounds of a bowl's outer radius [m]: too wide for the hand, so that it is held by its rim."""

_BOWL_HEIGHT_M = (0.055, 0.060)
"""Bounds of a bowl's height [m]: low enough for a camera to see what is in it."""

_BOWL_WALL_M = 0.005
"""Thickness of a bowl's wall and floor [m]."""

_CUP_RADIUS_M = (0.036, 0.040)
"""Bounds of a cup's outer radius [m]: the hand holds it round its outside."""

_CUP_HEIGHT_M = (0.045, 0.055)
"""Bounds of a cup's height [m]: in deeper ones a camera does not see what is in them."""

_CUP_WALL_M = 0.004
"""Thickness of a cup's wall and floor [m]."""

_CAPSULE_RADIUS_M = (0.010, 0.013)
"""Bounds of a capsule's radius [m]."""

_CAPSULE_HEIGHT_M = (0.030, 0.045)
"""Bounds of a capsule's height [m]."""

_CAPSULE_MASS_KG = (0.02, 0.06)
"""Bounds of a capsule's mass [kg]: 10 to 25 ml of something twice as heavy as water."""

_FROM_MIDDLE_M = (0.020, 0.028)
"""Bounds of a capsule's distance from the bowl's middle [m]: fingers reach it there, but not
against the wall."""

_OF_ROOM = 0.8
"""Share of the way to the wall that a capsule stands from the middle at most."""

_JITTER_RAD = 0.3
"""How far capsules stand from even spacing round the middle, at most [rad]."""


def bowl_shape(rng: np.random.Generator) -> Cup:
    """Returns a low, wide bowl."""
    return Cup(
        radius_m=rng.uniform(*_BOWL_RADIUS_M),
        height_m=rng.uniform(*_BOWL_HEIGHT_M),
        wall_m=_BOWL_WALL_M,
    )


def cup_shape(rng: np.random.Generator) -> Cup:
    """Returns a low, narrow cup."""
    return Cup(
        radius_m=rng.uniform(*_CUP_RADIUS_M),
        height_m=rng.uniform(*_CUP_HEIGHT_M),
        wall_m=_CUP_WALL_M,
    )


def capsule_shape(rng: np.random.Generator) -> Cylinder:
    """Returns a small upright capsule."""
    return Cylinder(
        radius_m=rng.uniform(*_CAPSULE_RADIUS_M), height_m=rng.uniform(*_CAPSULE_HEIGHT_M)
    )


def capsule_at(
    object_id: str, table: str, placed: Sequence[SceneObject], rng: np.random.Generator
) -> SceneObject:
    """Returns a capsule on free ground of a table; see ``put_beside``."""
    capsule = put_beside(object_id, capsule_shape(rng), table, placed, rng)
    return capsule.model_copy(update={'mass_kg': rng.uniform(*_CAPSULE_MASS_KG)})


def capsules_in(
    vessel: SceneObject, count: int, rng: np.random.Generator, first: int = 1
) -> list[SceneObject]:
    """Returns capsules that stand round the middle of a bowl, or a single one in a cup's middle.

    Args:
        vessel: The bowl or cup.
        count: How many.
        rng: Source of all randomness.
        first: Number in the id of the first: object_1, object_2, …
    """
    begin = rng.uniform(0.0, math.tau)
    shape = vessel.shape
    assert isinstance(shape, Cup)  # bowl_shape or cup_shape made it
    room = shape.radius_m - shape.wall_m - _CAPSULE_RADIUS_M[1]
    found = []
    for number in range(count):
        capsule = capsule_shape(rng)
        spread = rng.uniform(-_JITTER_RAD, _JITTER_RAD)
        angle = begin + number * math.tau / count + spread
        radius = min(rng.uniform(*_FROM_MIDDLE_M), _OF_ROOM * room)
        place = np.array([
            radius * math.cos(angle),
            radius * math.sin(angle),
            shape.wall_m - shape.height_m / 2 + capsule.height_m / 2,
        ])  # fmt: skip
        x, y, z = vessel.pose_map.to_parent(place).tolist()
        name, pose = f'object_{first + number}', upright_pose(x, y, z)
        found.append(movable(name, capsule, pose, rng, _CAPSULE_MASS_KG))
    return found
