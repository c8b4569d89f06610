# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The robot behind ROS as an ``Environment``: ``execute_skill`` acts, perception looks."""

from __future__ import annotations

from typing import Any, NamedTuple

from f2p_msgs.action import ExecuteSkill
from f2p_msgs.msg import ErrorCode
from rclpy.node import Node

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.conversions.scene import msg_to_robot, scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg, msg_to_motion
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.errors import NodeError
from f2p_core.ros.waiting import (
    deadline_code,
    DeadlineError,
    ServerLostError,
    StillRunningError,
)
from f2p_core.skill import SkillCall
from f2p_planner.environment import MotionResult, Percept
from f2p_planner.ros.eyes import Eyes

EXECUTE_ACTION = 'execute_skill'
_REFUSALS = frozenset(
    {
        ErrorCode.EXECUTOR_INVALID_CALL,
        ErrorCode.EXECUTOR_BUSY,
        ErrorCode.EXECUTOR_REPLAY,
        ErrorCode.EXECUTOR_CANCELLED,
        ErrorCode.EXECUTOR_SERVER_LOST,
    }
)
"""Codes after which there is no motion to judge: the call was refused or broken off."""

_DANGERS = {
    ErrorCode.EXECUTOR_UNSAFE: ErrorCode.PLANNER_UNSAFE,
    ErrorCode.EXECUTOR_MAY_BE_MOVING: ErrorCode.PLANNER_MAY_BE_MOVING,
}
"""Codes after which a person has to look at the robot, and what the planner calls them."""

STANDSTILL_S = 30.0
"""How long a robot may take from the cancel of a skill until it stands [s]: MoveIt looks at a
cancel only after it has planned (5 s), and a base may take 10 s to brake; twice that."""


class Interval(NamedTuple):
    """When the last skill ran [ns], on the robot's clock; (0, 0) before the first."""

    started_ns: int
    ended_ns: int


class Robot:
    """Implements ``f2p_planner.environment.Environment`` for one pursuit.

    Args:
        executor: The action execute_skill.
        eyes: Perception's topics.
        timeout_s: Deadlines [s] of a skill and of an observation.
        control: Cancels what is waited for.
    """

    def __init__(
        self,
        executor: ActionCaller,
        eyes: Eyes,
        *,
        skill_timeout_s: float,
        scene_timeout_s: float,
        control: Control = UNCONTROLLED,
    ) -> None:
        self._executor = executor
        self._eyes = eyes
        self._skill_timeout_s = skill_timeout_s
        self._scene_timeout_s = scene_timeout_s
        self._control = control
        self._percept: Percept | None = None
        self.last = Interval(0, 0)

    def execute(self, call: SkillCall) -> MotionResult:
        """Executes one call on the scene that was seen last.

        Raises:
            NodeError: If the executor refuses the call, does not answer in time, is gone, or says
                that it is unsafe to go on.
            CancelledError: If the pursuit was cancelled; the robot stands.
        """
        goal = ExecuteSkill.Goal(call=call_to_msg(call))
        if self._percept is not None:
            goal.scene = scene_to_msg(self._percept.observation.scene)
        result = self._carried_out(goal)
        if result.error_code in _DANGERS:
            code = _DANGERS[result.error_code]
            raise NodeError(code, f'{EXECUTE_ACTION}: {result.error_msg}')
        if result.error_code in _REFUSALS:
            raise NodeError(result.error_code, f'{EXECUTE_ACTION}: {result.error_msg}')
        self.last = Interval(msg_to_time_ns(result.started), msg_to_time_ns(result.ended))
        return MotionResult(
            succeeded=result.error_code == ErrorCode.NONE,
            reason=result.error_msg,
            robot_before=msg_to_robot(result.robot_before),
            commanded=msg_to_motion(result.commanded, 'commanded'),
            achieved=msg_to_motion(result.achieved, 'achieved'),
        )

    def _carried_out(self, goal: Any) -> Any:
        """Returns the executor's result; where there is none, nobody knows what the robot does."""
        try:
            return self._executor.call(
                goal, timeout_s=self._skill_timeout_s, control=self._control
            )
        except (ServerLostError, StillRunningError) as error:
            raise NodeError(
                ErrorCode.PLANNER_MAY_BE_MOVING,
                f'the robot may still be moving: {error}; look at it before the next goal',
            ) from error
        except DeadlineError as error:
            raise NodeError(ErrorCode.PLANNER_EXECUTION_FAILED, str(error)) from error

    def observe(self) -> Percept:
        """Looks at the scene; every call returns a later frame, none from before the last skill.

        Raises:
            NodeError: If no frame came in time.
            CancelledError: If the pursuit was cancelled.
        """
        seen_ns = -1 if self._percept is None else self._percept.observation.stamp_ns
        self.see(max(seen_ns + 1, self.last.ended_ns))
        assert self._percept is not None  # see() has set it
        return self._percept

    def see(self, not_before_ns: int) -> Percept:
        """Looks at the scene at that time or later, and remembers it as seen last."""
        with deadline_code(ErrorCode.PLANNER_NO_SCENE):
            self._percept = self._eyes.look(not_before_ns, self._scene_timeout_s, self._control)
        return self._percept


def executor_of(node: Node) -> ActionCaller:
    """Returns the client of the robot's skills."""
    return ActionCaller(node, ExecuteSkill, EXECUTE_ACTION, end_timeout_s=STANDSTILL_S)
