# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of one learning run; the single source of their defaults, bounds and meaning."""

from __future__ import annotations

from f2p_core.parameters import ByGoal, Config, parameter


class LearningConfig(Config):
    """How much data one failure is turned into and when the tuned model is accepted.

    The two budgets of the paper's retellings are ``n_calls = 1`` (20 executions: scene i with
    call i) and ``n_calls = 20`` (400: every scene with as many calls).

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    n_scenes: int = parameter(20, 'scenes generated like the failure', low=1, high=1000)
    n_calls: int = parameter(20, 'skill calls simulated per scene', low=1, high=1000)
    gate_scenes: int = parameter(20, 'further scenes held out for the gate', low=1, high=1000)
    gate_calls: int = parameter(6, 'skill calls per held-out scene', low=1, high=100)
    gate_further_calls: int = parameter(
        4,
        'skill calls per held-out scene in addition, drawn where too few of the others moved as '
        'commanded',
        low=0,
        high=100,
    )
    max_rounds: int = parameter(
        2, 'rounds of new particles before the skill call is given up', low=1, high=10
    )
    min_family_accuracy: float = parameter(
        0.9, 'share of held-out executions of the family predicted right', low=0.0, high=1.0,
        by_goal=ByGoal.ONLY_HIGHER,
    )  # fmt: skip
    max_f1_drop: float = parameter(
        0.01, 'mean relation F1 that may be lost on old data', low=0.0, high=1.0,
        by_goal=ByGoal.ONLY_LOWER,
    )  # fmt: skip
    max_position_error_increase_m: float = parameter(
        0.005, 'growth of the mean position error allowed on old data', unit='m', low=0.0,
        high=1.0, by_goal=ByGoal.ONLY_LOWER,
    )  # fmt: skip

    @property
    def executions(self) -> int:
        """Simulated executions of one run, over all rounds that it may need."""
        gate_calls = self.gate_calls + self.gate_further_calls
        training, gate = self.n_scenes * self.n_calls, self.gate_scenes * gate_calls
        return (training + gate) * self.max_rounds
