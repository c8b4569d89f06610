# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of scenes: rendered where OpenGL works without a display, else ray-cast."""

from __future__ import annotations

import io

import mujoco
import numpy as np
from PIL import Image

from f2p_core.geometry.shapes import SHAPES
from f2p_core.scene import Scene
from f2p_eval.canvas import Array, Canvas, Viewpoint
from f2p_eval.ray_casting import ray_cast
from f2p_eval.rendering import can_render, render
from f2p_sim.scene_model import compile_scene, initial_qpos, SceneModel

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

_FLOOR = np.array([222.0, 226.0, 230.0])
"""Red, green, blue of 255."""

_FURNITURE = np.array([201.0, 184.0, 160.0])
"""Red, green, blue of 255."""

_CONTAINER = (120, 135, 150)
"""Red, green, blue of 255."""

_ROBOT = np.array([88.0, 96.0, 108.0])
"""Red, green, blue of 255."""

TABLES_VIEW = Viewpoint((-0.55, 0.0, 2.25), (0.77, 0.0, 0.70), 0.44)
"""Both tables as seen over the robot's shoulder."""


def object_colour(scene: Scene, object_id: str) -> tuple[int, int, int]:
    """Returns the colour (red, green, blue) of a movable object in all pictures of a scene.

    Containers are grey, so that their content stands out.
    """
    small = [
        o.object_id
        for o in scene.objects
        if not o.fixed and not SHAPES[o.shape.kind].hollow
    ]
    if object_id not in small:
        return _CONTAINER
    return OBJECT_COLOURS[small.index(object_id) % len(OBJECT_COLOURS)]


def close_up(scene: Scene, object_id: str) -> Viewpoint:
    """Returns a view of one object and what lies around it, half a metre high.

    Raises:
        InvalidInputError: If the scene has no such object.
    """
    x, y, z = scene.object(object_id).pose_map.position_m
    return Viewpoint((x - 0.75, y, z + 1.0), (x, y, z), 0.42)


def scene_picture(
    scene: Scene, *, width: int = 640, height: int = 280, view: Viewpoint = TABLES_VIEW
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
    draw = render if can_render() else ray_cast
    image = draw(compiled.model, data, _colours(compiled), view, Canvas(width, height))
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, 'PNG', optimize=True)
    return buffer.getvalue()


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
