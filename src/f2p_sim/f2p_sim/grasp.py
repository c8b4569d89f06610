# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Ways to take hold of an object from above, from its shape and pose alone."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.shapes import HANDLE_BAR_HALF_M, Shape, SHAPES
from f2p_core.skill.hand import closing_lines, ClosingLine
from f2p_sim.errors import SkillError
from f2p_sim.kinematics import HandTarget
from f2p_sim.robot import MAX_FINGER_OPENING_M, TIP_BELOW_TCP_M

CLEARANCE_M = 0.008
"""How much farther than the object each finger opens before it is lowered beside it [m]."""

CARRY_FORCE_N = 25.0
"""Closing force on objects [N]: holds the heaviest by friction, deforms none."""

HANDLE_FORCE_N = 50.0
"""Closing force on a handle [N]: twice as much, since a filled container hangs on a thin bar."""

_TIP_CLEARANCE_M = 0.004
"""Height of the finger tips over what the object stands on [m]: never in the support."""

_BELOW_TOP_M = 0.012
"""Least depth of the tool centre below an object's top [m], so that the pads hold enough."""

_FROM_POST_M = 0.05
"""Least distance of a grasp from the ends of the bar [m]: the fingers pass the posts."""

_BAR_OFFSETS_M = (0.0, 0.03, -0.03, 0.06, -0.06)
"""Places on the bar beside its balance point [m] that are tried in this order."""


class HandSize(NamedTuple):
    """What of a hand matters for a hold.

    Attributes:
        max_opening_m: Most that each finger opens [m].
        tip_below_tcp_m: How far the fingers end beyond the tool centre [m].
    """

    max_opening_m: float = MAX_FINGER_OPENING_M
    tip_below_tcp_m: float = TIP_BELOW_TCP_M


OUR_HAND = HandSize()


class Grasp(NamedTuple):
    """A hold on an object.

    Attributes:
        target: Hand pose in ``map``.
        width_m: Distance of the pads when closed [m].
        force_n: Force of each finger [N].
    """

    target: HandTarget
    width_m: float
    force_n: float

    @property
    def opening_m(self) -> float:
        """Opening of each finger of our hand before closing [m]."""
        return self.opening_of(OUR_HAND)

    def opening_of(self, hand: HandSize) -> float:
        """Returns how far each finger of a hand opens before it closes [m]."""
        return min(self.width_m / 2 + CLEARANCE_M, hand.max_opening_m)


def grasps(
    shape: Shape,
    pose: NDArray[np.float64],
    bounds: NDArray[np.float64],
    balance_m: float = 0.0,
    hand: HandSize = OUR_HAND,
) -> list[Grasp]:
    """Returns the holds on an object, to be tried in order.

    Args:
        shape: The object's shape.
        pose: Its pose in ``map`` (4, 4).
        bounds: Its axis-aligned bounds in ``map`` (2, 3) [m].
        balance_m: x of its centre of mass, content included, in its own frame [m]. A handle is
            held over it, or else the container tilts.
        hand: The hand that takes hold.

    Raises:
        SkillError: ``not_graspable`` when the hand is too small or there is nothing to hold.
    """
    if SHAPES[shape.kind].handle is not None:
        return _bar_grasps(shape, pose, balance_m)
    lines = [
        line
        for line in closing_lines(shape, pose[:3, :3])
        if line.width_m / 2 < hand.max_opening_m
    ]
    if not lines:
        raise SkillError('not_graspable', f'no side of the {shape.kind} fits between the fingers')
    low, high = bounds[:, 2].tolist()
    lowest, highest = low + hand.tip_below_tcp_m + _TIP_CLEARANCE_M, high - _BELOW_TOP_M
    round_the_middle = max(lowest, min(highest, float(pose[2, 3])))
    on_the_rim = max(lowest, highest)
    return [
        _grasp_on(line, pose, on_the_rim if line.offset_m else round_the_middle)
        for line in lines
    ]


def _grasp_on(line: ClosingLine, pose: NDArray[np.float64], height_m: float) -> Grasp:
    """Holds an object along a line, at a height in ``map``."""
    x = float(pose[0, 3]) - line.offset_m * math.sin(line.yaw_rad)
    y = float(pose[1, 3]) + line.offset_m * math.cos(line.yaw_rad)
    return Grasp(HandTarget((x, y, height_m), line.yaw_rad), line.width_m, CARRY_FORCE_N)


def _bar_grasps(shape: Shape, pose: NDArray[np.float64], balance_m: float) -> list[Grasp]:
    """Holds a container by its handle bar, over its centre of mass or near it."""
    definition, dimensions = SHAPES[shape.kind], np.array(dimensions_of(shape))
    half, handle_m = definition.half_extents(dimensions), definition.handle_m(dimensions)
    if handle_m == 0.0:
        raise SkillError('not_graspable', f'the {shape.kind} has no handle')
    yaw = math.atan2(pose[1, 0], pose[0, 0])
    found = []
    reach = half[0] - _FROM_POST_M
    for offset in _BAR_OFFSETS_M:
        along = min(max(balance_m + offset, -reach), reach)
        bar = np.array([along, 0.0, half[2] + handle_m, 1.0])
        x, y, z = (pose @ bar)[:3].tolist()
        found.append(Grasp(HandTarget((x, y, z), yaw), 2 * HANDLE_BAR_HALF_M, HANDLE_FORCE_N))
    return found
