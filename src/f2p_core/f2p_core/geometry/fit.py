# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Whether an upright object goes into another, how high it comes to rest, and where it has room.

This is the one rule of what fits into what: planned motions, skills, the search and generated
scenes ask it.
"""

from __future__ import annotations

import math
from typing import Any

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.prisms import prism_of, Prisms
from f2p_core.geometry.shapes import Shape

Array = Any
Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Lowest and highest values."""

PLACEMENT_CLEARANCE_M = 0.01
"""Kept between a placed object and the edge or wall of what it is placed on or in [m]."""


def fits_inside(a: Prisms, b: Prisms) -> Array:
    """Returns whether a goes between the walls of b, both upright, at some yaw.

    Between straight walls the sides of the outlines are compared (a stick that would only go in
    across the corners does not), between round walls the diagonal of a rectangle with the
    diameter.

    Args:
        a: What goes in; where it is does not matter.
        b: What it goes into, of a leading shape that broadcasts with that of a.

    Returns:
        Shape (...), bool; false where b is not hollow.
    """
    xp = array_api_compat.array_namespace(a.half_m)
    ax, ay = a.half_m[..., 0], a.half_m[..., 1]
    bx, by = (b.half_m[..., i] - b.wall_m for i in (0, 1))
    straight = (xp.minimum(ax, ay) < xp.minimum(bx, by)) & (
        xp.maximum(ax, ay) < xp.maximum(bx, by)
    )
    across = xp.where(a.disc, ax, xp.hypot(ax, ay))
    return b.hollow & xp.where(b.disc, across < bx, straight)


def resting_height_m(a: Prisms, b: Prisms) -> Array:
    """Returns the height of a's centre over b's once a is put down upright, shape (...) [m].

    On top of solids; on the floor of a container a fits into, else on its rim.
    """
    xp = array_api_compat.array_namespace(a.half_m)
    top = b.half_m[..., 2]
    return xp.where(fits_inside(a, b), b.wall_m - top, top) + a.half_m[..., 2]


def goes_inside(object_shape: Shape, target_shape: Shape) -> bool:
    """Returns whether an upright object fits between the walls of a container at some yaw."""
    return bool(fits_inside(prism_of(object_shape), prism_of(target_shape)))


def resting_height(object_shape: Shape, target_shape: Shape) -> float:
    """Returns z of an object's centre in the target's frame once it is put down upright [m]."""
    return float(resting_height_m(prism_of(object_shape), prism_of(target_shape)))


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
    item, target = prism_of(object_shape), prism_of(target_shape)
    x, y = item.half_m[:2].tolist()
    radius = x if item.disc else math.hypot(x, y)
    inner = target.half_m[:2] - (target.wall_m if fits_inside(item, target) else 0.0)
    if target.disc:
        # The square within the circle that the centre may lie in.
        room = np.full(2, (inner[0] - radius - PLACEMENT_CLEARANCE_M) / math.sqrt(2.0))
    else:
        room = inner - radius - PLACEMENT_CLEARANCE_M
    room = np.maximum(room, 0.0)
    return -room, room
