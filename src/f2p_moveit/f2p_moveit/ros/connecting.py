# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Puts a robot together from what is installed: MoveIt, and nav2 where the robot needs it."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import NamedTuple

from rclpy.node import Node

from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.tf import transform_lookup
from f2p_moveit.errors import MoveItError
from f2p_moveit.motion_log import Commanded
from f2p_moveit.protocols import Base
from f2p_moveit.robot_description import Robot as DescribedRobot
from f2p_moveit.robot_file import FixedBase, PlanarBase
from f2p_moveit.ros.safety import Joints, Safety
from f2p_moveit.runner import Robot

try:
    from f2p_moveit.ros.bases import (
        BaseLookup,
        MoveItBase,
        NAVIGATE_ACTION,
        NavigatingBase,
        StandingBase,
    )
    from f2p_moveit.ros.moveit_arm import MoveItArm
    from f2p_moveit.ros.moveit_robot import MoveItRobot
except ImportError as error:
    MOVEIT_ERROR: ImportError | None = error
else:
    MOVEIT_ERROR = None


class Connection(NamedTuple):
    """A robot to act with, and where its joints are.

    Attributes:
        robot: The robot.
        joints: Where its joints are.
        shut_down: Ends MoveIt.
    """

    robot: Robot
    joints: Joints
    shut_down: Callable[[], None]


def connect(
    node: Node,
    described: DescribedRobot,
    on_command: Callable[[Commanded], None],
    diagnostics: Diagnostics,
) -> Connection:
    """Connects to MoveIt and to the robot's base.

    Args:
        node: The node that listens and calls.
        described: The robot.
        on_command: Told every trajectory that is sent.
        diagnostics: Told what is awaited.

    Raises:
        MoveItError: If MoveIt, or nav2's messages for a base that needs them, are not installed.
    """
    if MOVEIT_ERROR is not None:
        raise MoveItError(
            f'the executor needs MoveIt ({MOVEIT_ERROR}); apt install ros-jazzy-moveit-py '
            'ros-jazzy-moveit, or start the simulated world instead'
        )
    use_sim_time = node.get_parameter('use_sim_time').value
    file = described.file
    moveit = MoveItRobot(
        f'{node.get_name()}_moveit',
        node.get_namespace(),
        {**described.moveit, 'use_sim_time': use_sim_time},
        file.limits.stop_s,
        on_command,
    )
    safety = Safety(node, file.limits, time.monotonic, diagnostics)
    names = (*file.joint_names, *(file.base.joints if isinstance(file.base, PlanarBase) else ()))
    joints = Joints(node, names, file.limits.stale_s, time.monotonic, diagnostics)
    arm, base = MoveItArm(moveit, file), _base(node, moveit, described)
    robot = Robot(file, arm, base, safety.check, time.monotonic)
    return Connection(robot, joints, moveit.shut_down)


def _base(node: Node, moveit: MoveItRobot, described: DescribedRobot) -> Base:
    base, limits = described.file.base, described.file.limits
    if isinstance(base, PlanarBase):
        return MoveItBase(moveit, base, limits)
    lookup = BaseLookup(
        transform_lookup(node),
        lambda: int(node.get_clock().now().nanoseconds),
        base.frame,
        limits.stale_s,
    )
    if isinstance(base, FixedBase):
        return StandingBase(lookup, base)
    try:
        from nav2_msgs.action import NavigateToPose  # noqa: PLC0415 - only such robots need it
    except ImportError as error:
        raise MoveItError(
            f'the base of {described.file.name} is driven by nav2 ({error}); '
            'apt install ros-jazzy-nav2-msgs, or make it a planar base'
        ) from error
    return NavigatingBase(
        ActionCaller(node, NavigateToPose, NAVIGATE_ACTION, end_timeout_s=limits.stop_s),
        NavigateToPose,
        lookup,
        limits,
    )
