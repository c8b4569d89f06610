# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Learning from a failure by the learner node, and waiting for the end of the run."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any
import uuid

from action_msgs.msg import GoalStatus
from f2p_msgs.action import LearnFromFailure
from f2p_msgs.msg import ErrorCode
from f2p_msgs.srv import RequestLearning
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node

from f2p_core.control import Control
from f2p_core.failure import Failure
from f2p_core.ros.action_client import check_result, progress_of
from f2p_core.ros.conversions.failure import ModelRef, msg_to_model
from f2p_core.ros.qos import EVENTS
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import pause, ServerLostError

LEARN_ACTION = 'learn_from_failure'
REQUEST_SERVICE = 'request_learning'
_ANSWER_S = 15.0
"""For the learner to answer [s]: it does at once unless it hangs."""

_BACK_S = 120.0
"""For a learner that died to be there again [s]: a few starts on a busy machine."""

_TAKE_UP_S = 60.0
"""For a learner that was started anew to take up the runs it had accepted [s]: it answers before
it has loaded its models, which takes seconds; more on a busy machine."""

_AGAIN_S = 0.5
"""Time until a learner that does not know a run yet is asked again [s]."""


class LearnerClient:
    """Requests learning and follows the run.

    The run is a goal of ``learn_from_failure`` whose UUID is the run's id: the action itself says
    how far it is and what became of it.

    Args:
        node: The calling node.
        timeout_s: Deadline of a run, the wait in the learner's queue included [s].
    """

    def __init__(self, node: Node, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._log = node.get_logger()
        self._request = ServiceCaller(node, RequestLearning, REQUEST_SERVICE)
        self._result = ServiceCaller(
            node,
            LearnFromFailure.Impl.GetResultService,
            f'{LEARN_ACTION}/_action/get_result',
            server_timeout_s=_BACK_S,
        )
        self._watch: Callable[[Any], None] = lambda _: None
        node.create_subscription(
            LearnFromFailure.Impl.FeedbackMessage,
            f'{LEARN_ACTION}/_action/feedback',
            self._on_feedback,
            EVENTS,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )

    def _on_feedback(self, message: Any) -> None:
        self._watch(message)

    def request(self, failure: Failure) -> str | None:
        """Queues a failure the learner has seen on its topic.

        Returns:
            The run's id; ``None`` if the owner allows no further run now.

        Raises:
            NodeError: With the learner's code, if it does not accept for another reason.
            DeadlineError: If it does not answer.
        """
        request = RequestLearning.Request(failure_id=failure.failure_id)
        answer = self._request.call(request, timeout_s=_ANSWER_S)
        if answer.error_code == ErrorCode.LEARNER_RATE_LIMITED:
            self._log.warning(f'failure {failure.failure_id}: {answer.error_msg}')
            return None
        return str(check_result(answer, REQUEST_SERVICE).run_id)

    def wait(self, run_id: str, control: Control) -> ModelRef | None:
        """Waits for the end of a run, also where a learner that was started anew goes on with it.

        Returns:
            The new model; ``None`` if the failure was not learned, or the model awaits approval.

        Raises:
            DeadlineError: If the run does not end in time.
            ServerLostError: If the learner vanished and is not back in time, or does not know the
                run any more.
            CancelledError: If ``control`` said stop; the run goes on.
        """
        goal_id = list(uuid.UUID(run_id).bytes)
        self._watch = lambda m: (
            control.on_progress(progress_of(m.feedback))
            if m.goal_id.uuid.tolist() == goal_id
            else None
        )
        request = LearnFromFailure.Impl.GetResultService.Request()
        request.goal_id.uuid = goal_id
        try:
            answer = self._answer(request, run_id, control)
        finally:
            self._watch = lambda _: None
        result = answer.result
        if result.error_code != ErrorCode.NONE or not result.learned:
            self._log.warning(f'run {run_id}: {result.error_code}: {result.error_msg}')
            return None
        if result.awaits_approval:
            number = result.version_after.version
            self._log.warning(
                f'run {run_id}: version {number} awaits approval; review_model makes it live'
            )
            return None
        return msg_to_model(result.version_after)

    def _answer(self, request: Any, run_id: str, control: Control) -> Any:
        """Asks for the result until the learner knows the run and it has ended."""
        deadline_s = time.monotonic() + self._timeout_s
        known_by_s = time.monotonic() + _TAKE_UP_S
        while True:
            left_s = max(0.0, deadline_s - time.monotonic())
            try:
                answer = self._result.call(request, timeout_s=left_s, control=control)
            except ServerLostError as error:
                self._log.warning(f'run {run_id}: {error}; the learner is asked again')
                known_by_s = time.monotonic() + _TAKE_UP_S
                continue
            if answer.status != GoalStatus.STATUS_UNKNOWN:
                return answer
            if time.monotonic() > known_by_s:
                raise ServerLostError(
                    f'the learner does not know run {run_id}, which it accepted: it was started '
                    f'anew, and did not take the run up within {_TAKE_UP_S:g} s'
                )
            pause(_AGAIN_S, f'run {run_id} to be taken up', control)
