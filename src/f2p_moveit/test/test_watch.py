# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Work that is watched: its result, its error, and what stops it."""

from __future__ import annotations

import threading

import pytest

from f2p_moveit.errors import UnsafeError
from f2p_moveit.watch import run_watched
from f2p_sim.errors import SkillError

PATIENCE_S = 60.0


def nothing() -> None:
    """Never objects."""


def test_the_result_comes_back() -> None:
    assert run_watched(lambda: 7, stop=nothing, check=nothing, stop_s=PATIENCE_S) == 7


def test_an_error_comes_back() -> None:
    with pytest.raises(ZeroDivisionError):
        run_watched(lambda: 1 / 0, stop=nothing, check=nothing, stop_s=PATIENCE_S)


def test_a_check_that_raises_stops_the_work_first() -> None:
    stopped = threading.Event()

    def object_() -> None:
        raise SkillError('cancelled', 'enough')

    with pytest.raises(SkillError, match='cancelled: enough'):
        run_watched(
            lambda: stopped.wait(PATIENCE_S), stop=stopped.set, check=object_, stop_s=PATIENCE_S
        )
    assert stopped.is_set()


def test_work_that_does_not_stop_is_unsafe() -> None:
    ended = threading.Event()

    def object_() -> None:
        raise SkillError('timeout', 'too long')

    with pytest.raises(UnsafeError, match=r'stop_failed: .*timeout: too long.*emergency stop'):
        run_watched(lambda: ended.wait(PATIENCE_S), stop=nothing, check=object_, stop_s=0.05)
    ended.set()
