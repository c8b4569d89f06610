# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Calling an action from a thread of a node: with a deadline, progress and cancel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
import threading
import time
from typing import Any

from f2p_msgs.msg import ErrorCode
from rclpy.action.client import ActionClient, ClientGoalHandle
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.task import Future

from f2p_core.control import Control, Progress, UNCONTROLLED
from f2p_core.errors import CancelledError
from f2p_core.ros.errors import NodeError
from f2p_core.ros.waiting import DeadlineError, vanished, wait_for_future, wait_until

SERVER_TIMEOUT_S = 30.0
"""How long a server may take to appear and to accept a goal [s]."""

ANSWER_TIMEOUT_S = 5.0
"""How long to wait for the answer to a goal before it is sent again [s]. A server that has not yet
discovered where to answer drops the answer, and then never carries out the goal."""

BUSY_PAUSE_S = 0.5
"""How long to wait before a busy server is asked again [s]."""

CANCEL_TIMEOUT_S = 2.0
"""How long a cancelled goal may take to end before we stop waiting for it [s]."""


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


class ActionCaller:
    """Sends goals to one action and waits for their results.

    Must be called from a thread that does not hold up the executor: a callback of a
    ``MultiThreadedExecutor`` in a reentrant group, or a thread beside it.

    Args:
        node: The calling node.
        action: The action type.
        name: Relative name of the action.
        busy_code: Error code of a server that works on another goal: a call then tries again
            until the server is free or its deadline is over; ``None``: it returns that answer.
    """

    def __init__(
        self, node: Node, action: Any, name: str, *, busy_code: int | None = None
    ) -> None:
        self._name = name
        self._busy_code = busy_code
        self._client = LockedActionClient(
            node, action, name, callback_group=MutuallyExclusiveCallbackGroup()
        )

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
            DeadlineError: If the server is not there, vanished or took too long.
            CancelledError: If ``control`` said stop; the goal was cancelled.
        """
        deadline_s = time.monotonic() + timeout_s
        result = self._call_once(goal, timeout_s, control, on_feedback)
        while self._busy_code is not None and result.error_code == self._busy_code:
            again_s = time.monotonic() + BUSY_PAUSE_S
            if again_s >= deadline_s:
                break
            wait_until(partial(_is_past, again_s), timeout_s, f'{self._name}, busy', control)
            result = self._call_once(goal, deadline_s - again_s, control, on_feedback)
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
        handle = self._send(goal, control, on_feedback)
        if not handle.accepted:
            raise DeadlineError(f'{self._name} rejected the goal')
        result = handle.get_result_async()
        try:
            self._wait_for_result(result, timeout_s, control)
        except (DeadlineError, CancelledError):
            self._cancel(handle, result)
            raise
        return result.result().result

    def _send(
        self, goal: Any, control: Control, on_feedback: Callable[[Any], None]
    ) -> ClientGoalHandle:
        """Sends a goal, again if need be, until it is answered."""
        deadline_s = time.monotonic() + SERVER_TIMEOUT_S
        while True:
            sent = self._client.send_goal_async(goal, lambda m: on_feedback(m.feedback))
            try:
                wait_for_future(sent, ANSWER_TIMEOUT_S, f'the answer of {self._name}', control)
            except (DeadlineError, CancelledError) as error:
                self._call_off(sent)
                if isinstance(error, CancelledError):
                    raise
                if time.monotonic() < deadline_s:
                    continue
                raise DeadlineError(
                    f'the answer of {self._name} did not come within {SERVER_TIMEOUT_S:g} s, '
                    f'although the goal was sent every {ANSWER_TIMEOUT_S:g} s'
                ) from error
            handle: ClientGoalHandle = sent.result()
            return handle

    def _wait_for_result(self, result: Future, timeout_s: float, control: Control) -> None:
        wait_for_future(
            result,
            timeout_s,
            f'the result of {self._name}',
            control,
            is_hopeless=vanished(self._client.server_is_ready),
        )

    def _call_off(self, sent: Future) -> None:
        """Cancels a goal that may be accepted yet: on its own it would run to its end."""
        try:
            wait_for_future(sent, CANCEL_TIMEOUT_S, f'the answer of {self._name}')
        except DeadlineError:
            sent.add_done_callback(lambda late: late.result().cancel_goal_async())
            return
        handle = sent.result()
        if handle.accepted:
            self._cancel(handle, handle.get_result_async())

    def _cancel(self, handle: ClientGoalHandle, result: Future) -> None:
        """Cancels a goal and gives it a little time to end."""
        handle.cancel_goal_async()
        try:
            wait_for_future(result, CANCEL_TIMEOUT_S, f'the end of {self._name}')
        except DeadlineError:
            return


def _is_past(time_s: float) -> bool:
    return time.monotonic() >= time_s


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
