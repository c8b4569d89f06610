# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures by MuJoCo's renderer over EGL: no display needed, but OpenGL.

A driver that does not work may take its process down, so a process of its own tries it first.
``MUJOCO_GL=off`` (MuJoCo's own switch) turns rendering off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
import os
import subprocess
import sys

import mujoco
import numpy as np

from f2p_eval.canvas import AMBIENT, Array, BACKGROUND, Canvas, Pixels, TO_LIGHT, Viewpoint

_TRIAL_S = 60.0
"""For the trial of OpenGL in a child process [s]; it draws at once or hangs."""

_OFF = ('0', 'off', 'false', 'no', 'disable', 'disabled')
_LAMP_M = 5.0
"""Distance of the lamp from what is looked at [m]."""

_SAMPLES = 8
"""Samples per pixel, against jagged edges."""

_SHADOW_PIXELS = 4096
"""Width of the shadow map [px], so that shadows have smooth edges."""


@cache
def can_render() -> bool:
    """Says whether ``render`` works here; the first call tries it."""
    if os.environ.get('MUJOCO_GL', '').lower() in _OFF:
        return False
    try:
        trial = subprocess.run(
            [sys.executable, '-m', 'f2p_eval.rendering'],
            capture_output=True,
            timeout=_TRIAL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return trial.returncode == 0


def render(
    model: mujoco.MjModel, data: mujoco.MjData, colours: Array, view: Viewpoint, canvas: Canvas
) -> Pixels:
    """Draws the bodies of a model, as ``f2p_eval.ray_casting.ray_cast`` does.

    Args:
        model: The model; its colours and settings of the picture are changed.
        data: Its state, with poses computed.
        colours: Red, green and blue (0 to 255) per geom, shape (ngeom, 3).
        view: The camera.
        canvas: Size of the picture.

    Returns:
        Shape (height, width, 3).
    """
    _dress(model, colours, view, canvas)
    image = np.empty((canvas.height, canvas.width, 3), dtype=np.uint8)
    depth = np.empty((canvas.height, canvas.width), dtype=np.float32)
    with _context(model, canvas) as context:
        frame = mujoco.MjrRect(0, 0, *canvas)
        mujoco.mjr_render(frame, _scene(model, data, view), context)
        mujoco.mjr_readPixels(image, depth, frame, context)
    nothing = depth >= 1.0
    image[nothing] = BACKGROUND.astype(np.uint8)
    return image[::-1]


def _dress(model: mujoco.MjModel, colours: Array, view: Viewpoint, canvas: Canvas) -> None:
    """Gives the model its colours, ambient light and size of the picture."""
    model.geom_matid[:] = -1
    model.geom_rgba[:, :3] = colours / 255.0
    model.geom_rgba[:, 3] = 1.0
    model.vis.headlight.ambient[:] = AMBIENT
    model.vis.headlight.diffuse[:] = 0.0
    model.vis.headlight.specular[:] = 0.0
    model.vis.quality.offsamples = _SAMPLES
    model.vis.quality.shadowsize = _SHADOW_PIXELS
    model.vis.global_.offwidth, model.vis.global_.offheight = canvas
    model.vis.global_.fovy = np.degrees(view.field_of_view_rad)


@contextmanager
def _context(model: mujoco.MjModel, canvas: Canvas) -> Iterator[mujoco.MjrContext]:
    """A drawing context off screen, freed with the block."""
    # Not imported above: it fails where there is no OpenGL, and chooses EGL for the process.
    gl = import_module('mujoco.egl').GLContext(*canvas)
    try:
        gl.make_current()
        context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100.value)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, context)
        yield context
        context.free()
    finally:
        gl.free()


def _scene(model: mujoco.MjModel, data: mujoco.MjData, view: Viewpoint) -> mujoco.MjvScene:
    """What is drawn: all bodies, the camera, and one far lamp that casts shadows."""
    option = mujoco.MjvOption()
    option.geomgroup[:] = 1
    scene = mujoco.MjvScene(model, model.ngeom + 10)
    everything = mujoco.mjtCatBit.mjCAT_ALL.value
    camera = _camera(view)
    mujoco.mjv_updateScene(model, data, option, mujoco.MjvPerturb(), camera, everything, scene)
    for flag in (mujoco.mjtRndFlag.mjRND_SKYBOX, mujoco.mjtRndFlag.mjRND_REFLECTION):
        scene.flags[flag] = 0
    lamp = scene.lights[scene.nlight]
    scene.nlight += 1
    lamp.type = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    lamp.headlight, lamp.castshadow = 0, 1
    lamp.pos[:] = np.array(view.target_m) + _LAMP_M * TO_LIGHT
    lamp.dir[:] = -TO_LIGHT
    lamp.ambient[:], lamp.diffuse[:], lamp.specular[:] = 0.0, 1.0 - AMBIENT, 0.0
    lamp.attenuation[:] = (1.0, 0.0, 0.0)
    return scene


def _camera(view: Viewpoint) -> mujoco.MjvCamera:
    x, y, z = np.subtract(view.target_m, view.eye_m)
    camera = mujoco.MjvCamera()
    camera.lookat[:] = view.target_m
    camera.distance = float(np.linalg.norm([x, y, z]))
    camera.azimuth = float(np.degrees(np.arctan2(y, x)))
    camera.elevation = float(np.degrees(np.arcsin(z / camera.distance)))
    return camera


def _trial() -> None:
    """Draws a ball; fails or crashes where rendering does not work."""
    model = mujoco.MjModel.from_xml_string(
        '<mujoco><worldbody><geom size="1"/></worldbody></mujoco>'
    )
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    view = Viewpoint((-4.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.7)
    image = render(model, data, np.array([[200.0, 0.0, 0.0]]), view, Canvas(64, 64))
    red, green, _ = image[32, 32]
    if not red > 100 > green:
        raise SystemExit('nothing was drawn')


if __name__ == '__main__':
    _trial()
