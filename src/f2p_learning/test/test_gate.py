# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The gate's verdict from its figures."""

from __future__ import annotations

import pytest

from f2p_learning.config import LearningConfig
from f2p_learning.gate import MIN_FAMILY_EXECUTIONS, refusal
from f2p_learning.results import GateReport

EXACT = LearningConfig(
    min_family_accuracy=0.75, max_f1_drop=0.25, max_position_error_increase_m=0.125
)
"""Bounds that floating point holds exactly, so that figures can be made to lie on them."""

GOOD = GateReport(
    accepted=False,
    reason='',
    family_executions=MIN_FAMILY_EXECUTIONS,
    family_accuracy_before=0.0,
    family_accuracy_after=0.95,
    failure_explained=True,
    old_executions=500,
    old_f1_before=0.99,
    old_f1_after=0.985,
    old_position_error_before_m=0.003,
    old_position_error_after_m=0.004,
)


def test_good_figures_pass() -> None:
    assert refusal(GOOD, LearningConfig()) == ''


@pytest.mark.parametrize(
    ('figure', 'value', 'word'),
    [
        ('family_executions', MIN_FAMILY_EXECUTIONS - 1, 'held-out executions'),
        ('family_accuracy_after', 0.89, '0.89'),
        ('failure_explained', False, 'failure itself'),
        ('old_f1_after', 0.97, 'F1'),
        ('old_position_error_after_m', 0.009, 'position error'),
    ],
)
def test_every_figure_can_refuse_alone(figure: str, value: object, word: str) -> None:
    assert word in refusal(GOOD.model_copy(update={figure: value}), LearningConfig())


def test_bounds_come_from_the_settings() -> None:
    strict = LearningConfig(min_family_accuracy=0.99)
    assert '0.99' in refusal(GOOD, strict)


def test_fifty_executions_are_needed() -> None:
    assert MIN_FAMILY_EXECUTIONS == 50
    few = GOOD.model_copy(update={'family_executions': 49})
    assert 'only 49 held-out executions' in refusal(few, LearningConfig())
    assert refusal(GOOD.model_copy(update={'family_executions': 50}), LearningConfig()) == ''


@pytest.mark.parametrize(
    ('figures', 'beyond'),
    [
        ({'family_accuracy_after': 0.75}, {'family_accuracy_after': 0.7499}),
        (
            {'old_f1_before': 0.75, 'old_f1_after': 0.5},
            {'old_f1_before': 0.75, 'old_f1_after': 0.4999},
        ),
        (
            {'old_position_error_before_m': 0.125, 'old_position_error_after_m': 0.25},
            {'old_position_error_before_m': 0.125, 'old_position_error_after_m': 0.2501},
        ),
    ],
)
def test_a_figure_on_its_bound_passes_and_one_beyond_it_does_not(
    figures: dict[str, float], beyond: dict[str, float]
) -> None:
    assert refusal(GOOD.model_copy(update=figures), EXACT) == ''
    assert refusal(GOOD.model_copy(update=beyond), EXACT) != ''


def test_getting_better_on_old_data_is_no_reason_to_refuse() -> None:
    better = {
        'old_f1_before': 0.5, 'old_f1_after': 0.9,
        'old_position_error_before_m': 0.5, 'old_position_error_after_m': 0.001,
    }  # fmt: skip
    assert refusal(GOOD.model_copy(update=better), EXACT) == ''
