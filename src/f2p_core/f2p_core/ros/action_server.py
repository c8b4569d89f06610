# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One way to serve an action: a core function, progress as feedback, cancel, one terminal call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import math
import threading
import time
from typing import Any, NamedTuple
import uuid

from f2p_msgs.msg import ErrorCode
from f2p_msgs.msg import Progress as ProgressMsg
from rclpy.action.server import ActionServer, CancelResponse, GoalResponse, ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from f2p_core.control import Control, Progress
from f2p_core.errors import CancelledError
from f2p_core.limits import Limits, SHIPPED_LIMITS
from f2p_core.ros.abandonment import Abandonment
from f2p_core.ros.conversions.time import duration_to_msg
from f2p_core.ros.endpoints import clients_of, VANISHED_S
from f2p_core.ros.errors import ErrorMap, message_of, NodeError
from f2p_core.ros.limits import check_limits
from f2p_core.ros.logs import log_error
from f2p_core.ros.overdue import Overdue

FEEDBACK_PERIOD_S = 0.2
"""Feedback goes out at most this often, except that a new stage is announced at once [s]."""


class Policy(NamedTuple):
    """How a server answers what it does not carry out.

    Attributes:
        errors: Error code per exception of the core.
        cancelled: Code of a cancelled goal.
        busy: Code of a goal that comes while another runs; ``None``: goals run side by side (the
            run function has to queue them).
        states: Value of the feedback's ``state`` per stage name of the core.
        default_state: ``state`` of a stage that has no entry.
        absence_s: How long the client of a goal may be out of sight before the goal is stopped
            [s]; infinite: its end is worth something without a client.
        overdue_s: How long a goal may go on that was stopped, before the node ends itself [s];
            infinite: it waits for others, or for a robot.
    """

    errors: ErrorMap
    cancelled: int
    busy: int | None
    states: Mapping[str, int]
    default_state: int
    absence_s: float = VANISHED_S
    overdue_s: float = math.inf


class Task:
    """What a running goal offers to the core function: when to stop, whom to tell.

    The core gets ``control`` and never sees a goal handle.

    Attributes:
        control: Stops once the client cancelled or is gone, or the process is being shut down;
            progress goes out as feedback.
    """

    def __init__(
        self,
        node: Node,
        handle: ServerGoalHandle,
        action: Any,
        policy: Policy,
        is_abandoned: Callable[[], bool],
    ) -> None:
        self._is_abandoned = is_abandoned
        self.control = Control(self._should_stop, self._on_progress)
        self._node = node
        self._handle = handle
        self._action = action
        self._policy = policy
        self._started_s = time.monotonic()
        self._sent_s = -float('inf')
        self._pending: Any = None
        self._stage = ''
        self._lock = threading.Lock()
        self._fields: dict[str, Any] = {}

    def _should_stop(self) -> bool:
        return (
            bool(self._handle.is_cancel_requested)
            or not self._node.context.ok()
            or self._is_abandoned()
        )

    @property
    def goal_id(self) -> str:
        """The goal's UUID; whoever knows it can ask for the result and cancel."""
        return str(uuid.UUID(bytes=bytes(self._handle.goal_id.uuid.tolist())))

    @property
    def cancel_requested(self) -> bool:
        """True once the client cancelled."""
        return bool(self._handle.is_cancel_requested)

    @property
    def elapsed_s(self) -> float:
        """Time since the goal was accepted, on the steady clock [s]."""
        return time.monotonic() - self._started_s

    def annotate(self, **fields: Any) -> None:
        """Sets further fields (run_id, step, ...) of all feedback, and of a result on an error."""
        self._fields.update(fields)

    def fields_of(self, message: Any) -> dict[str, Any]:
        """Returns the fields set so far that a message type has."""
        known = message.get_fields_and_field_types()
        return {name: value for name, value in self._fields.items() if name in known}

    def tell(self, stage: str, text: str) -> None:
        """Publishes feedback with a sentence for a person, at once (field ``text``)."""
        message = self._message(Progress(stage, 0, 0))
        message.text = text
        with self._lock:
            self._stage, self._sent_s, self._pending = stage, time.monotonic(), None
            self._publish(message)

    def _on_progress(self, progress: Progress) -> None:
        """Publishes feedback: a new stage at once, then at most five times a second."""
        message = self._message(progress)
        with self._lock:
            now_s = time.monotonic()
            if progress.stage == self._stage and now_s - self._sent_s < FEEDBACK_PERIOD_S:
                self._pending = message
                return
            self._stage, self._sent_s, self._pending = progress.stage, now_s, None
            self._publish(message)

    def _message(self, progress: Progress) -> Any:
        return self._action.Feedback(
            state=self._policy.states.get(progress.stage, self._policy.default_state),
            progress=ProgressMsg(
                stage=progress.stage,
                done=max(0, progress.done),
                total=max(0, progress.total),
                elapsed=duration_to_msg(self.elapsed_s),
            ),
            **self.fields_of(self._action.Feedback),
        )

    def flush(self) -> None:
        """Publishes the newest feedback that was held back; called before the result."""
        with self._lock:
            if self._pending is not None:
                self._publish(self._pending)
                self._pending = None

    def _publish(self, message: Any) -> None:
        if self._node.context.ok() and self._handle.is_active:
            self._handle.publish_feedback(message)


