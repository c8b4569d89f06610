# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Goals, calls and figures in words."""

from __future__ import annotations

import pytest

from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal
from f2p_eval.words import call_in_words, goal_in_words, number_in_words


def test_in_words() -> None:
    carry = SkillCall(
        skill='pick_place', object_id='container', target_id='table_b', parameters=(0.0, 0.0, 0.0)
    )
    push = carry.model_copy(update={'skill': 'push', 'parameters': (1.5707963, 0.1, 0.0)})
    assert call_in_words(carry) == 'pick_place container → table_b'
    assert call_in_words(push) == 'push container 0.10 m towards 90°'
    literal = Literal(relation='above', subject_id='a', object_id='b', value=False)
    goal = Goal(literals=(literal,), max_skills=2, max_base_trips=1)
    assert goal_in_words(goal) == 'not above(a, b) — at most 2 skills, 1 base trip'


@pytest.mark.parametrize(
    ('value', 'words'),
    [(0.123456, '0.1235'), (-1.5, '−1.5'), (True, 'yes'), (7, '7'), (None, '–'), ('', '–')],
)
def test_figures(value: object, words: str) -> None:
    assert number_in_words(value) == words
