# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``failure_detector``: whether a skill did what was predicted, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence
import sys
from typing import Any

from f2p_msgs.action import GenerateScenes
from f2p_msgs.msg import ErrorCode
from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.srv import CheckEffect

from f2p_core.control import Control
from f2p_core.errors import InvalidInputError
from f2p_core.failure import Failure
from f2p_core.ros.action_client import ActionCaller, check_result
from f2p_core.ros.conversions.failure import failure_to_msg, kind_to_msg, model_to_msg, ModelRef
from f2p_core.ros.conversions.observation import (
    msg_to_observation,
    msg_to_symbolic,
    symbolic_to_msg,
)
from f2p_core.ros.conversions.scene import msg_to_robot, msg_to_scene
from f2p_core.ros.conversions.skills import msg_to_goal, msg_to_motion
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.lifecycle import ManagedNode
from f2p_core.ros.main import run_node
from f2p_core.ros.qos import LATCHED_EVENTS
from f2p_core.ros.services import serve_service
from f2p_core.ros.settling import SIMULATE_ACTION
from f2p_core.ros.waiting import deadline_code
from f2p_core.scene import Scene
from f2p_planner.environment import MotionResult, Percept
from f2p_planner.judge import MonitorJudge
from f2p_planner.monitor import VerdictKind
from f2p_planner.pursuit_types import Executed, Judged
from f2p_planner.ros.codes import DETECTOR_ERRORS
from f2p_planner.ros.eyes import Eyes, SCENE_MEND
from f2p_planner.ros.judge_client import CHECK_SERVICE
from f2p_planner.ros.planner_config import DetectorConfig
from f2p_planner.ros.plans import msg_to_plan
from f2p_sim.ros.client import RosSimulator

_GENERATE_ACTION = 'generate_scenes'


class _Lookout:
    """Implements the looking half of ``Environment``: frames after a time, in order."""

    def __init__(self, eyes: Eyes, not_before_ns: int, timeout_s: float, control: Control) -> None:
        self._eyes = eyes
        self._next_ns = not_before_ns
        self._timeout_s = timeout_s
        self._control = control

    def execute(self, call: Any) -> MotionResult:
        raise InvalidInputError('the failure detector does not act')

    def observe(self) -> Percept:
        with deadline_code(ErrorCode.DETECTOR_NO_SCENE):
            percept = self._eyes.look(self._next_ns, self._timeout_s, self._control)
        self._next_ns = percept.observation.stamp_ns + 1
        return percept


class FailureDetectorNode(ManagedNode[DetectorConfig]):
    """Compares what a skill did with what was predicted, and explains a difference by replays.

    ROS Subscriptions:
        scene (f2p_msgs/SceneObservation), relations (f2p_msgs/SymbolicState): what is seen.
    ROS Publishers:
        failure (f2p_msgs/Failure, latched): every classified failure.
    ROS Services:
        check_effect (f2p_msgs/CheckEffect): the verdict on one executed step.
    ROS Actions:
        generate_scenes, simulate_skills, clients: scenes like the one before, and the replays.
    """

    def __init__(self) -> None:
        super().__init__(
            'failure_detector',
            DetectorConfig,
            ErrorCode.DETECTOR_INACTIVE,
            at_start=('simulate_timeout_s', 'limits'),
        )
        self._control = Control(should_stop=self._is_over)
        self._eyes = Eyes(self, self.diagnostics.topic('scene', SCENE_MEND).heard)
        self.diagnostics.action(_GENERATE_ACTION, 'start the scene generator')
        self.diagnostics.action(SIMULATE_ACTION, 'start the simulator')
        self._simulator = RosSimulator(self, timeout_s=self.config.simulate_timeout_s)
        self._generator = ActionCaller(self, GenerateScenes, _GENERATE_ACTION)
        self._failures = self.create_publisher(FailureMsg, 'failure', LATCHED_EVENTS)
        serve_service(
            self, CheckEffect, CHECK_SERVICE, self._check, DETECTOR_ERRORS, self.config.limits
        )

    def _check(self, request: Any) -> Any:
        self.require_active()
        executed = _executed(request)
        ended_ns = msg_to_time_ns(request.ended) + round(self.config.settle_s * 1e9)
        lookout = _Lookout(self._eyes, ended_ns, self.config.scene_timeout_s, self._control)
        judge = MonitorJudge(
            lookout,
            self._posterior,
            self._simulator,
            seed=ended_ns % 2**32,
            config=self.config.judge,
        )
        judged = judge.judge(executed, self._control)
        return self._answer(judged)

    def _is_over(self) -> bool:
        return not self.context.ok()

    def _posterior(self, failure: Failure) -> tuple[Scene, ...]:
        """Asks the scene generator for scenes like the one before the failure."""
        goal = GenerateScenes.Goal(
            failure=failure_to_msg(failure),
            model_version=model_to_msg(ModelRef(failure.model_version, failure.model_digest)),
            scenes=self.config.posterior_scenes,
            calls_per_scene=0,
            seed=failure.stamp_ns % 2**32,
        )
        answer = self._generator.call(
            goal,
            timeout_s=self.config.generate_timeout_s,
            control=self._control,
        )
        scenes = check_result(answer, _GENERATE_ACTION).scenes
        return tuple(msg_to_scene(s, f'scenes[{i}]') for i, s in enumerate(scenes))

    def _answer(self, judged: Judged) -> Any:
        response = CheckEffect.Response(
            verdict={
                VerdictKind.AS_PREDICTED: CheckEffect.Response.AS_PREDICTED,
                VerdictKind.VIOLATED: CheckEffect.Response.FAILED,
                VerdictKind.UNDECIDED: CheckEffect.Response.UNDECIDED,
            }[judged.verdict],
            relations_observed=symbolic_to_msg(
                judged.percept.relations, judged.percept.observation.stamp_ns
            ),
        )
        if judged.failure is not None:
            self._failures.publish(failure_to_msg(judged.failure))
            response.failure_id = judged.failure.failure_id
            response.kind = kind_to_msg(judged.failure.kind)
            self.get_logger().info(_in_words(judged.failure))
        return response


def _in_words(failure: Failure) -> str:
    """Returns a failure in a line: what was done to which object, what came out otherwise, why."""
    first, *others = failure.violated
    more = f' and {len(others)} more relations' if others else ''
    return (
        f'failure {failure.failure_id}: {failure.call.skill} {failure.call.object_id}: '
        f'{failure.kind}: {first.in_words()}{more}'
    )


def _executed(request: Any) -> Executed:
    """Reads what was executed.

    Raises:
        InvalidInputError: Naming the field that cannot be used.
    """
    plan = msg_to_plan(request.plan)
    if request.step >= len(plan.steps):
        raise InvalidInputError(f'step is {request.step}; the plan has {len(plan.steps)} steps')
    before = Percept(
        msg_to_observation(request.before, 'before'),
        msg_to_symbolic(request.relations_before, 'relations_before'),
    )
    motion = MotionResult(
        succeeded=request.motion_succeeded,
        reason=request.motion_error,
        robot_before=msg_to_robot(request.robot_before, 'robot_before'),
        commanded=msg_to_motion(request.commanded, 'commanded'),
        achieved=msg_to_motion(request.achieved, 'achieved'),
    )
    goal = msg_to_goal(request.goal)
    return Executed(plan, request.step, plan.steps[request.step], before, motion, goal)


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(FailureDetectorNode, threads=6, args=args)


if __name__ == '__main__':
    sys.exit(main())
