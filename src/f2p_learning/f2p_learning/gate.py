# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The gate: a tuned model goes live only if it learned the failure and forgot nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from f2p_core.failure import Failure
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.data import ExecutionDataset
from f2p_effects.evaluate import evaluate
from f2p_effects.protocol import EffectModel
from f2p_learning.config import LearningConfig
from f2p_learning.family import failure_explained, outcome_right, predicted_relations
from f2p_learning.results import GateReport
from f2p_sim.protocol import Rollout

MIN_FAMILY_EXECUTIONS = 50
"""Fewer held-out executions of the family say too little: 45 of 50 has a 95 % interval of
0.79–0.96."""


class HeldOut(NamedTuple):
    """Executions of the failure's family that no model was trained on: motions that succeeded."""

    scenes: Sequence[Scene]
    calls: Sequence[SkillCall]
    rollouts: Sequence[Rollout]


class FamilyFigures(NamedTuple):
    """How well two models predict new executions: see the fields of ``GateReport``."""

    executions: int
    accuracy_before: float
    accuracy_after: float
    failure_explained: bool


def held_out_executions(
    scenes: Sequence[Scene], calls: Sequence[SkillCall], rollouts: Sequence[Rollout]
) -> HeldOut:
    """Keeps the executions whose motion succeeded; only those show an effect."""
    kept = [i for i, rollout in enumerate(rollouts) if rollout.motion_succeeded]
    return HeldOut(
        [scenes[i] for i in kept], [calls[i] for i in kept], [rollouts[i] for i in kept]
    )


def judge(
    failure: Failure,
    before: EffectModel,
    after: EffectModel,
    family: HeldOut,
    old: ExecutionDataset,
    config: LearningConfig,
    *,
    seed: int,
) -> GateReport:
    """Compares the tuned model with the one that failed.

    Args:
        failure: What was to be learned.
        before: The model that failed.
        after: The tuned model.
        family: Held-out executions like the failure, disjoint from the training data.
        old: Held-out executions of the old data.
        config: The bounds.
        seed: Of the clouds' noise, the same for both models.

    Returns:
        The figures and the verdict. That the failure itself is explained is necessary.
    """
    figures = FamilyFigures(
        executions=len(family.rollouts),
        accuracy_before=_accuracy(failure, before, family, seed),
        accuracy_after=_accuracy(failure, after, family, seed),
        failure_explained=failure_explained(failure, after, seed),
    )
    return verdict(figures, before, after, old, config, seed=seed)


def verdict(
    family: FamilyFigures,
    before: EffectModel,
    after: EffectModel,
    old: ExecutionDataset,
    config: LearningConfig,
    *,
    seed: int,
) -> GateReport:
    """Adds the figures on old data, and judges all of them; arguments as for ``judge``."""
    old_before = evaluate(before, old, seed=seed)
    old_after = evaluate(after, old, seed=seed)
    report = GateReport(
        accepted=False,
        reason='',
        family_executions=family.executions,
        family_accuracy_before=family.accuracy_before,
        family_accuracy_after=family.accuracy_after,
        failure_explained=family.failure_explained,
        old_executions=len(old),
        old_f1_before=old_before.mean_f1,
        old_f1_after=old_after.mean_f1,
        old_position_error_before_m=old_before.position_error_m,
        old_position_error_after_m=old_after.position_error_m,
    )
    reason = refusal(report, config)
    return report.model_copy(update={'accepted': not reason, 'reason': reason})


def in_words(report: GateReport) -> str:
    """Returns a verdict in a line: accepted with which figures, or refused and why."""
    if not report.accepted:
        return f'refused: {report.reason}'
    return (
        f'accepted: {report.family_accuracy_after:.2f} of {report.family_executions} held-out '
        f'executions are predicted right (before: {report.family_accuracy_before:.2f}), F1 on old '
        f'data {report.old_f1_after:.4f} (before: {report.old_f1_before:.4f})'
    )


def refusal(report: GateReport, config: LearningConfig) -> str:
    """Returns why figures are not good enough, naming the first; empty when they are."""
    f1_drop = report.old_f1_before - report.old_f1_after
    error_increase_m = report.old_position_error_after_m - report.old_position_error_before_m
    checks = (
        (
            report.family_executions >= MIN_FAMILY_EXECUTIONS,
            f'only {report.family_executions} held-out executions of the family moved as '
            f'commanded; {MIN_FAMILY_EXECUTIONS} are needed',
        ),
        (
            report.family_accuracy_after >= config.min_family_accuracy,
            f'{report.family_accuracy_after:.2f} of the held-out executions are predicted right; '
            f'{config.min_family_accuracy:.2f} are needed',
        ),
        (report.failure_explained, 'the failure itself is still predicted wrong'),
        (
            f1_drop <= config.max_f1_drop,
            f'relation F1 on old data fell by {f1_drop:.4f}; {config.max_f1_drop} is allowed',
        ),
        (
            error_increase_m <= config.max_position_error_increase_m,
            f'the position error on old data grew by {error_increase_m:.4f} m; '
            f'{config.max_position_error_increase_m} m is allowed',
        ),
    )
    return next((message for good, message in checks if not good), '')


def _accuracy(failure: Failure, model: EffectModel, family: HeldOut, seed: int) -> float:
    if not family.rollouts:
        return 0.0
    probability = predicted_relations(model, family.scenes, family.calls, seed)
    return float(outcome_right(failure, model, probability, family.rollouts).mean())
