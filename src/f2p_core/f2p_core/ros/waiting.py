# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Waiting with a deadline on the steady clock, and with a way to be called off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import threading
import time
from typing import Generic, TypeVar

from rclpy.executors import MultiThreadedExecutor
from rclpy.task import Future

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import CancelledError, F2PError
from f2p_core.ros.errors import NodeError

T = TypeVar('T')

POLL_S = 0.1
"""How often a wait looks whether it was called off [s]."""


class DeadlineError(F2PError):
    """What was awaited did not come in time; the caller turns it into its error code."""


class ServerLostError(DeadlineError):
    """Who was asked is gone, or was started anew and knows nothing of it: no answer will come."""


class StillRunningError(DeadlineError):
    """What was cancelled did not end in time: it may still be going on."""


@contextmanager
def deadline_code(code: int) -> Iterator[None]:
    """Turns a deadline missed in the block into an error with a code of its own.

    Raises:
        NodeError: With that code.
        ServerLostError: As it is; the error maps of the nodes have a code for it.
    """
    try:
        yield
    except ServerLostError:
        raise
    except DeadlineError as error:
        raise NodeError(code, str(error)) from error


def _wait(
    condition: threading.Condition,
    ready: Callable[[], bool],
    timeout_s: float,
    control: Control,
    what: str,
) -> None:
    """Waits until ``ready()``; the lock of ``condition`` is held on entry and on return."""
    deadline = time.monotonic() + timeout_s
    while not ready():
        if control.should_stop():
            raise CancelledError(f'cancelled while waiting for {what}')
        left = deadline - time.monotonic()
        if left <= 0:
            raise DeadlineError(f'{what} did not come within {timeout_s:g} s')
        condition.wait(min(left, POLL_S))


class Latest(Generic[T]):
    """The newest value of a topic, handed from its callback to whoever waits for it."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._value: T | None = None

    def put(self, value: T) -> None:
        """Replaces the value and wakes those who wait."""
        with self._condition:
            self._value = value
            self._condition.notify_all()

    def clear(self) -> None:
        """Forgets the value: it holds no longer."""
        with self._condition:
            self._value = None

    def get(self) -> T | None:
        """Returns the newest value, ``None`` if none has come."""
        with self._condition:
            return self._value

    def wait(
        self,
        accept: Callable[[T], bool],
        timeout_s: float,
        what: str,
        control: Control = UNCONTROLLED,
    ) -> T:
        """Returns the newest value once ``accept`` says yes to it.

        Args:
            accept: Looks at a value; cheap, called with the lock held.
            timeout_s: Deadline on the steady clock [s].
            what: What is awaited, for the messages.
            control: Calls the wait off.

        Raises:
            DeadlineError: If no accepted value came in time.
            CancelledError: If ``control`` said stop.
        """
        with self._condition:
            _wait(
                self._condition,
                lambda: self._value is not None and accept(self._value),
                timeout_s,
                control,
                what,
            )
            assert self._value is not None  # mypy
            return self._value


def wait_for_future(
    future: Future,
    timeout_s: float,
    what: str,
    control: Control = UNCONTROLLED,
    is_hopeless: Callable[[], bool] = lambda: False,
) -> None:
    """Blocks until a future of rclpy is done; another thread of the executor completes it.

    Args:
        future: The future.
        timeout_s: Deadline on the steady clock [s].
        what: What is awaited, for the messages.
        control: Calls the wait off.
        is_hopeless: Says that it will never be done: who should do it is gone.

    Raises:
        DeadlineError: If it was not done in time.
        ServerLostError: If it never will be.
        CancelledError: If ``control`` said stop.
    """
    condition = threading.Condition()

    def wake(_: Future) -> None:
        with condition:
            condition.notify_all()

    def ready() -> bool:
        return bool(future.done()) or is_hopeless()

    future.add_done_callback(wake)
    with condition:
        _wait(condition, ready, timeout_s, control, what)
    if not future.done():
        raise ServerLostError(f'{what} will not come: its server vanished or was started anew')


def wait_until(
    ready: Callable[[], bool], timeout_s: float, what: str, control: Control = UNCONTROLLED
) -> None:
    """Blocks until ``ready()``, for conditions nobody announces (a server that appears).

    Raises:
        DeadlineError: If it was not ready in time.
        CancelledError: If ``control`` said stop.
    """
    condition = threading.Condition()
    with condition:
        _wait(condition, ready, timeout_s, control, what)


def pause(time_s: float, what: str, control: Control = UNCONTROLLED) -> None:
    """Lets time pass before something is tried again [s].

    Raises:
        CancelledError: If ``control`` said stop.
    """
    end_s = time.monotonic() + time_s
    wait_until(lambda: time.monotonic() >= end_s, time_s + 1.0, what, control)


def join_callbacks(executor: MultiThreadedExecutor, timeout_s: float) -> None:
    """Lets no callback begin any more and waits for those under way, before nodes are freed.

    ``Executor.shutdown`` of rclpy 7 sets out to do so but returns at once; a callback that runs
    on while its node is freed may crash. What they raise now only says that the context is gone.
    """
    pool = executor._executor
    pool.shutdown(wait=False, cancel_futures=True)
    deadline = time.monotonic() + timeout_s
    for thread in tuple(pool._threads):
        thread.join(max(0.0, deadline - time.monotonic()))
    for task in executor._futures:
        if task.done():
            task.exception()  # retrieved, so that rclpy does not print it
