# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a learning run says of itself: the gate's figures and the result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from f2p_core.models import Value
from f2p_learning.run_directory import read_run_value

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class GateReport(Value):
    """The figures the gate judged by; "before" is the model that failed, "after" the tuned one.

    Attributes:
        accepted: Whether the tuned model goes live.
        reason: Why not, naming the figure and its bound; empty when accepted.
        family_executions: Held-out executions like the failure, none used in training.
        family_accuracy_before, family_accuracy_after: Share of them whose violated relations
            come out as predicted.
        failure_explained: Whether the tuned model predicts what was observed at the failure.
        old_executions: Held-out executions of the old data.
        old_f1_before, old_f1_after: Mean relation F1 on them.
        old_position_error_before_m, old_position_error_after_m: Mean error of Δposition on them.
    """

    accepted: bool
    reason: str
    family_executions: Annotated[int, Field(ge=0)]
    family_accuracy_before: Share
    family_accuracy_after: Share
    failure_explained: bool
    old_executions: Annotated[int, Field(ge=0)]
    old_f1_before: Share
    old_f1_after: Share
    old_position_error_before_m: float
    old_position_error_after_m: float


class LearningResult(Value):
    """What became of one failure.

    Attributes:
        run_id: Name of the run's directory.
        failure_id: The failure that was learned from.
        learned: Whether a new model version was published.
        model_version, model_digest: The version to use from now on (the old one if not learned).
        rounds: Rounds of new particles that were needed.
        executions: Simulated executions the model was tuned on, all rounds.
        gate: The gate's figures of the last round.
        like_failure_executions: Training executions of the last round that repeat the failed
            skill, object and target and whose motion succeeded.
        like_failure_share: Share of them that came out like the failure
            (``f2p_learning.family.like_failure``); ``None`` where there are none.
        seconds_by_stage: Steady-clock time per stage, summed over rounds [s].
    """

    run_id: str
    failure_id: str
    learned: bool
    model_version: int
    model_digest: str
    rounds: int
    executions: int
    gate: GateReport
    like_failure_executions: Annotated[int, Field(ge=0)]
    like_failure_share: Share | None
    seconds_by_stage: dict[str, float]


def read_result(run: Path) -> LearningResult:
    """Reads what became of a finished run.

    Raises:
        LibraryError: If the file is missing, cut short or of another form.
    """
    return read_run_value(run, 'result.json', TypeAdapter(LearningResult))
