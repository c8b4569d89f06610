# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How often a robot may begin to learn by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
import threading

from f2p_core.control import Clock
from f2p_learning.errors import LearningError

HOUR_S = 3600.0
"""The window in which requests are counted [s]."""


class RateLimitError(LearningError):
    """Learning was requested too often."""


class RateLimit:
    """Lets so many requests through in any hour; safe to use from any thread.

    Args:
        per_hour: How many.
        clock: Steady clock [s].
    """

    def __init__(self, per_hour: int, clock: Clock) -> None:
        self._per_hour = per_hour
        self._clock = clock
        self._begun_s: deque[float] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Counts one request, unless the block raises.

        Raises:
            RateLimitError: If as many as are allowed fell into the last hour; this one is not
                counted, and the block does not begin.
        """
        begun_s = self._take()
        try:
            yield
        except Exception:
            with self._lock:
                self._begun_s.remove(begun_s)
            raise

    def _take(self) -> float:
        with self._lock:
            now_s = self._clock()
            while self._begun_s and now_s - self._begun_s[0] >= HOUR_S:
                self._begun_s.popleft()
            if len(self._begun_s) >= self._per_hour:
                wait_s = HOUR_S - (now_s - self._begun_s[0])
                raise RateLimitError(
                    f'{len(self._begun_s)} learning runs were requested within the last hour, '
                    f'{self._per_hour} are allowed; try again in {wait_s / 60:.0f} min, raise '
                    'max_runs_per_hour, or send learn_from_failure yourself'
                )
            self._begun_s.append(now_s)
            return now_s
