# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where a replay stands: recorded time against the steady clock, with rate and pause."""

from __future__ import annotations

from typing import NamedTuple


class PlayHead(NamedTuple):
    """A place in a recording that moves on while it runs.

    Attributes:
        place_ns: Recorded time at ``since_s`` [ns].
        since_s: Steady time it is there since [s].
        rate: Recorded seconds per second.
        runs: False while paused.
    """

    place_ns: int
    since_s: float
    rate: float
    runs: bool

    def at(self, now_s: float) -> int:
        """Returns the recorded time at a steady time [ns]."""
        if not self.runs:
            return self.place_ns
        return self.place_ns + round((now_s - self.since_s) * self.rate * 1e9)

    def wait_s(self, time_ns: int, now_s: float) -> float:
        """Returns how long it takes to a recorded time [s]; 0 if it is over, inf in a pause."""
        left_ns = time_ns - self.at(now_s)
        if left_ns <= 0:
            return 0.0
        return left_ns * 1e-9 / self.rate if self.runs else float('inf')

    def running(self, runs: bool, now_s: float) -> PlayHead:
        """Returns the head paused or resumed at a steady time."""
        return self._replace(place_ns=self.at(now_s), since_s=now_s, runs=runs)

    def moved_to(self, place_ns: int, now_s: float) -> PlayHead:
        """Returns the head at another place of the recording."""
        return self._replace(place_ns=place_ns, since_s=now_s)
