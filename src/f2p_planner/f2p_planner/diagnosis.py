# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""From a violated prediction to a classified failure record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure, FailureKind, ReplayEvidence
from f2p_core.scene import Scene
from f2p_planner.classification import Classification, classify, FailedCall
from f2p_planner.config import ClassifyConfig
from f2p_planner.failure_record import assemble_failure, Execution
from f2p_planner.monitor import Verdict
from f2p_sim.protocol import Simulator

Posterior = Callable[[Failure], Sequence[Scene]]
"""Draws scenes like the one before a failure, whose kind is not known yet."""


class Replays(NamedTuple):
    """What a failure is replayed with.

    Attributes:
        posterior: Draws the scenes to replay in.
        simulator: Runs the replays.
        seed: Seed of the replays.
    """

    posterior: Posterior
    simulator: Simulator
    seed: int


def diagnose(
    execution: Execution,
    verdict: Verdict,
    replays: Replays,
    *,
    motion_succeeded: bool,
    config: ClassifyConfig | None = None,
    control: Control = UNCONTROLLED,
) -> Failure:
    """Classifies a violated execution and returns its complete record.

    Args:
        execution: What was commanded, predicted and seen.
        verdict: The monitor's, with at least one violation.
        replays: What the replays are made with; not used where the motion failed.
        motion_succeeded: Whether the robot's motion went as commanded.
        config: Thresholds of the classification.
        control: Polled and told by the simulator.

    Raises:
        PlannerError: If there are too few scenes to replay in.
        CancelledError: If ``control`` said stop.
    """
    none = ReplayEvidence(replays=0, like_observed=0, like_predicted=0)
    draft = assemble_failure(
        execution,
        verdict.violations,
        Classification(kind=FailureKind.UNKNOWN, evidence=none, reason='not classified yet'),
        stamp_ns=execution.after.stamp_ns,
    )
    failed = FailedCall(
        call=execution.call,
        violations=verdict.violations,
        before=execution.before.scene,
        after=execution.after.scene,
        motion_succeeded=motion_succeeded,
    )
    why = classify(
        failed,
        replays.posterior(draft) if motion_succeeded else (),
        replays.simulator,
        seed=replays.seed,
        config=config,
        control=control,
    )
    return draft.model_copy(update={'kind': why.kind, 'evidence': why.evidence})
