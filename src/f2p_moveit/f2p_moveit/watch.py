# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Work that blocks, watched: stopped as soon as a check says so."""

from __future__ import annotations

from collections.abc import Callable
import threading
from typing import Generic, TypeVar

from f2p_moveit.errors import STOP_FAILED, UnsafeError
from f2p_moveit.protocols import Check

T = TypeVar('T')

POLL_S = 0.02
"""How often is looked [s]."""


def run_watched(
    work: Callable[[], T], *, stop: Callable[[], None], check: Check, stop_s: float
) -> T:
    """Runs something in a thread of its own and returns what it returns.

    Args:
        work: Blocks until it is done or stopped.
        stop: Makes it end early.
        check: Called all the time; when it raises, the work is stopped first.
        stop_s: Time it may take to end then [s].

    Raises:
        UnsafeError: ``stop_failed`` if it does not end.
    """
    running = _Running(work)
    while not running.ended.wait(POLL_S):
        try:
            check()
        except Exception as error:
            stop()
            if not running.ended.wait(stop_s):
                raise UnsafeError(
                    f'{STOP_FAILED}: the robot did not stop within {stop_s:g} s after "{error}"; '
                    'press the emergency stop'
                ) from error
            raise
    return running.result()


class _Running(Generic[T]):
    """Work in a thread that does not keep the process alive."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.ended = threading.Event()
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # raised where it is awaited
            self._error = error
        finally:
            self.ended.set()

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]