RunGoal = Callable[[Any, Task], Any]
"""(goal message, task) → result message; a non-zero error_code in it aborts the goal."""


def serve_action(
    node: Node,
    action: Any,
    name: str,
    run: RunGoal,
    policy: Policy,
    limits: Limits = SHIPPED_LIMITS,
) -> ActionServer:
    """Serves an action; every goal is accepted and answered with a code and a message.

    A rejection of ROS has no room for a reason. So a goal that cannot be carried out is accepted
    and aborted at once, with ``error_code`` and ``error_msg`` in its result.

    Args:
        node: The serving node, spun by an executor with several threads.
        action: The action type; its result has ``error_code`` and ``error_msg``, its feedback
            ``state`` and ``progress``.
        name: Relative name of the action.
        run: Does the work in the calling thread; may raise anything.
        policy: Codes and states of this server.
        limits: What a goal may ask for; checked before ``run`` begins.
    """
    free = threading.Lock()
    clients = clients_of(node, f'{name}/_action/send_goal')
    overdue = Overdue(node, name, policy.overdue_s)

    def guarded(handle: ServerGoalHandle, task: Task) -> Any:
        check_limits(handle.request, limits)
        if policy.busy is None:
            return run(handle.request, task)
        if not free.acquire(blocking=False):
            raise NodeError(policy.busy, f'{name} is busy with another goal; wait or cancel it')
        try:
            return run(handle.request, task)
        finally:
            free.release()

    def execute(handle: ServerGoalHandle) -> Any:
        goal_id = bytes(handle.goal_id.uuid.tolist())
        is_abandoned = Abandonment(node, name, goal_id, clients, policy.absence_s)
        task = Task(node, handle, action, policy, is_abandoned)
        try:
            with overdue.watching(task.control.should_stop):
                result = guarded(handle, task)
        except Exception as error:  # every way out needs a result
            known = task.fields_of(action.Result)
            result = action.Result(**known, **_answer_to(node, name, error, policy))
        task.flush()
        _finish(node, handle, result, policy)
        return result

    return ActionServer(
        node,
        action,
        name,
        execute,
        callback_group=ReentrantCallbackGroup(),
        goal_callback=lambda _: GoalResponse.ACCEPT,
        cancel_callback=lambda _: CancelResponse.ACCEPT,
    )


def _answer_to(node: Node, name: str, error: Exception, policy: Policy) -> dict[str, Any]:
    """Logs an error and returns its code and message."""
    if isinstance(error, CancelledError):
        code = policy.cancelled
        node.get_logger().warning(f'{name}: {code}: {message_of(error)}')
    else:
        code = policy.errors.code_of(error)
        log_error(node, name, code, error, is_expected=policy.errors.is_expected(error))
    return {'error_code': code, 'error_msg': message_of(error)}


def _finish(node: Node, handle: ServerGoalHandle, result: Any, policy: Policy) -> None:
    if not node.context.ok() or not handle.is_active:
        return
    if result.error_code == ErrorCode.NONE:
        handle.succeed()
    elif result.error_code == policy.cancelled and handle.is_cancel_requested:
        handle.canceled()
    else:
        handle.abort()
