# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How fast simulated time may pass."""

from __future__ import annotations

import pytest

from f2p_sim.pace import Pace


class Wall:
    """A clock that only waiting moves on."""

    def __init__(self) -> None:
        self.time_s = 100.0

    def now_s(self) -> float:
        return self.time_s

    def sleep(self, seconds: float) -> None:
        assert seconds > 0.0
        self.time_s += seconds


def test_time_runs_ahead_by_the_factor_only() -> None:
    wall = Wall()
    pace = Pace(4.0, 10.0, wall.now_s, wall.sleep)
    for time_s in (10.0, 11.0, 18.0):
        pace.keep(time_s)
        assert wall.time_s == pytest.approx(100.0 + (time_s - 10.0) / 4.0)


def test_a_slow_simulation_is_not_held_up() -> None:
    wall = Wall()
    pace = Pace(1.0, 0.0, wall.now_s, wall.sleep)
    wall.time_s += 5.0
    pace.keep(4.0)
    assert wall.time_s == 105.0


def test_without_a_factor_nothing_waits() -> None:
    wall = Wall()
    Pace(0.0, 0.0, wall.now_s, wall.sleep).keep(1000.0)
    assert wall.time_s == 100.0
