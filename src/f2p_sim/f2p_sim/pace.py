# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Keeps simulated time from running ahead of the clock on the wall."""

from __future__ import annotations

from collections.abc import Callable
import time


class Pace:
    """Holds up a simulation that is faster than wanted.

    Args:
        factor: Simulated seconds per second at most; 0: no limit.
        begin_s: Simulated time now [s].
        now_s: Steady clock [s].
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        factor: float,
        begin_s: float,
        now_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._factor = factor
        self._begin_s = begin_s
        self._now_s, self._sleep = now_s, sleep
        self._began_s = now_s()

    def keep(self, time_s: float) -> None:
        """Waits until the simulated time ``time_s`` [s] may be reached."""
        if self._factor <= 0.0:
            return
        due_s = self._began_s + (time_s - self._begin_s) / self._factor
        ahead_s = due_s - self._now_s()
        if ahead_s > 0.0:
            self._sleep(ahead_s)
