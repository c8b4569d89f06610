# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What lies around an object in an observed scene: bounds, tops, content, balance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.fit import resting_height
from f2p_core.geometry.parts import body_half_extents, dimensions_of, shape_parts
from f2p_core.scene import Scene, SceneObject
from f2p_core.supports import contents


def bounds(item: SceneObject) -> NDArray[np.float64]:
    """Returns an object's axis-aligned bounds in ``map``, handle included, (2, 3) [m]."""
    rotation = item.pose_map.rotation()
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for part in shape_parts(item.shape):
        c, s = np.cos(part.yaw_rad), np.sin(part.yaw_rad)
        turn = rotation @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        centre = item.pose_map.to_parent(np.array(part.centre_m))
        reach = np.abs(turn) @ np.array(part.half_m)
        low, high = np.minimum(low, centre - reach), np.maximum(high, centre + reach)
    return np.stack([low, high])


def top_near(
    scene: Scene, xy_m: tuple[float, float], radius_m: float, but: tuple[str, ...]
) -> float:
    """Returns the highest point of what is near a place seen from above [m], at least 0.

    Args:
        scene: The scene.
        xy_m: The place in ``map`` [m].
        radius_m: What is nearer than this counts [m].
        but: Objects that do not count.
    """
    top = 0.0
    for item in scene.objects:
        low, high = bounds(item)
        gap = np.maximum(np.maximum(low[:2] - xy_m, xy_m - high[:2]), 0.0)
        if item.object_id not in but and np.hypot(*gap) < radius_m:
            top = max(top, float(high[2]))
    return top


def held_with(scene: Scene, object_id: str) -> tuple[str, ...]:
    """Returns an object and everything that moves along when it is carried."""
    return (object_id, *contents(scene, object_id))


def balance_m(scene: Scene, object_id: str) -> float:
    """Returns x of the centre of mass of an object and its content in its frame [m]."""
    pose = scene.object(object_id).pose_map
    items = [scene.object(i) for i in held_with(scene, object_id)]
    masses = np.array([item.mass_kg for item in items])
    places = pose.to_child(np.array([item.pose_map.position_m for item in items]))
    return float(masses @ places[:, 0] / masses.sum())


def surface_height(item: SceneObject, support: SceneObject) -> float:
    """Returns the height in ``map`` of the surface an object would stand on [m]."""
    half = body_half_extents(item.shape.kind, np.array(dimensions_of(item.shape)))
    rest = resting_height(item.shape, support.shape)
    return float(support.pose_map.position_m[2] + rest - half[2])
