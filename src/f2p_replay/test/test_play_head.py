# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Recorded time against the steady clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from f2p_replay.play_head import PlayHead

S = 10**9


def test_it_moves_at_its_rate() -> None:
    head = PlayHead(10 * S, since_s=100.0, rate=4.0, runs=True)
    assert (head.at(100.0), head.at(100.5)) == (10 * S, 12 * S)
    assert head.wait_s(14 * S, 100.5) == 0.5
    assert head.wait_s(11 * S, 100.5) == 0.0


def test_a_pause_stands_still() -> None:
    head = PlayHead(10 * S, 100.0, 1.0, True).running(False, 102.0)
    assert head.at(102.0) == head.at(500.0) == 12 * S
    assert head.wait_s(13 * S, 500.0) == float('inf')
    assert head.running(True, 600.0).at(601.0) == 13 * S


def test_it_goes_back_to_the_begin() -> None:
    head = PlayHead(10 * S, 100.0, 2.0, True)
    assert head.moved_to(5 * S, 110.0).at(111.0) == 7 * S


@given(
    st.integers(0, 10**12),
    st.floats(0.1, 10.0),
    st.lists(st.tuples(st.floats(0.0, 100.0), st.booleans()), max_size=8),
)
def test_time_never_goes_back_by_itself(
    begin: int, rate: float, turns: list[tuple[float, bool]]
) -> None:
    head, now_s, place = PlayHead(begin, 0.0, rate, True), 0.0, begin
    for passed_s, runs in turns:
        now_s += passed_s
        assert head.at(now_s) >= place
        place = head.at(now_s)
        head = head.running(runs, now_s)
        assert head.at(now_s) == place
