# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures by ray casting: no graphics card, display or OpenGL needed."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

from f2p_eval.canvas import AMBIENT, Array, BACKGROUND, Canvas, Pixels, TO_LIGHT, Viewpoint
from f2p_sim.rays import cast_rays

_FARTHEST_M = 100.0
"""Length of the rays [m]: beyond the room."""

_SAMPLES = 2
"""Rays per pixel, each way."""


def ray_cast(
    model: mujoco.MjModel, data: mujoco.MjData, colours: Array, view: Viewpoint, canvas: Canvas
) -> Pixels:
    """Draws the bodies of a model.

    Args:
        model: The model.
        data: Its state, with poses computed.
        colours: Red, green and blue (0 to 255) per geom, shape (ngeom, 3).
        view: The camera.
        canvas: Size of the picture.

    Returns:
        Shape (height, width, 3).
    """
    width, height = canvas
    rays = _rays(view, width * _SAMPLES, height * _SAMPLES)
    eye = np.array(view.eye_m)
    geom, distance, normal = cast_rays(model, data, eye, rays, farthest_m=_FARTHEST_M)
    hit = geom >= 0
    points = eye + distance[:, None] * rays
    lit = ~_shadowed(model, data, points, normal, hit)
    brightness = AMBIENT + (1.0 - AMBIENT) * lit * np.clip(normal @ TO_LIGHT, 0.0, 1.0)
    colour = np.where(hit[:, None], colours[geom] * brightness[:, None], BACKGROUND)
    image = colour.reshape(height, _SAMPLES, width, _SAMPLES, 3).mean(axis=(1, 3))
    pixels: Pixels = image.round().astype(np.uint8)
    return pixels


def _rays(view: Viewpoint, width: int, height: int) -> Array:
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


def _shadowed(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    points: Array,
    normal: Array,
    hit: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Whether something stands between a point and the light; the light is a far point."""
    lamp = np.array([0.8, 0.0, 0.7]) + 30.0 * TO_LIGHT
    away = points + 1e-3 * normal - lamp
    reach = np.linalg.norm(away, axis=1)
    distance = cast_rays(
        model, data, lamp, away / reach[:, None], farthest_m=_FARTHEST_M
    ).distance_m
    blocked: NDArray[np.bool_] = hit & (distance >= 0) & (distance < reach - 2e-3)
    return blocked
