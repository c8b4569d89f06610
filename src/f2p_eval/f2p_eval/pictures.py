# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of scenes by ray casting: no graphics card, display or OpenGL needed."""

from __future__ import annotations

import io
from typing import NamedTuple

import mujoco
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from f2p_core.scene import Scene
from f2p_core.tabletop import CONTAINER
from f2p_sim.scene_model import compile_scene, initial_qpos, SceneModel

Array = NDArray[np.float64]

OBJECT_COLOURS = (
    (214, 69, 65),
    (38, 120, 178),
    (244, 160, 44),
    (76, 153, 92),
    (136, 84, 168),
    (35, 160, 160),
    (190, 110, 60),
    (220, 110, 170),
)
"""Colours of the small objects in the order of the scene; chosen to differ in lightness too."""

_BACKGROUND = np.array([243.0, 245.0, 247.0])
_FLOOR = np.array([222.0, 226.0, 230.0])
_FURNITURE = np.array([201.0, 184.0, 160.0])
_CONTAINER = (120, 135, 150)
_ROBOT = np.array([88.0, 96.0, 108.0])
_LIGHT = np.array([-0.45, 0.35, 0.82]) / np.linalg.norm([-0.45, 0.35, 0.82])
_SAMPLES = 2


class View(NamedTuple):
    """A pinhole camera in ``map``: eye and target [m], vertical field of view [rad]."""

    eye_m: tuple[float, float, float]
    target_m: tuple[float, float, float]
    field_of_view_rad: float


TABLES_VIEW = View((-0.55, 0.0, 2.25), (0.77, 0.0, 0.70), 0.44)
"""Both tables as seen over the robot's shoulder."""


def object_colour(scene: Scene, object_id: str) -> tuple[int, int, int]:
    """Returns the colour (red, green, blue) of a movable object in all pictures of a scene."""
    small = [o.object_id for o in scene.objects if not o.fixed and o.object_id != CONTAINER]
    if object_id not in small:
        return _CONTAINER
    return OBJECT_COLOURS[small.index(object_id) % len(OBJECT_COLOURS)]


def close_up(scene: Scene, object_id: str) -> View:
    """Returns a view of one object and what lies around it, half a metre high.

    Raises:
        InvalidInputError: If the scene has no such object.
    """
    x, y, z = scene.object(object_id).pose_map.position_m
    return View((x - 0.75, y, z + 1.0), (x, y, z), 0.42)


def scene_picture(
    scene: Scene, *, width: int = 640, height: int = 280, view: View = TABLES_VIEW
) -> bytes:
    """Draws a scene without the robot.

    Args:
        scene: What to draw.
        width: Pixels.
        height: Pixels.
        view: The camera.

    Returns:
        A PNG file.
    """
    compiled = compile_scene(scene)
    data = mujoco.MjData(compiled.model)
    data.qpos[:] = initial_qpos(compiled)
    # The robot would hide the tables from its own shoulder: it waits behind the camera.
    data.qpos[0] = -3.0
    mujoco.mj_forward(compiled.model, data)
    rays = _rays(view, width * _SAMPLES, height * _SAMPLES)
    eye = np.array(view.eye_m)
    geom, distance, normal = _cast(compiled.model, data, eye, rays)
    hit = geom >= 0
    points = eye + distance[:, None] * rays
    lit = ~_shadowed(compiled.model, data, points, normal, hit)
    brightness = 0.62 + 0.38 * lit * np.clip(normal @ _LIGHT, 0.0, 1.0)
    colour = np.where(hit[:, None], _colours(compiled)[geom] * brightness[:, None], _BACKGROUND)
    image = colour.reshape(height, _SAMPLES, width, _SAMPLES, 3).mean(axis=(1, 3))
    buffer = io.BytesIO()
    Image.fromarray(image.round().astype(np.uint8)).save(buffer, 'PNG', optimize=True)
    return buffer.getvalue()


def _rays(view: View, width: int, height: int) -> Array:
    """Unit rays row by row, shape (height · width, 3)."""
    forward = np.subtract(view.target_m, view.eye_m)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    scale = 2 * np.tan(view.field_of_view_rad / 2) / height
    u = (np.arange(width) + 0.5 - width / 2) * scale
    v = (height / 2 - np.arange(height) - 0.5) * scale
    rays = forward + u[None, :, None] * right + v[:, None, None] * up
    flat = rays.reshape(-1, 3)
    unit: Array = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    return unit


def _cast(
    model: mujoco.MjModel, data: mujoco.MjData, origin: Array, rays: Array
) -> tuple[NDArray[np.int32], Array, Array]:
    """Hit geom (−1: none), distance [m] and surface normal per ray."""
    n = len(rays)
    geom = np.full(n, -1, dtype=np.int32)
    distance = np.full(n, -1.0)
    normal = np.zeros(3 * n)
    mujoco.mj_multiRay(
        model, data, origin, rays.ravel(), None, True, -1, geom, distance, normal, n, 100.0
    )
    return geom, distance, normal.reshape(n, 3)


def _shadowed(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    points: Array,
    normal: Array,
    hit: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Whether something stands between a point and the light; the light is a far point."""
    lamp = np.array([0.8, 0.0, 0.7]) + 30.0 * _LIGHT
    away = points + 1e-3 * normal - lamp
    reach = np.linalg.norm(away, axis=1)
    _, distance, _ = _cast(model, data, lamp, away / reach[:, None])
    blocked: NDArray[np.bool_] = hit & (distance >= 0) & (distance < reach - 2e-3)
    return blocked


def _colours(compiled: SceneModel) -> Array:
    """Colour per geom, shape (ngeom, 3)."""
    scene = compiled.scene
    colours = np.empty((compiled.model.ngeom, 3))
    for geom, index in enumerate(compiled.geom_object.tolist()):
        if index < 0:
            is_floor = compiled.model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_PLANE
            colours[geom] = _FLOOR if is_floor else _ROBOT
        elif scene.objects[index].fixed:
            colours[geom] = _FURNITURE
        else:
            colours[geom] = object_colour(scene, scene.objects[index].object_id)
    return colours
