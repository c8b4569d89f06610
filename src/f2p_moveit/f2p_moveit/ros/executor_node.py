# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``executor``: skills on a real robot, in place of the simulated world."""

from __future__ import annotations

from collections.abc import Sequence
import sys
import time
from typing import Any

from f2p_msgs.action import ExecuteSkill
from f2p_msgs.msg import ErrorCode
from rclpy.node import Node

from f2p_core.errors import InvalidInputError, OverLimitError
from f2p_core.messages.scene import msg_to_scene
from f2p_core.messages.skills import msg_to_call
from f2p_core.pose import Pose
from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.conversions.scene import robot_to_msg
from f2p_core.ros.conversions.skills import motion_to_msg
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.errors import ErrorMap
from f2p_core.ros.logs import forward_logs
from f2p_core.ros.main import run_node
from f2p_core.ros.own_parameters import OwnParameters
from f2p_core.scene import RobotState
from f2p_moveit.errors import STOP_FAILED, UnsafeError
from f2p_moveit.motion_log import Commanded, MotionLog
from f2p_moveit.robot_description import read_robot
from f2p_moveit.robot_file import FixedBase
from f2p_moveit.ros.connecting import connect
from f2p_moveit.ros.executor_config import ExecutorConfig, robot_path
from f2p_moveit.runner import ExecutionEnd, Runner
from f2p_sim.ros.skill_codes import skill_code

_FEEDBACK = ExecuteSkill.Feedback
_POLICY = Policy(
    errors=ErrorMap(
        ErrorCode.EXECUTOR_UNKNOWN,
        {
            InvalidInputError: ErrorCode.EXECUTOR_INVALID_CALL,
            OverLimitError: ErrorCode.EXECUTOR_OVER_LIMIT,
            UnsafeError: ErrorCode.EXECUTOR_UNSAFE,
        },
    ),
    cancelled=ErrorCode.EXECUTOR_CANCELLED,
    busy=ErrorCode.EXECUTOR_BUSY,
    states={
        'approaching': _FEEDBACK.APPROACHING,
        'acting': _FEEDBACK.ACTING,
        'carrying': _FEEDBACK.CARRYING,
        'releasing': _FEEDBACK.RELEASING,
        'retreating': _FEEDBACK.RETREATING,
    },
    default_state=_FEEDBACK.PLANNING,
)


class ExecutorNode(Node):
    """A robot behind MoveIt. Between goals it waits in its safe state.

    ROS Subscriptions:
        joint_states (sensor_msgs/JointState): where the joints are; by MoveIt's node as well.
        wrench (geometry_msgs/WrenchStamped): force at the wrist; only with a force limit.
        protective_stop (std_msgs/Bool): true while the robot must not move.
    ROS Actions:
        execute_skill (f2p_msgs/ExecuteSkill): one skill at a time.
        navigate_to_pose (nav2_msgs/NavigateToPose, called): only with a base driven by nav2.
    """

    def __init__(self) -> None:
        super().__init__('executor')
        forward_logs(self)
        config = OwnParameters(self, ExecutorConfig).config
        self._log = MotionLog((), time.monotonic)
        described = read_robot(robot_path(config.robot_file))
        self._file = described.file
        self.diagnostics = Diagnostics(self)
        self.diagnostics.fact('robot', lambda: self._file.name)
        self._connection = connect(self, described, self._on_command, self.diagnostics)
        robot = self._connection.robot
        self._check_safety = robot.check_safety
        self._runner = Runner(robot._replace(check_safety=self._check))
        serve_action(self, ExecuteSkill, 'execute_skill', self._execute, _POLICY, config.limits)
        self.get_logger().info(f'ready: {self._file.name}')

    def destroy_node(self) -> None:
        """Ends MoveIt too."""
        if hasattr(self, '_connection'):  # it may have been refused
            self._connection.shut_down()
        super().destroy_node()

    def _execute(self, goal: Any, task: Task) -> Any:
        call, scene = msg_to_call(goal.call), msg_to_scene(goal.scene)
        if not scene.objects:
            raise InvalidInputError('scene holds no objects; send what was observed')
        before = self._robot_state()
        self._log = MotionLog(self._file.joint_names, time.monotonic)
        self._sample()
        started = self._now_ns()
        outcome = self._runner.execute(call, scene, control=task.control)
        commanded, achieved = self._log.motions()
        self.get_logger().info(f'{call.skill} {call.object_id}: {outcome.reason or "done"}')
        return ExecuteSkill.Result(
            error_code=_code(outcome),
            error_msg=outcome.reason,
            robot_before=robot_to_msg(before),
            commanded=motion_to_msg(commanded),
            achieved=motion_to_msg(achieved),
            started=time_to_msg(started),
            ended=time_to_msg(self._now_ns()),
        )

    def _check(self) -> None:
        """Called all the time while the robot moves."""
        self._sample()
        self._check_safety()

    def _on_command(self, trajectory: Commanded) -> None:
        self._log.command(trajectory)

    def _sample(self) -> None:
        self._log.sample(self._connection.joints.positions(), self._base_map())

    def _base_map(self) -> Pose | None:
        """Where a base that moves is; ``None``: it is bolted down."""
        if isinstance(self._file.base, FixedBase):
            return None
        return Pose.in_plane(*self._connection.robot.base.pose_map())

    def _robot_state(self) -> RobotState:
        positions = self._connection.joints.positions()
        names = self._file.joint_names
        return RobotState(
            joint_names=names,
            position=tuple(positions[name] for name in names),
            base_map=self._base_map(),
        )

    def _now_ns(self) -> int:
        return int(self.get_clock().now().nanoseconds)


def _code(outcome: ExecutionEnd) -> int:
    if not outcome.is_unsafe:
        return skill_code(outcome.reason)
    if outcome.reason.startswith(STOP_FAILED):
        return int(ErrorCode.EXECUTOR_MAY_BE_MOVING)
    return int(ErrorCode.EXECUTOR_UNSAFE)


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(ExecutorNode, args=args)


if __name__ == '__main__':
    sys.exit(main())
