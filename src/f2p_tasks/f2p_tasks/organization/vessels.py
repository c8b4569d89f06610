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

_WALL_M = 0.005
"""Thickness of a bowl's wall and floor [m]."""

_CAPSULE_RADIUS_M = (0.010, 0.013)
"""Bounds of a capsule's radius [m]."""

_CAPSULE_HEIGHT_M = (0.030, 0.045)
"""Bounds of a capsule's height [m]."""

_CAPSULE_MASS_KG = (0.02, 0.06)
"""Bounds of a capsule's mass [kg]: 10 to 25 ml of something twice as heavy as water."""

_FROM_MIDDLE_M = (0.020, 0.028)
"""Bounds of a capsule's distance from the bowl's middle [m]: fingers reach it there, but not
against the wall."""

_JITTER_RAD = 0.3
"""How far capsules stand from even spacing round the middle, at most [rad]."""


def bowl_shape(rng: np.random.Generator) -> Cup:
    """Returns a low, wide bowl."""
    return Cup(
        radius_m=rng.uniform(*_BOWL_RADIUS_M),
        height_m=rng.uniform(*_BOWL_HEIGHT_M),
        wall_m=_WALL_M,
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


def capsules_in(bowl: SceneObject, count: int, rng: np.random.Generator) -> list[SceneObject]:
    """Returns capsules object_1, object_2, … that stand round the middle of a bowl."""
    first = rng.uniform(0.0, math.tau)
    shape = bowl.shape
    assert isinstance(shape, Cup)  # bowl_shape made it
    found = []
    for number in range(count):
        capsule = capsule_shape(rng)
        spread = rng.uniform(-_JITTER_RAD, _JITTER_RAD)
        angle = first + number * math.tau / count + spread
        radius = rng.uniform(*_FROM_MIDDLE_M)
        place = np.array([
            radius * math.cos(angle),
            radius * math.sin(angle),
            shape.wall_m - shape.height_m / 2 + capsule.height_m / 2,
        ])  # fmt: skip
        x, y, z = bowl.pose_map.to_parent(place).tolist()
        name, pose = f'object_{number + 1}', upright_pose(x, y, z)
        found.append(movable(name, capsule, pose, rng, _CAPSULE_MASS_KG))
    return found
