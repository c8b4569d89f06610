# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The mobile manipulator: its joints, limits, home configuration and MJCF.

A robot configuration is a vector of ``JOINT_COUNT`` positions in the order of ``JOINT_NAMES``:
planar base (x [m], y [m], yaw [rad] in ``map``), lift [m], seven arm joints [rad], two fingers
[m, 0 = closed]. Every joint has a position servo of the same name.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from f2p_core.errors import InvalidInputError
from f2p_core.failure import Motion
from f2p_core.pose import planar_rows, Pose
from f2p_core.scene import RobotState

FloatVector = NDArray[np.float64]

BASE_JOINTS = ('base_x', 'base_y', 'base_yaw')
ARM_JOINTS = (
    'shoulder_pan',
    'shoulder_lift',
    'upper_arm_roll',
    'elbow_flex',
    'forearm_roll',
    'wrist_flex',
    'wrist_roll',
)
FINGER_JOINTS = ('finger_left', 'finger_right')
MOVING_JOINTS = ('lift', *ARM_JOINTS, *FINGER_JOINTS)
"""What a robot state lists; its base is a pose."""
JOINT_NAMES = (*BASE_JOINTS, *MOVING_JOINTS)
JOINT_COUNT = len(JOINT_NAMES)
# Where the joints are in a configuration (13,), in the order of their names.
BASE = slice(0, 3)
LIFT = 3
ARM = slice(4, 11)
WRIST_ROLL = 10
FINGERS = slice(11, 13)

MAX_SPEED = np.array([1.2, 1.2, 1.5, 0.8, *[2.5] * 6, 4.0, 0.3, 0.3])
"""Speed limits [m/s, rad/s] in joint order."""

MAX_ACCELERATION = np.array([2.5, 2.5, 4.0, 3.5, *[10.0] * 6, 20.0, 4.0, 4.0])
"""Acceleration limits [m/s², rad/s²] in joint order."""

FINGER_STIFFNESS_N_PER_M = 2000.0
"""Stiffness of a finger's servo, ``kp`` in the robot's model."""

MAX_FINGER_OPENING_M = 0.044
"""Range of a finger's joint in the robot's model [m]."""

TCP_SITE = 'tcp'
CAMERA_SITE = 'head_camera'
PAD_GEOMS = ('pad_left', 'pad_right')
FINGER_THICKNESS_M = 0.010
"""Size of a finger along the closing direction in the robot's model [m]."""

FINGER_WIDTH_M = 0.018
"""Size of a finger across the closing direction in the robot's model [m]."""

TIP_BELOW_TCP_M = 0.020
"""The fingers end this far beyond the tool centre [m]."""

_UPPER_ARM_M = 0.45
"""Length of upper arm and forearm each [m], in the robot's model."""

_HOME_WRIST_X_M = 0.22
"""The wrist ahead of the shoulder at home [m]: folded, hand over the base."""

_HOME_WRIST_Z_M = 0.05
"""The wrist over the shoulder at home [m]."""


def tool_down_arm(wrist_x_m: float, wrist_z_m: float) -> FloatVector:
    """Returns the elbow-up arm (7,) [rad] with the hand pointing straight down.

    Args:
        wrist_x_m: Wrist ahead of the shoulder [m].
        wrist_z_m: Wrist above the shoulder [m].
    """
    distance = math.hypot(wrist_x_m, wrist_z_m)
    opening = math.acos(min(distance / (2 * _UPPER_ARM_M), 1.0))
    pitch = -math.atan2(wrist_z_m, wrist_x_m) - opening
    return np.array([0.0, pitch, 0.0, 2 * opening, 0.0, math.pi / 2 - pitch - 2 * opening, 0.0])


HOME = np.concatenate(
    [np.zeros(4), tool_down_arm(_HOME_WRIST_X_M, _HOME_WRIST_Z_M), [0.02, 0.02]]
)
"""The look pose: base at the origin, arm tucked in front of the column between the tables."""
HOME.setflags(write=False)


def robot_xml() -> str:
    """Returns the robot's MJCF."""
    return (files('f2p_sim') / 'models' / 'mobile_manipulator.xml').read_text(encoding='utf-8')


@cache
def robot_model() -> mujoco.MjModel:
    """Returns the robot alone, compiled once; callers do not change it."""
    return mujoco.MjModel.from_xml_string(robot_xml())


def within_limits(configuration: FloatVector) -> bool:
    """Returns whether every joint of a configuration (13,) but the fingers is within its range."""
    low, high = robot_model().jnt_range[: FINGERS.start].T
    joints = configuration[: FINGERS.start]
    return bool((joints >= low - 1e-9).all() and (joints <= high + 1e-9).all())


def configuration_of(state: RobotState | None) -> FloatVector:
    """Returns the configuration (13,) of a robot state; home for ``None``.

    Raises:
        InvalidInputError: If it is the state of another robot.
    """
    if state is None:
        return HOME.copy()
    if state.joint_names != MOVING_JOINTS or state.base_map is None:
        base = 'no base' if state.base_map is None else 'a base'
        raise InvalidInputError(
            f'the robot state has {base} and the joints {", ".join(state.joint_names) or "none"}; '
            f'this robot has a base and {", ".join(MOVING_JOINTS)}'
        )
    x, y, _ = state.base_map.position_m
    return np.array([x, y, state.base_map.yaw_rad, *state.position])


def robot_state(configuration: FloatVector) -> RobotState:
    """Returns the robot state of a configuration (13,); both fingers at their mean opening."""
    x, y, yaw, *joints, left, right = configuration.tolist()
    opening = (left + right) / 2
    return RobotState(
        joint_names=MOVING_JOINTS,
        position=(*joints, opening, opening),
        base_map=Pose.in_plane(x, y, yaw),
    )


def robot_motion(time_s: FloatVector, configurations: NDArray[np.float64]) -> Motion:
    """Returns the motion through configurations (T, 13) at times (T,) [s]."""
    rows = configurations.reshape(-1, JOINT_COUNT)
    return Motion(
        joint_names=MOVING_JOINTS,
        time_s=time_s,
        position=rows[:, LIFT:],
        base_map=planar_rows(rows[:, BASE]),
    )
