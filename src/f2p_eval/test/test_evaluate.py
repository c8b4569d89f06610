# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The table over seeds."""

from __future__ import annotations

from f2p_eval.evaluate import COLUMNS, markdown
from f2p_eval.script import summarise

SETTINGS = {'objects': 3}


def row(seed: int, success: dict[str, bool]) -> dict[str, object]:
    return dict(summarise({**SETTINGS, 'seed': seed}, success, None, 2, 41.26, {'simulate': 30.0}))


def test_rows_and_counts() -> None:
    reached = row(0, {'T1': True})
    failed = row(1, {'T1': False, 'T2 after': True})
    recovered = row(2, {'T1': True, 'T1 fresh': True}) | {'success_before': False}
    lines = markdown([reached, failed, recovered]).splitlines()
    assert [line.count('|') for line in lines[:5]] == [len(COLUMNS) + 1] * 5
    assert lines[2] == '| 0 | None | yes | yes | no | no | no | 41.3 |'
    assert lines[-1] == (
        '2 of 3 seeds fail T1 first; of those 1 succeed after. T2: 0 before, 1 after. '
        'T1 reached in the end: 2.'
    )


def test_success_needs_the_goal_without_a_failure_or_after_it_in_a_new_scene_too() -> None:
    assert row(0, {'T1': True})['success_before']
    assert not row(0, {'T1': True})['success_after']
    assert row(0, {'T1': True, 'T1 fresh': True})['success_after']
    assert not row(0, {'T1': False, 'T1 fresh': True})['success_after']
