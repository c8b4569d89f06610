# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Whole-body inverse kinematics for a hand that points straight down.

The base stands so that the hand is a comfortable reach ahead of it, the lift sets the height, and
mink solves the arm for what remains. Because base and lift follow the target, few different arm
problems arise, and each is solved once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
import math
from typing import NamedTuple

import mink
import numpy as np

from f2p_sim.robot import (
    ARM,
    BASE,
    FINGERS,
    FloatVector,
    HOME,
    JOINT_COUNT,
    LIFT,
    robot_model,
    TCP_SITE,
    tool_down_arm,
    within_limits,
    WRIST_ROLL,
)

REACHES_M = (0.80, 0.72, 0.86, 0.64, 0.90)
"""Distances of the hand ahead of the base that are tried, the most comfortable first [m]."""

ASIDE_M = (0.0, 0.15, -0.15)
"""Sideways distances of the hand from the base's middle that are tried [m]."""

_SHOULDER_X_M = 0.06
"""Where the shoulder is ahead of the base's middle [m], in the robot's model."""

_SHOULDER_Z_M = 0.90
"""Height of the shoulder with the lift down [m], in the robot's model."""

_HAND_M = 0.30
"""From the wrist to the tool centre [m], in the robot's model."""

_WRIST_ABOVE_SHOULDER_M = (0.05, -0.25, 0.30)
"""Heights of the wrist over the shoulder [m] that are tried, the most comfortable first."""

_SOLVE_STEPS = 40
"""Steps of inverse kinematics; from the closed-form start it takes a few."""

_POSITION_TOLERANCE_M = 1e-4
"""Accepted error of the tool centre [m]: far below that of the servos."""

_ANGLE_TOLERANCE_RAD = 1e-3
"""Accepted error of the hand's direction [rad]: far below that of the servos."""

_DT_S = 1.0
"""Time step of mink's velocities [s]: 1, so that each step is a whole Newton step."""

_MAX_YAW_RAD = 3.18
"""Turns of the wrist are kept within this [rad]: half a turn each way, and some slack."""

# Rotation tcp → map of a hand that points down and closes along map y.
_DOWN = np.array([[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]])


class HandTarget(NamedTuple):
    """A pose of the tool centre with the hand pointing down.

    Attributes:
        position_m: Tool centre in ``map``, (x, y, z) [m].
        yaw_rad: Direction the fingers close along is map y turned by this about z [rad].
    """

    position_m: tuple[float, float, float]
    yaw_rad: float

    def raised(self, height_m: float) -> HandTarget:
        """Returns the target at another height [m], all else the same."""
        return HandTarget((self.position_m[0], self.position_m[1], height_m), self.yaw_rad)


class Station(NamedTuple):
    """Where the robot stands and how the arm is held: everything but height and hand yaw.

    Attributes:
        reach_m: Hand ahead of the base [m].
        aside_m: Hand to the left of the base [m].
        wrist_m: Wrist above the shoulder [m].
    """

    reach_m: float
    aside_m: float
    wrist_m: float


def stations() -> Iterator[Station]:
    """Yields the stations to try, the most comfortable first."""
    for wrist_m in _WRIST_ABOVE_SHOULDER_M:
        for aside_m in ASIDE_M:
            for reach_m in REACHES_M:
                yield Station(reach_m, aside_m, wrist_m)


def nearest_yaw(yaw_rad: float, near_rad: float, period_rad: float) -> float:
    """Returns the equivalent hand yaw next to another one that the wrist can reach [rad].

    Args:
        yaw_rad: Wanted yaw.
        near_rad: Yaw now.
        period_rad: π for an empty hand, whose fingers are alike; 2π with an object in it.
    """
    turns = [yaw_rad + k * period_rad for k in range(-4, 5)]
    return min((y for y in turns if abs(y) <= _MAX_YAW_RAD), key=lambda y: abs(y - near_rad))


def configuration_at(
    station: Station, target: HandTarget, finger_m: float
) -> FloatVector | None:
    """Returns the robot configuration (13,) that puts the hand at the target.

    Args:
        station: Base and arm posture relative to the hand.
        target: Where the hand goes; its yaw as ``nearest_yaw`` gives it.
        finger_m: Opening of each finger [m].

    Returns:
        The configuration, or ``None`` if the target is out of reach from the station.
    """
    arm = _arm(station)
    x, y, z = target.position_m
    if arm is None:
        return None
    q = np.empty(JOINT_COUNT)
    q[BASE] = (x - station.reach_m, y - station.aside_m, 0.0)
    q[LIFT] = z + _HAND_M - station.wrist_m - _SHOULDER_Z_M
    q[ARM] = arm
    q[WRIST_ROLL] -= target.yaw_rad
    q[FINGERS] = finger_m
    return q if within_limits(q) else None


def hand_yaw(configuration: FloatVector) -> float:
    """Returns the yaw of a hand that points down, for an arm straight ahead of the base [rad]."""
    return float(-configuration[WRIST_ROLL])


@lru_cache(maxsize=256)
def _arm(station: Station) -> FloatVector | None:
    """Solves the arm (7,) with mink for a hand that points down and closes along map y."""
    model = robot_model()
    target_m = (station.reach_m, station.aside_m, _SHOULDER_Z_M + station.wrist_m - _HAND_M)
    goal = mink.SE3.from_rotation_and_translation(
        mink.SO3.from_matrix(_DOWN), np.array(target_m)
    )
    hand = mink.FrameTask(TCP_SITE, 'site', position_cost=1.0, orientation_cost=1.0)
    hand.set_target(goal)
    posture = mink.PostureTask(model, cost=1e-4)
    still = mink.DofFreezingTask(model, dof_indices=[0, 1, 2, LIFT, *range(11, JOINT_COUNT)])
    for seed in _seeds(station):
        configuration = mink.Configuration(model, q=seed)
        posture.set_target(seed)
        for _ in range(_SOLVE_STEPS):
            velocity = mink.solve_ik(
                configuration, [hand, posture], _DT_S, 'daqp', damping=1e-6, constraints=[still]
            )
            configuration.integrate_inplace(velocity, _DT_S)
            error = np.abs(hand.compute_error(configuration))
            if error[:3].max() < _POSITION_TOLERANCE_M and error[3:].max() < _ANGLE_TOLERANCE_RAD:
                arm: FloatVector = configuration.q[ARM].copy()
                arm.setflags(write=False)
                return arm
    return None


def _seeds(station: Station) -> list[FloatVector]:
    """Returns start configurations: the planar solution and two that are folded otherwise."""
    seeds = []
    flat_m = math.hypot(station.reach_m - _SHOULDER_X_M, station.aside_m)
    for scale in (1.0, 0.8, 0.6):
        q = HOME.copy()
        q[ARM] = tool_down_arm(flat_m * scale, station.wrist_m)
        q[ARM.start] = math.atan2(station.aside_m, station.reach_m - _SHOULDER_X_M)
        q[WRIST_ROLL] = q[ARM.start]
        seeds.append(q)
    return seeds
