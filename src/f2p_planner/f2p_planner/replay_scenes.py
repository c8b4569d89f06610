# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes for replays where no scene generator is at hand: the observed one, jittered."""

from __future__ import annotations

import math

import numpy as np

from f2p_core.pose import Pose
from f2p_core.scene import Scene, SceneObject

_MASS_RANGE = (0.01, 100.0)
"""Masses stay within [kg]: what a scene may hold."""

_FRICTION_RANGE = (0.05, 5.0)
"""Coefficients stay within: what a scene may hold."""


def jittered_scenes(
    scene: Scene,
    count: int,
    rng: np.random.Generator,
    *,
    position_std_m: float = 0.004,
    yaw_std_rad: float = 0.03,
    physics_std: float = 0.2,
) -> tuple[Scene, ...]:
    """Draws scenes around an observed one.

    Stands for the posterior of a clear view: every movable object slides and turns a little on
    its support, masses and frictions vary by log-normal factors. Heights stay.

    Args:
        scene: The observed scene.
        count: Scenes to draw.
        rng: Source of all randomness.
        position_std_m: Standard deviation of x and y [m].
        yaw_std_rad: Standard deviation of the turn about z [rad].
        physics_std: Standard deviation of the log of mass and friction factors.
    """
    return tuple(
        scene.model_copy(
            update={
                'objects': tuple(
                    item
                    if item.fixed
                    else _jittered(
                        item,
                        rng.standard_normal(5)
                        * (position_std_m, position_std_m, yaw_std_rad, physics_std, physics_std),
                    )
                    for item in scene.objects
                )
            }
        )
        for _ in range(count)
    )


def _jittered(
    item: SceneObject, noise: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> SceneObject:
    dx, dy, turn, mass, friction = noise.tolist()
    x, y, z = item.pose_map.position_m
    qx, qy, qz, qw = item.pose_map.quaternion_xyzw
    c, s = math.cos(turn / 2), math.sin(turn / 2)
    pose = Pose(
        position_m=(x + dx, y + dy, z),
        quaternion_xyzw=(c * qx - s * qy, c * qy + s * qx, c * qz + s * qw, c * qw - s * qz),
    )
    return item.model_copy(
        update={
            'pose_map': pose,
            'mass_kg': float(np.clip(item.mass_kg * math.exp(mass), *_MASS_RANGE)),
            'friction': float(np.clip(item.friction * math.exp(friction), *_FRICTION_RANGE)),
        }
    )
