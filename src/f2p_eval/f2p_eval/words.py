# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Goals, calls and figures in words, the same in narration, story and report."""

from __future__ import annotations

from typing import Any

from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal


def call_in_words(call: SkillCall) -> str:
    """Returns for example ``pick_place container → table_b``, as the skill words it."""
    return call.in_words()


def goal_in_words(goal: Goal) -> str:
    """Returns the literals joined by ``and``, with the budgets."""
    literals = ' and '.join(
        f'{"" if x.value else "not "}{x.relation}({x.subject_id}, {x.object_id})'
        for x in goal.literals
    )
    trips = 'trip' if goal.max_base_trips == 1 else 'trips'
    return f'{literals} — at most {goal.max_skills} skills, {goal.max_base_trips} base {trips}'


def number_in_words(value: Any) -> str:
    """Returns a figure as a reader wants it: four digits, yes or no, a dash for none."""
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if isinstance(value, float):
        return f'{value:.4g}'.replace('-', '−')
    return '–' if value is None or value == '' else str(value)
