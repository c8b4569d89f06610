# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The record a trial keeps of what was executed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure
from f2p_eval.trial import RecordingJudge
from f2p_planner.environment import MotionResult, Percept
from f2p_planner.monitor import VerdictKind
from f2p_planner.plans import PlanStep
from f2p_planner.pursuit_types import Executed, Judged


class Verdict:
    """A judge that has made up its mind."""

    def __init__(self, judged: Judged) -> None:
        self._judged = judged

    def judge(self, executed: Executed, control: Control) -> Judged:
        return self._judged


def executed(failure: Failure, *, succeeded: bool) -> Executed:
    motion = MotionResult(
        succeeded=succeeded,
        reason='' if succeeded else 'no_path',
        robot_before=failure.robot_before,
        commanded=failure.commanded,
        achieved=failure.achieved,
    )
    step = PlanStep(
        call=failure.call,
        predicted=failure.relations_predicted,
        predicted_scene=failure.before.scene,
        feasible=1.0,
        goal_probability=1.0,
    )
    nothing = cast(Any, None)
    return Executed(nothing, 0, step, nothing, motion, failure.goal)


@pytest.mark.parametrize(
    ('verdict', 'fails'), [(VerdictKind.AS_PREDICTED, False), (VerdictKind.VIOLATED, True)]
)
def test_verdict_violations_and_truth_are_recorded(
    failure: Failure, verdict: VerdictKind, fails: bool
) -> None:
    percept = Percept(failure.after, failure.relations_observed)
    judged = Judged(percept, verdict, failure if fails else None)
    judge = RecordingJudge(Verdict(judged), lambda: failure.after.scene)
    assert judge.judge(executed(failure, succeeded=True), UNCONTROLLED) is judged
    (step,) = judge.steps
    assert (step.call, step.succeeded, step.verdict) == (failure.call, True, str(verdict))
    expected = [v.in_words() for v in failure.violated] if fails else []
    assert list(step.violations) == expected
    assert step.scene_after == failure.after.scene


def test_a_failed_motion_keeps_its_reason(failure: Failure) -> None:
    percept = Percept(failure.after, failure.relations_observed)
    judge = RecordingJudge(
        Verdict(Judged(percept, VerdictKind.UNDECIDED)), lambda: failure.after.scene
    )
    judge.judge(executed(failure, succeeded=False), UNCONTROLLED)
    (step,) = judge.steps
    assert (step.succeeded, step.reason) == (False, 'no_path')
