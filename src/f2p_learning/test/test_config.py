# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Settings refuse values outside their bounds."""

from __future__ import annotations

import pytest

from f2p_core.errors import InvalidInputError
from f2p_core.parameters import ByGoal, parameter_info
from f2p_learning.config import LearningConfig


@pytest.mark.parametrize(
    'wrong', [{'n_scenes': 0}, {'max_rounds': 11}, {'min_family_accuracy': 1.5}]
)
def test_out_of_bounds_is_refused_by_name(wrong: dict[str, float]) -> None:
    (name,) = wrong
    with pytest.raises(InvalidInputError, match=name):
        LearningConfig(**wrong)  # type: ignore[arg-type]


def test_the_gate_is_as_strict_as_it_was_agreed_on_and_goals_make_it_only_stricter() -> None:
    shipped = LearningConfig()
    assert (shipped.min_family_accuracy, shipped.max_f1_drop) == (0.9, 0.01)
    assert shipped.max_position_error_increase_m == 0.005
    fields = LearningConfig.model_fields
    by_goal = {name: parameter_info(name, fields[name]).by_goal for name in fields}
    assert {name: b for name, b in by_goal.items() if b is not ByGoal.FREELY} == {
        'min_family_accuracy': ByGoal.ONLY_HIGHER,
        'max_f1_drop': ByGoal.ONLY_LOWER,
        'max_position_error_increase_m': ByGoal.ONLY_LOWER,
    }


def test_the_executions_of_a_run_are_those_of_all_its_rounds() -> None:
    config = LearningConfig(
        n_scenes=7, n_calls=3, gate_scenes=5, gate_calls=2, gate_further_calls=6, max_rounds=4
    )
    assert config.executions == (7 * 3 + 5 * (2 + 6)) * 4
