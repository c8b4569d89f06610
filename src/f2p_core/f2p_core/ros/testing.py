# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What tests of nodes need: nodes as processes, waiting for them, ending them, goals meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
import signal
import subprocess
import sys
import threading
from typing import Any

from lifecycle_msgs.srv import GetState
from rclpy.node import Node

from f2p_core.control import Control
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import DeadlineError, wait_until

START_TIMEOUT_S = 90.0
"""For a node to be active [s], on a machine that runs tests beside."""

ANSWER_TIMEOUT_S = 5.0
"""For a node to say its state [s]."""

STOP_TIMEOUT_S = 15.0
"""For a node to end after SIGINT [s]; afterwards it hangs."""


@contextmanager
def node_process(
    command: Sequence[str], *arguments: str, **options: object
) -> Iterator[subprocess.Popen[str]]:
    """Runs a node as a process of the current network and ends it with the block.

    Args:
        command: What follows ``python``, for example ``('-m', 'f2p_sim.ros.simulator_node')``.
        *arguments: What follows ``--ros-args``.
        **options: Values of node parameters.
    """
    values = [item for name, v in options.items() for item in ('-p', f'{name}:={_yaml(v)}')]
    with subprocess.Popen(
        [sys.executable, *command, '--ros-args', *arguments, *values],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def stop_process(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[int, str]:
    """Signals a node and returns its exit status and what it wrote to stderr."""
    process.send_signal(number)
    _, errors = process.communicate(timeout=STOP_TIMEOUT_S)
    return process.returncode, errors


def wait_active(client: Node, name: str, timeout_s: float = START_TIMEOUT_S) -> None:
    """Waits until a lifecycle node is active.

    Raises:
        DeadlineError: If it is not in time.
    """
    caller = ServiceCaller(client, GetState, f'{name}/get_state')

    def is_active() -> bool:
        try:
            answer = caller.call(GetState.Request(), timeout_s=ANSWER_TIMEOUT_S)
        except DeadlineError:
            return False
        return bool(answer.current_state.label == 'active')

    wait_until(is_active, timeout_s, f'the node {name} to be active')


class BackgroundGoal:
    """A goal that runs while the test does something else.

    Args:
        caller: Sends it, from a thread of its own.
        goal: The goal message.
        timeout_s: Deadline for its result [s].
        on_feedback: Called with each feedback message.

    Attributes:
        feedback: What came so far.
        cancel: Set, the goal is cancelled.
    """

    def __init__(
        self,
        caller: ActionCaller,
        goal: Any,
        timeout_s: float,
        on_feedback: Callable[[Any], None] = lambda _: None,
    ) -> None:
        self.feedback: list[Any] = []
        self.cancel = threading.Event()
        self._timeout_s = timeout_s
        self._tell = on_feedback
        pool = ThreadPoolExecutor(max_workers=1)
        self._result = pool.submit(
            caller.call,
            goal,
            timeout_s=timeout_s,
            control=Control(should_stop=self.cancel.is_set),
            on_feedback=self._on_feedback,
        )
        pool.shutdown(wait=False)

    def _on_feedback(self, message: Any) -> None:
        self.feedback.append(message)
        self._tell(message)

    def wait_for_feedback(self) -> None:
        """Waits until it runs.

        Raises:
            DeadlineError: If no feedback comes in time.
        """
        wait_until(lambda: bool(self.feedback), self._timeout_s, 'feedback')

    def end(self) -> Any:
        """Waits for its end and returns the result, or raises as ``ActionCaller.call`` does."""
        return self._result.result()

    def end_within(self, timeout_s: float) -> Any:
        """As ``end``, if it comes within so many seconds.

        Raises:
            TimeoutError: If it does not.
        """
        return self._result.result(timeout_s)


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
