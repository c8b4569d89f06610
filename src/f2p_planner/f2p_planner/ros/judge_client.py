# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The failure detector as the judge of executed steps."""

from __future__ import annotations

from f2p_msgs.msg import ErrorCode, ExecutedStep
from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.srv import CheckEffect
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node

from f2p_core.control import Control
from f2p_core.failure import Failure
from f2p_core.ros.action_client import check_result
from f2p_core.ros.conversions.failure import msg_to_failure
from f2p_core.ros.conversions.observation import observation_to_msg, symbolic_to_msg
from f2p_core.ros.conversions.scene import robot_to_msg
from f2p_core.ros.conversions.skills import call_to_msg, goal_to_msg, motion_to_msg
from f2p_core.ros.conversions.time import msg_to_time_ns, time_to_msg
from f2p_core.ros.qos import LATCHED_EVENTS
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import deadline_code, Latest
from f2p_planner.monitor import VerdictKind
from f2p_planner.pursuit_types import Executed, Judged
from f2p_planner.ros.plans import plan_to_msg
from f2p_planner.ros.robot import Robot

CHECK_SERVICE = 'check_effect'
_FAILURE_S = 5.0
"""How long a failure may take from the verdict to arrive on its topic [s]."""

_OUTCOMES = {
    CheckEffect.Response.AS_PREDICTED: VerdictKind.AS_PREDICTED,
    CheckEffect.Response.FAILED: VerdictKind.VIOLATED,
    CheckEffect.Response.UNDECIDED: VerdictKind.UNDECIDED,
}
_VERDICTS = {
    VerdictKind.AS_PREDICTED: ExecutedStep.AS_PREDICTED,
    VerdictKind.VIOLATED: ExecutedStep.VIOLATED,
    VerdictKind.UNDECIDED: ExecutedStep.UNDECIDED,
}


class Detector:
    """The service check_effect and the topic on which its failures arrive.

    Args:
        node: The calling node.
        timeout_s: Deadline of a verdict, replays included [s].
    """

    def __init__(self, node: Node, *, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self.caller = ServiceCaller(node, CheckEffect, CHECK_SERVICE)
        self.failures: Latest[FailureMsg] = Latest()
        node.create_subscription(
            FailureMsg,
            'failure',
            self.failures.put,
            LATCHED_EVENTS,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )


class DetectorJudge:
    """Implements ``f2p_planner.pursuit_types.Judge`` for one pursuit.

    Args:
        detector: The other node.
        robot: Tells when the skill ran, and looks again after the verdict.
    """

    def __init__(self, detector: Detector, robot: Robot) -> None:
        self._detector = detector
        self._robot = robot
        self.executed: list[ExecutedStep] = []

    def judge(self, executed: Executed, control: Control) -> Judged:
        """Asks for a verdict and waits for it.

        Raises:
            NodeError: If the detector cannot judge or does not answer in time.
            CancelledError: If ``control`` said stop.
        """
        request = self._request(executed)
        with deadline_code(ErrorCode.PLANNER_NO_VERDICT):
            answer = self._detector.caller.call(
                request, timeout_s=self._detector.timeout_s, control=control
            )
            check_result(answer, CHECK_SERVICE)
            failure = self._failure(answer.failure_id, control) if answer.failure_id else None
        outcome = _OUTCOMES[answer.verdict]
        self.executed.append(_record(executed, outcome, failure))
        seen_ns = msg_to_time_ns(answer.relations_observed.header.stamp)
        return Judged(self._robot.see(seen_ns), outcome, failure)

    def _request(self, executed: Executed) -> CheckEffect.Request:
        steps = list(executed.plan.steps)
        steps[executed.number] = executed.step
        plan = executed.plan.model_copy(update={'steps': tuple(steps)})
        before, motion = executed.before, executed.motion
        stamp_ns = before.observation.stamp_ns
        return CheckEffect.Request(
            plan=plan_to_msg(plan, executed.plan.plan_id, stamp_ns),
            step=executed.number,
            goal=goal_to_msg(executed.goal),
            before=observation_to_msg(before.observation),
            relations_before=symbolic_to_msg(before.relations, stamp_ns),
            robot_before=robot_to_msg(motion.robot_before),
            commanded=motion_to_msg(motion.commanded),
            achieved=motion_to_msg(motion.achieved),
            motion_succeeded=motion.succeeded,
            motion_error=motion.reason,
            started=time_to_msg(self._robot.last.started_ns),
            ended=time_to_msg(self._robot.last.ended_ns),
        )

    def _failure(self, failure_id: str, control: Control) -> Failure:
        message = self._detector.failures.wait(
            lambda m: m.failure_id == failure_id,
            _FAILURE_S,
            f'failure {failure_id}',
            control,
        )
        return msg_to_failure(message)


def _record(executed: Executed, verdict: VerdictKind, failure: Failure | None) -> ExecutedStep:
    return ExecutedStep(
        call=call_to_msg(executed.step.call),
        motion_succeeded=executed.motion.succeeded,
        reason=executed.motion.reason,
        verdict=_VERDICTS[verdict],
        failure_id=failure.failure_id if failure else '',
        violations=[v.in_words() for v in failure.violated] if failure else [],
    )
