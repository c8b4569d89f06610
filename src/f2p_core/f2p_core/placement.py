# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where an object can be put down on or in another: heights, and bounds of skill parameters."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.geometry.shapes import CONTAINER_KINDS, Cup, OpenBox, Shape, Shelf
from f2p_core.scene import Scene
from f2p_core.skill import PICK_PLACE, skill_spec

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]

PLACEMENT_CLEARANCE_M = 0.01
"""Kept between a placed object and the edge or wall of what it is placed on or in [m]."""


def placement_bounds(object_shape: Shape, target_shape: Shape) -> Bounds:
    """Returns where an object's centre may be put down, whatever its yaw.

    The circle round the object's outline stays ``PLACEMENT_CLEARANCE_M`` within the target's top
    or cavity. Where there is no room for that, only the middle is left (low = high).

    Args:
        object_shape: Shape that is put down, standing upright.
        target_shape: Table, box top, container …

    Returns:
        Lowest and highest (x, y) in the target's frame, each shape (2,) [m].
    """
    half = _half(object_shape)
    radius = half[0] if _is_round(object_shape) else math.hypot(half[0], half[1])
    inner = _landing_half(object_shape, target_shape)
    if _is_round(target_shape):
        # The square within the circle that the centre may lie in.
        room = np.full(2, (inner[0] - radius - PLACEMENT_CLEARANCE_M) / math.sqrt(2.0))
    else:
        room = inner - radius - PLACEMENT_CLEARANCE_M
    room = np.maximum(room, 0.0)
    return -room, room


def resting_height(object_shape: Shape, target_shape: Shape) -> float:
    """Returns the height of an object's centre over the target's centre once it is put down.

    On top of solids; on the floor of a container the object fits into, else on its rim.

    Args:
        object_shape: Shape that is put down, standing upright.
        target_shape: What it is put down on or in, standing upright.

    Returns:
        z of the object's centre in the target's frame [m].
    """
    target_half_z = float(_half(target_shape)[2])
    object_half_z = float(_half(object_shape)[2])
    if goes_inside(object_shape, target_shape):
        return -target_half_z + _wall(target_shape) + object_half_z
    return target_half_z + object_half_z


def goes_inside(object_shape: Shape, target_shape: Shape) -> bool:
    """Returns whether an upright object fits between the walls of a container at some yaw."""
    if target_shape.kind not in CONTAINER_KINDS:
        return False
    cavity = _half(target_shape)[:2] - _wall(target_shape)
    outline = _half(object_shape)[:2]
    if _is_round(target_shape) and not _is_round(object_shape):
        return math.hypot(*outline) < float(cavity[0])
    return bool((np.sort(outline) < np.sort(cavity)).all())


def call_bounds(scene: Scene, skill: str, object_id: str, target_id: str) -> Bounds:
    """Returns the bounds of a skill's parameters for an object and a target.

    For ``pick_place`` the target's placement bounds within the skill's own; for other skills the
    skill's own.

    Returns:
        Lowest and highest parameters, each shape (3,), in the order and units of the skill's
        specification.

    Raises:
        InvalidInputError: If the skill or one of the objects is not known.
    """
    spec = skill_spec(skill)
    low = np.array([p.low for p in spec.parameters])
    high = np.array([p.high for p in spec.parameters])
    item, target = scene.object(object_id), scene.object(target_id)
    if spec.name == PICK_PLACE.name:
        room_low, room_high = placement_bounds(item.shape, target.shape)
        low[:2] = np.maximum(low[:2], room_low)
        high[:2] = np.minimum(high[:2], room_high)
    return low, high


def _half(shape: Shape) -> NDArray[np.float64]:
    half: NDArray[np.float64] = body_half_extents(shape.kind, np.array(dimensions_of(shape)))
    return half


def _is_round(shape: Shape) -> bool:
    return shape.kind in ('cylinder', 'cup', 'sphere')


def _wall(shape: Shape) -> float:
    return shape.wall_m if isinstance(shape, Cup | OpenBox | Shelf) else 0.0


def _landing_half(object_shape: Shape, target_shape: Shape) -> NDArray[np.float64]:
    """Half the size of the area that is landed on, in the target's frame [m]."""
    half = _half(target_shape)[:2]
    if goes_inside(object_shape, target_shape):
        return half - _wall(target_shape)
    return half
