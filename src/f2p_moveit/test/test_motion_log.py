# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The record of a motion: what was asked and what was done, at the same times."""

from __future__ import annotations

import numpy as np

from f2p_moveit.motion_log import Commanded, MotionLog, RECORD_S


class Clock:
    """A clock that is set by hand [s]."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_both_motions_have_the_same_times() -> None:
    clock = Clock()
    log = MotionLog(('a', 'b'), clock)
    log.sample({'a': 0.0, 'b': 5.0})
    log.command(Commanded(('a',), np.array([0.0, 1.0]), np.array([[0.0], [2.0]])))
    for step in range(1, 21):
        clock.now_s = 100.0 + step / 10
        log.sample({'a': 0.9 * min(2.0, step / 5), 'b': 5.0, 'c': 1.0})
    commanded, achieved = log.motions()
    assert commanded.joint_names == achieved.joint_names == ('a', 'b')
    np.testing.assert_allclose(commanded.time_s, np.arange(21) / 10, atol=1e-9)
    np.testing.assert_allclose(commanded.position[5], [1.0, 5.0])
    np.testing.assert_allclose(commanded.position[-1], [2.0, 5.0])  # its end is kept
    np.testing.assert_allclose(achieved.position[-1], [1.8, 5.0])


def test_rows_are_not_closer_than_the_interval() -> None:
    clock = Clock()
    log = MotionLog(('a',), clock)
    for _ in range(100):
        log.sample({'a': 0.0})
        clock.now_s += RECORD_S / 10
    assert 10 <= log.motions()[0].time_s.size <= 11


def test_nothing_recorded_is_an_empty_motion() -> None:
    commanded, achieved = MotionLog(('a',), Clock()).motions()
    assert commanded.position.shape == achieved.position.shape == (0, 1)
