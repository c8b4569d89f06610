# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How often a node starts again, and when everything ends, on a clock that the test moves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from f2p_bringup.supervision import (
    Action,
    FIRST_PAUSE_S,
    HOUR_S,
    LONGEST_PAUSE_S,
    REFUSED_STATUS,
    RESTARTS_PER_HOUR,
    STARTING_S,
    Supervisor,
    Verdict,
)

KILLED = -9


def deaths(supervisor: Supervisor, count: int, begin_s: float = 1000.0) -> list[Verdict]:
    """Lets a node die again right after each restart; returns what was decided."""
    now_s, verdicts = begin_s, []
    for _ in range(count):
        verdicts.append(supervisor.ended(KILLED, now_s))
        now_s += verdicts[-1].pause_s
    return verdicts


def test_six_deaths_in_a_row_end_nothing() -> None:
    verdicts = deaths(Supervisor('planner', True, 0.0), 6)
    assert {v.action for v in verdicts} == {Action.RESTART}


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [v.pause_s for v in deaths(Supervisor('planner', True, 0.0), RESTARTS_PER_HOUR)]
    wanted = [min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**i) for i in range(RESTARTS_PER_HOUR)]
    assert pauses == wanted
    assert pauses[-1] == LONGEST_PAUSE_S


def test_one_more_than_the_budget_within_an_hour_ends_everything() -> None:
    last = deaths(Supervisor('planner', True, 0.0), RESTARTS_PER_HOUR + 1)[-1]
    assert last.action is Action.END
    assert last.sentence.endswith('signal 9, 10 restarts within an hour did not help')


def test_one_that_nobody_needs_waits_until_its_budget_has_room() -> None:
    *before, last = deaths(Supervisor('recorder', False, 0.0), RESTARTS_PER_HOUR + 1)
    assert last.action is Action.RESTART
    taken_s = sum(v.pause_s for v in before[1:])  # since the first restart
    assert last.pause_s == HOUR_S - taken_s


@given(st.lists(st.floats(HOUR_S / RESTARTS_PER_HOUR + LONGEST_PAUSE_S, 1e6), max_size=300))
def test_deaths_that_are_far_apart_never_end_anything(gaps_s: list[float]) -> None:
    supervisor, now_s = Supervisor('learner', True, 0.0), STARTING_S
    for gap_s in gaps_s:
        verdict = supervisor.ended(KILLED, now_s)
        assert verdict.action is Action.RESTART
        now_s += verdict.pause_s + gap_s


def test_a_refusal_and_a_start_that_fails_are_final() -> None:
    assert Supervisor('a', True, 0.0).ended(REFUSED_STATUS, 1e6).action is Action.END
    assert Supervisor('a', True, 0.0).ended(1, STARTING_S - 1.0).action is Action.END
    assert Supervisor('a', False, 0.0).ended(1, STARTING_S - 1.0).action is Action.LEAVE


def test_an_error_later_or_a_crash_at_the_start_is_not() -> None:
    assert Supervisor('a', True, 0.0).ended(1, STARTING_S).action is Action.RESTART
    assert Supervisor('a', True, 0.0).ended(KILLED, 1.0).action is Action.RESTART
    again = Supervisor('a', True, 0.0)
    again.ended(KILLED, 1.0)
    assert again.ended(1, 5.0).action is Action.RESTART
