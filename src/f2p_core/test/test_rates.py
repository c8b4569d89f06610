# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Counts and their intervals."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
import pytest

from f2p_core.errors import InvalidInputError
from f2p_core.rates import Rate

Z = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bounds_solve_wilsons_equation(counts: tuple[int, int]) -> None:
    rate = Rate(*counts)
    low, high = rate.interval()
    assert 0.0 <= low <= rate.share <= high <= 1.0
    for bound in (low, high):
        distance = Z * math.sqrt(bound * (1.0 - bound) / rate.trials)
        assert abs(rate.share - bound) == pytest.approx(distance, abs=1e-9)


def test_known_answers_in_words() -> None:
    assert Rate(12, 20).in_words() == '12 of 20 (39–78 %)'
    assert Rate(20, 20).in_words() == '20 of 20 (84–100 %)'
    assert Rate(0, 0).in_words() == '0 of 0 (0–100 %)'
    assert math.isnan(Rate(0, 0).share)
    assert Rate(45, 50).as_json() == {'count': 45, 'trials': 50, 'low': 0.7864, 'high': 0.9565}


@pytest.mark.parametrize('counts', [(3, 2), (-1, 2)])
def test_what_is_no_count_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(InvalidInputError, match='no rate'):
        Rate(*counts).interval()
