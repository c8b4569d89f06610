# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Calling an action from a thread of a node: with a deadline, progress and cancel."""

from __future__ import annotations

from collections.abc import Callable
import threading
import time
from typing import Any, NamedTuple

from action_msgs.msg import GoalStatus
from f2p_msgs.msg import ErrorCode
from rclpy.action.client import ActionClient, ClientGoalHandle
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.task import Future
from unique_identifier_msgs.msg import UUID

from f2p_core.control import Control, Progress, UNCONTROLLED
from f2p_core.errors import CancelledError
from f2p_core.ros.endpoints import Asked, goal_id_of, own_client, servers_of
from f2p_core.ros.errors import NodeError
from f2p_core.ros.recall import Recall
from f2p_core.ros.waiting import (
    DeadlineError,
    pause,
    ServerLostError,
    StillRunningError,
    wait_for_future,
    wait_until,
)

SERVER_TIMEOUT_S = 30.0
"""How long a server may take to appear and to accept a goal [s]."""

ANSWER_TIMEOUT_S = 5.0
"""How long to wait for the answer to a goal before it is sent again [s]. A server that has not yet
discovered where to answer drops the answer, and then never carries out the goal."""

BUSY_PAUSE_S = 0.5
"""How long to wait before a busy server is asked again [s]."""

END_TIMEOUT_S = 10.0
"""How long a cancelled goal may take to end [s]: many times what the work between two looks at the
cancel takes in our servers (1 s at most). Where a robot moves, more is allowed."""


