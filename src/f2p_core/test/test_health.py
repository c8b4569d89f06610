# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a node says of itself and of what it waits for, on a clock of the test's own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from f2p_core.health import (
    FIRST_REMINDER_S,
    LastFailure,
    Level,
    LONGEST_REMINDER_S,
    Need,
    Throttle,
)


class HandClock:
    """Steady time that only the test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def test_what_never_came_is_waited_for(clock: HandClock) -> None:
    need = Need('topic /points', 'is the camera running?', clock)
    clock.now_s += 12.0
    assert need.status()[:3] == (
        'topic /points', Level.WARN, 'waiting for 12 s: is the camera running?',
    )  # fmt: skip


def test_what_came_once_stays_unless_it_grows_stale(clock: HandClock) -> None:
    once = Need('topic /scene', 'start perception', clock)
    always = Need('topic /points', 'is the camera running?', clock, stale_after_s=10.0)
    for need in (once, always):
        need.heard()
    clock.now_s += 11.0
    assert once.status().level == Level.OK
    assert always.status()[1:3] == (Level.STALE, 'nothing for 11 s: is the camera running?')
    always.heard()
    assert always.status()[1:] == (Level.OK, 'is there', {'age [s]': '0.0'})


def test_a_slow_simulation_makes_nothing_stale_and_a_jump_back_neither(clock: HandClock) -> None:
    simulated = HandClock()
    need = Need('topic /points', 'look', clock, stale_after_s=10.0, age_clock=simulated)
    need.heard()
    clock.now_s += 3600.0
    simulated.now_s += 9.0
    assert need.status()[1:] == (Level.OK, 'is there', {'age [s]': '9.0'})
    simulated.now_s += 2.0
    assert need.status().level == Level.STALE
    simulated.now_s = 0.0
    assert need.status().level == Level.OK


def test_it_is_mentioned_at_once_then_at_growing_intervals(clock: HandClock) -> None:
    need = Need('topic /points', 'is the camera running?', clock)
    said_s = []
    for _ in range(2000):
        if need.news() is not None:
            said_s.append(clock.now_s - 100.0)
        clock.now_s += 1.0
    pauses = [b - a for a, b in pairwise(said_s)]
    assert said_s[0] == 0.0
    assert pauses[:3] == [FIRST_REMINDER_S, 2 * FIRST_REMINDER_S, 4 * FIRST_REMINDER_S]
    assert pauses[-1] == LONGEST_REMINDER_S


def test_that_it_came_is_mentioned_once_and_the_next_lack_at_once(clock: HandClock) -> None:
    need = Need('topic /points', 'is the camera running?', clock, stale_after_s=10.0)
    assert need.news() is not None
    need.heard()
    came = need.news()
    assert came is not None
    assert came.level == Level.OK
    assert need.news() is None
    clock.now_s += 11.0
    lost = need.news()
    assert lost is not None
    assert lost.level == Level.STALE


def test_what_is_there_from_the_start_is_not_mentioned(clock: HandClock) -> None:
    need = Need('topic /points', 'is the camera running?', clock)
    need.heard()
    assert need.news() is None


def test_a_failure_is_remembered_but_counts_only_while_recent(clock: HandClock) -> None:
    failure = LastFailure(clock)
    assert failure.status('state', {})[1:] == (Level.OK, 'no failure so far', {})
    failure.put('no path', Level.WARN)
    clock.now_s += 5.0
    assert failure.status('state', {})[1:3] == (Level.WARN, 'last failure 5 s ago: no path')
    clock.now_s += LastFailure.RECENT_S
    late = failure.status('state', {'device': 'cpu'})
    assert (late.level, late.values) == (Level.OK, {'device': 'cpu', 'last failure': 'no path'})


def test_what_is_said_all_the_time_passes_at_growing_intervals_with_its_count(
    clock: HandClock,
) -> None:
    throttle, passed = Throttle(clock), []
    for i in range(1000):
        more = throttle.passes('a zero quaternion')
        if more is not None:
            passed.append((i, more))
        clock.now_s += 1.0
    assert passed == [
        (0, 0), (5, 4), (15, 9), (35, 19), (75, 39), (155, 79), (315, 159), (635, 319), (955, 319),
    ]  # fmt: skip
    assert sum(more for _, more in passed) + len(passed) == 956


def test_other_things_pass_at_once_and_silence_begins_anew(clock: HandClock) -> None:
    throttle = Throttle(clock)
    assert [throttle.passes(thing) for thing in ('a', 'b', 'a', 'b')] == [0, 0, None, None]
    clock.now_s += 1000.0
    assert [throttle.passes('a'), throttle.passes('a')] == [1, None]
    clock.now_s += FIRST_REMINDER_S
    assert throttle.passes('a') == 1


def test_names_from_outside_do_not_fill_the_memory(clock: HandClock) -> None:
    throttle = Throttle(clock)
    for i in range(10 * Throttle.KEPT):
        assert throttle.passes(i) == 0
    assert throttle.passes(10 * Throttle.KEPT - 1) is None
    assert throttle.passes(0) == 0  # forgotten
