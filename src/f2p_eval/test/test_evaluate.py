# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The table over seeds."""

from __future__ import annotations

from f2p_eval.evaluate import COLUMNS, markdown
from f2p_eval.script import Learned, summarise
from f2p_tasks.transport import TRANSPORT

SETTINGS = {'objects': 3}


def row(seed: int, success: dict[str, bool]) -> dict[str, object]:
    learned = Learned(2, 41.26, {'simulate': 30.0})
    return dict(summarise(TRANSPORT, {**SETTINGS, 'seed': seed}, success, None, learned))


def test_rows_and_counts() -> None:
    reached = row(0, {'T1': True})
    failed = row(1, {'T1': False, 'T2 after': True})
    recovered = row(2, {'T1': True, 'T1 fresh': True}) | {'success_before': False}
    lines = markdown([reached, failed, recovered]).splitlines()
    assert [line.count('|') for line in lines[:5]] == [len(COLUMNS) + len(TRANSPORT.acts) + 2] * 5
    assert lines[2] == '| 0 | None | yes | yes | no | no | yes | no | no | 41.3 |'
    assert lines[-2] == (
        'Fail first: 2 of 3 (21–94 %); of those succeed after: 1 of 2 (9–91 %). '
        'Reached in the end: 2 of 3 (21–94 %).'
    )
    assert lines[-1] == (
        'Acts: T2 before 0 of 3 (0–56 %), T1 2 of 3 (21–94 %), T1 fresh 1 of 3 (6–79 %), '
        'T2 after 1 of 3 (6–79 %).'
    )


def test_success_needs_the_goal_without_a_failure_or_after_it_in_a_new_scene_too() -> None:
    assert row(0, {'T1': True})['success_before']
    assert not row(0, {'T1': True})['success_after']
    assert row(0, {'T1': True, 'T1 fresh': True})['success_after']
    assert not row(0, {'T1': False, 'T1 fresh': True})['success_after']


def test_the_last_line_names_the_acts() -> None:
    figures = row(0, {'T2 before': False, 'T1': True, 'T1 fresh': True})
    assert figures['task'] == 'multi_object_transport'
    assert figures['acts'] == {
        'T2 before': False, 'T1': True, 'T1 fresh': True, 'T2 after': False
    }  # fmt: skip
