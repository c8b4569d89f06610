# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Assembling the failure record from what was predicted, commanded and seen."""

from __future__ import annotations

from collections.abc import Sequence
import uuid

from f2p_core.failure import Failure, Motion, Violation
from f2p_core.models import Value
from f2p_core.observation import SceneObservation
from f2p_core.scene import RobotState
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, SymbolicState
from f2p_planner.classification import Classification

_NAMESPACE = uuid.UUID('5f2f9a52-3a2b-5d0e-9a57-8b8f6f0f2b11')


class Execution(Value):
    """What happened around one executed call.

    Attributes:
        call: The executed call.
        before, after: What was seen before and after.
        relations_before, relations_predicted, relations_observed: (R, N, N) states.
        commanded, achieved: Motion asked of the robot and measured on it.
        robot_before: Robot configuration when the call began.
        goal: The goal that is pursued.
        remaining: The calls that were to follow.
        model_version, model_digest: The effect model that predicted.
    """

    call: SkillCall
    before: SceneObservation
    after: SceneObservation
    relations_before: SymbolicState
    relations_predicted: SymbolicState
    relations_observed: SymbolicState
    commanded: Motion
    achieved: Motion
    robot_before: RobotState
    goal: Goal
    remaining: tuple[SkillCall, ...] = ()
    model_version: int
    model_digest: str


def failure_id_of(execution: Execution, stamp_ns: int) -> str:
    """Returns a UUID that depends on the call, the observations and the time alone."""
    text = '|'.join(
        [
            str(stamp_ns),
            execution.call.model_dump_json(),
            execution.before.scene.model_dump_json(),
            execution.after.scene.model_dump_json(),
            execution.model_digest,
        ]
    )
    return str(uuid.uuid5(_NAMESPACE, text))


def assemble_failure(
    execution: Execution,
    violations: Sequence[Violation],
    classification: Classification,
    *,
    stamp_ns: int,
    failure_id: str | None = None,
) -> Failure:
    """Returns the complete record of one failure.

    Args:
        execution: What happened.
        violations: What differed, at least one.
        classification: Why, and the replays behind it.
        stamp_ns: When the verdict fell [ns], on the robot's clock.
        failure_id: A UUID; ``None`` derives one from the content (``failure_id_of``).

    Raises:
        pydantic.ValidationError: If there is no violation or the call names unknown objects.
    """
    return Failure(
        failure_id=failure_id or failure_id_of(execution, stamp_ns),
        stamp_ns=stamp_ns,
        kind=classification.kind,
        evidence=classification.evidence,
        violated=tuple(violations),
        before=execution.before,
        after=execution.after,
        relations_before=execution.relations_before,
        relations_predicted=execution.relations_predicted,
        relations_observed=execution.relations_observed,
        call=execution.call,
        commanded=execution.commanded,
        achieved=execution.achieved,
        robot_before=execution.robot_before,
        model_version=execution.model_version,
        model_digest=execution.model_digest,
        goal=execution.goal,
        remaining_plan=execution.remaining,
    )
