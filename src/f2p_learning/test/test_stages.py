# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Stage times on a clock that is passed in."""

from __future__ import annotations

import pytest

from f2p_learning.stages import StageTimes


def test_times_add_up_in_the_order_stages_began() -> None:
    ticks = iter([0.0, 1.0, 10.0, 12.0, 20.0, 24.0])
    times = StageTimes(lambda: next(ticks))
    for name in ('generate', 'simulate', 'generate'):
        with times.stage(name):
            pass
    assert times.seconds == {'generate': 5.0, 'simulate': 2.0}
    assert list(times.seconds) == ['generate', 'simulate']


def test_a_stage_that_fails_counts_too() -> None:
    ticks = iter([0.0, 3.0])
    times = StageTimes(lambda: next(ticks))
    with pytest.raises(RuntimeError), times.stage('gate'):
        raise RuntimeError
    assert times.seconds == {'gate': 3.0}
