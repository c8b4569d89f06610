# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What of a hand decides whether it can do a skill: how far it opens.

Whether the fingers fit is a rule, not something to be learned from failures.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.shapes import HANDLE_BAR_HALF_M, Shape, SHAPES

_ROUND_LINES = 8
"""Directions tried round a body that looks the same from all sides: one every 22.5°."""


_RIM_LINES = 16
"""Places round a rim that are tried: one every 22.5°."""

_RIM_ROOM_M = 0.02
"""Least radius of a cavity that a finger goes into beside its wall [m]: a finger is about 10 mm
thick and opens 8 mm wider than what it takes."""


_UPRIGHT = math.cos(math.radians(30.0))
"""Cosine of the tilt up to which fingers from above go over a rim."""


class Hand(NamedTuple):
    """A hand of two fingers that comes from above.

    Attributes:
        opening_m: Distance of the fingers when open; what is wider does not go between them [m].
    """

    opening_m: float


SHIPPED_HAND = Hand(0.088)
"""The hand of the shipped robot: two fingers that open 44 mm each."""


class ClosingLine(NamedTuple):
    """A line along which two fingers can close on an object.

    Attributes:
        yaw_rad: Yaw of a hand whose closing direction (``map`` y turned by it) is the line [rad].
        width_m: What the fingers then have between them [m].
        offset_m: How far from the object's middle they close, along the line [m]: 0 round the
            whole body, the rim's radius where one finger goes inside.
    """

    yaw_rad: float
    width_m: float
    offset_m: float = 0.0


def closing_lines(shape: Shape, rotation: NDArray[np.float64]) -> list[ClosingLine]:
    """Returns the lines along which fingers from above can close, whatever the hand's size.

    Args:
        shape: The object's shape.
        rotation: Object → map rotation matrix, shape (3, 3).

    Returns:
        The sides of a solid, narrowest first; lines all round a round body, and then round the
        rim of one that stands open to above; the bar of a handle. Empty where there is nothing to
        hold.
    """
    up = int(np.argmax(np.abs(rotation[2])))
    kind, dimensions = SHAPES[shape.kind], np.array(dimensions_of(shape))
    size = (2 * kind.half_extents(dimensions)).tolist()
    first = math.atan2(rotation[1, 0], rotation[0, 0])
    if kind.handle is not None:
        has_handle = kind.handle_m(dimensions) > 0.0
        return [ClosingLine(first, 2 * HANDLE_BAR_HALF_M)] if has_handle else []
    if kind.round and (kind.ball or kind.hollow or up == 2):
        turns = [k * math.pi / _ROUND_LINES for k in range(_ROUND_LINES)]
        outside = [ClosingLine(first + turn, size[0]) for turn in turns]
        return outside + _rim_lines(shape, rotation, first)
    if kind.round:
        across = np.cross(rotation[:, 2], [0.0, 0.0, 1.0])
        return [ClosingLine(_closing_yaw(across), size[0])]
    if kind.hollow:
        return []
    sides = sorted((i for i in range(3) if i != up), key=lambda i: size[i])
    return [ClosingLine(_closing_yaw(rotation[:, i]), size[i]) for i in sides]


def _rim_lines(
    shape: Shape, rotation: NDArray[np.float64], first_rad: float
) -> list[ClosingLine]:
    """Lines across the wall of a round body whose opening looks up."""
    kind, dimensions = SHAPES[shape.kind], np.array(dimensions_of(shape))
    radius = float(kind.half_extents(dimensions)[0])
    wall = float(kind.wall_m(dimensions))
    if not kind.hollow or rotation[2, 2] < _UPRIGHT or radius - wall < _RIM_ROOM_M:
        return []
    turns = [k * math.tau / _RIM_LINES for k in range(_RIM_LINES)]
    return [ClosingLine(first_rad + turn, wall, radius - wall / 2) for turn in turns]


def can_grasp(hand: Hand, shape: Shape, rotation: NDArray[np.float64]) -> bool:
    """Returns whether an object has a side that fits between the fingers; rotation (3, 3)."""
    return any(line.width_m < hand.opening_m for line in closing_lines(shape, rotation))


def _closing_yaw(direction: NDArray[np.float64]) -> float:
    """Returns the hand yaw whose closing direction (map y turned by it) is ``direction``."""
    return math.atan2(-float(direction[0]), float(direction[1]))