class LockedActionClient(ActionClient):
    """An action client that may send while an executor runs in other threads.

    In Jazzy a response can be handled before its request is registered; then it is dropped and
    the request waits for ever. Requests are registered under a lock, and responses wait for it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._sending = threading.Lock()
        super().__init__(*args, **options)

    def send_goal_async(self, *args: Any, **options: Any) -> Any:
        """Sends a goal; see ``ActionClient.send_goal_async``."""
        with self._sending:
            return super().send_goal_async(*args, **options)

    def _get_result_async(self, goal_handle: Any) -> Any:
        with self._sending:
            return super()._get_result_async(goal_handle)

    def _cancel_goal_async(self, goal_handle: Any) -> Any:
        with self._sending:
            return super()._cancel_goal_async(goal_handle)

    async def execute(self, taken_data: Any) -> None:
        """Handles responses, once their requests are registered."""
        with self._sending:
            pass  # whatever was answered is registered now
        await super().execute(taken_data)


class _Goal(NamedTuple):
    """A goal that was accepted, its result, and who has it."""

    handle: ClientGoalHandle
    result: Future
    asked: Asked


class ActionCaller:
    """Sends goals to one action and waits for their results.

    A call ends only when its goal has: one that is cancelled or too late is waited for until it
    has stopped. Must be called from a thread that does not hold up the executor: a callback of a
    ``MultiThreadedExecutor`` in a reentrant group, or a thread beside it.

    Args:
        node: The calling node.
        action: The action type.
        name: Relative name of the action.
        busy_code: Error code of a server that works on another goal: a call then tries again
            until the server is free or its deadline is over; ``None``: it returns that answer.
        end_timeout_s: How long a cancelled goal may take to end [s].
    """

    def __init__(
        self,
        node: Node,
        action: Any,
        name: str,
        *,
        busy_code: int | None = None,
        end_timeout_s: float = END_TIMEOUT_S,
    ) -> None:
        self._node = node
        self._name = name
        self._busy_code = busy_code
        self._end_timeout_s = end_timeout_s
        self._client = LockedActionClient(
            node, action, name, callback_group=MutuallyExclusiveCallbackGroup()
        )
        service = f'{name}/_action/send_goal'
        self._servers = servers_of(node, service)
        self._self = own_client(node, service)
        self._until_shutdown = Control(should_stop=lambda: not node.context.ok())

    def call(
        self,
        goal: Any,
        *,
        timeout_s: float,
        control: Control = UNCONTROLLED,
        on_feedback: Callable[[Any], None] = lambda _: None,
    ) -> Any:
        """Sends a goal and returns its result message, whatever its error code.

        Args:
            goal: The goal message.
            timeout_s: Deadline for the result on the steady clock [s].
            control: Cancels the goal.
            on_feedback: Called with each feedback message (from another thread).

        Raises:
            DeadlineError: If the server is not there or took too long; the goal was cancelled.
            ServerLostError: If the server vanished or was started anew.
            StillRunningError: If the goal was cancelled and did not end in time, or was never
                answered.
            CancelledError: If ``control`` said stop; the goal was cancelled and has ended.
        """
        deadline_s = time.monotonic() + timeout_s
        result = self._call_once(goal, timeout_s, control, on_feedback)
        while self._busy_code is not None and result.error_code == self._busy_code:
            left_s = deadline_s - time.monotonic() - BUSY_PAUSE_S
            if left_s <= 0.0:
                break
            pause(BUSY_PAUSE_S, f'{self._name}, busy', control)
            result = self._call_once(goal, left_s, control, on_feedback)
        return result

    def _call_once(
        self,
        goal: Any,
        timeout_s: float,
        control: Control,
        on_feedback: Callable[[Any], None],
    ) -> Any:
        wait_until(
            self._client.server_is_ready,
            SERVER_TIMEOUT_S,
            f'a server of the action {self._name}',
            control,
        )
        sent = self._send(goal, control, on_feedback)
        try:
            self._wait(sent, timeout_s, 'the result', control)
        except ServerLostError:
            raise
        except (DeadlineError, CancelledError):
            self._end(sent)
            raise
        answer = sent.result.result()
        if answer.status == GoalStatus.STATUS_UNKNOWN:
            raise ServerLostError(f'{self._name} does not know the goal: it was started anew')
        return answer.result

    def _send(self, goal: Any, control: Control, on_feedback: Callable[[Any], None]) -> _Goal:
        """Sends a goal, again if need be, until it is accepted."""
        deadline_s = time.monotonic() + SERVER_TIMEOUT_S
        while True:
            asked = Asked(self._servers)
            answer = self._client.send_goal_async(
                goal,
                lambda m: on_feedback(m.feedback),
                UUID(uuid=list(goal_id_of(self._self))),
            )
            what = f'the answer of {self._name}'
            try:
                wait_for_future(answer, ANSWER_TIMEOUT_S, what, control, asked.are_lost)
            except CancelledError:
                self._call_off(answer, asked)
                raise
            except DeadlineError as error:
                answer.add_done_callback(_cancel_late)
                if time.monotonic() < deadline_s:
                    continue
                raise StillRunningError(
                    f'the answer of {self._name} did not come within {SERVER_TIMEOUT_S:g} s, '
                    f'although the goal was sent every {ANSWER_TIMEOUT_S:g} s'
                ) from error
            return self._accepted(answer.result(), asked)

    def _accepted(self, handle: ClientGoalHandle, asked: Asked) -> _Goal:
        if not handle.accepted:
            raise DeadlineError(f'{self._name} rejected the goal')
        return _Goal(handle, handle.get_result_async(), asked)

    def _wait(self, sent: _Goal, timeout_s: float, what: str, control: Control) -> None:
        """Waits for the result; one that will never come, or not in time, is let go."""
        try:
            wait_for_future(
                sent.result, timeout_s, f'{what} of {self._name}', control, sent.asked.are_lost
            )
        except ServerLostError:
            sent.result.cancel()
            Recall(self._node, sent.asked, sent.handle.cancel_goal_async)
            raise

    def _call_off(self, answer: Future, asked: Asked) -> None:
        """Cancels a goal that may be accepted yet: on its own it would run to its end."""
        try:
            wait_for_future(
                answer, ANSWER_TIMEOUT_S, 'its answer', self._until_shutdown, asked.are_lost
            )
        except DeadlineError as error:
            answer.add_done_callback(_cancel_late)
            raise StillRunningError(
                f'{self._name} was called off before it answered, and may carry out the goal: '
                f'{error}'
            ) from error
        if answer.result().accepted:
            self._end(self._accepted(answer.result(), asked))

    def _end(self, sent: _Goal) -> None:
        """Cancels a goal and waits until it has ended.

        Raises:
            StillRunningError: If it has not in time.
        """
        sent.handle.cancel_goal_async()
        try:
            self._wait(sent, self._end_timeout_s, 'the end', self._until_shutdown)
        except ServerLostError:
            raise
        except DeadlineError as error:
            sent.result.cancel()
            raise StillRunningError(f'{self._name} was cancelled and goes on: {error}') from error


def _cancel_late(answer: Future) -> None:
    answer.result().cancel_goal_async()


def check_result(result: Any, server: str) -> Any:
    """Returns the result if its error code is NONE.

    Raises:
        NodeError: With the code and message of the result otherwise.
    """
    if result.error_code != ErrorCode.NONE:
        raise NodeError(result.error_code, f'{server}: {result.error_msg}')
    return result


def progress_of(feedback: Any) -> Progress:
    """Returns the core's progress from a feedback message that has a ``progress`` field."""
    progress = feedback.progress
    return Progress(progress.stage, progress.done, progress.total)
