# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from f2p_sim.robot import FloatVector, HOME, JOINT_COUNT, MAX_ACCELERATION, MAX_SPEED
from f2p_sim.trajectory import duration_s, hold, servo_commands, through

DT = 0.004


def moved(joint: int, by: float, start: FloatVector = HOME) -> FloatVector:
    goal = start.copy()
    goal[joint] += by
    return goal


@settings(max_examples=40, deadline=None)
@given(joint=st.integers(0, JOINT_COUNT - 1), by=st.floats(0.005, 1.5), speed=st.floats(0.2, 1.0))
def test_a_leg_keeps_to_the_limits_and_uses_one_of_them(
    joint: int, by: float, speed: float
) -> None:
    rows = np.vstack([HOME, through([HOME, moved(joint, by)], DT, speed=speed)])
    rate = np.abs(np.diff(rows, axis=0)[:, joint] / DT)
    change = np.abs(np.diff(rows, n=2, axis=0)[:, joint] / DT**2)
    fast, strong = MAX_SPEED[joint] * speed, MAX_ACCELERATION[joint] * speed**2
    assert rate.max() <= fast * 1.001
    assert change.max() <= strong * 1.02
    if duration_s(HOME, moved(joint, by), speed) > 0.1:
        assert max(rate.max() / fast, change.max() / strong) > 0.9


@given(blend=st.sampled_from([0.0, 0.2, 0.4]))
def test_blending_starts_and_ends_where_asked_and_saves_time(blend: float) -> None:
    path = [HOME, moved(3, 0.3), moved(1, 0.5, moved(3, 0.3)), moved(1, 0.5)]
    rows = through(path, DT, blend=blend)
    straight = through(path, DT, blend=0.0)
    assert rows[-1] == pytest.approx(path[-1])
    assert np.abs(rows[0] - HOME).max() < 1e-3
    assert len(rows) < len(straight) or blend == 0.0
    assert np.abs(np.diff(rows, axis=0)).max() < 0.02


def test_commands_lead_by_the_lag() -> None:
    rows = np.repeat(HOME[None], 10, axis=0) + np.arange(1, 11)[:, None] * DT * 0.5
    lag = np.full(JOINT_COUNT, 0.03)
    commands = servo_commands(HOME, rows, DT, lag)
    assert commands - rows == pytest.approx(np.full_like(rows, 0.03 * 0.5))


def test_hold_stays() -> None:
    rows = hold(HOME, 0.1, DT)
    assert len(rows) == 25
    assert np.array_equal(rows[7], HOME)
