# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Why a skill did something else than predicted, by replaying it in simulation.

The commanded call is replayed in at least twenty scenes that look like the one it was executed
in. If most replays show what the robot saw, the effect model was wrong; if most show what the
model predicted, the execution differed from the simulation. One replay decides nothing: a scene
on the edge can fall either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import FailureKind, ReplayEvidence, violated_entries, Violation
from f2p_core.models import Value
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_planner.config import ClassifyConfig
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.object_table import FloatArray, object_table_of, poses_of, states_of
from f2p_sim.protocol import Rollout, Simulator


class Classification(Value):
    """Kind of a failure, the counts behind it and a sentence for the user.

    Attributes:
        kind: Why the world differed from the prediction.
        evidence: Counts over the replays whose motion succeeded.
        reason: The rule that decided, in words.
    """

    kind: FailureKind
    evidence: ReplayEvidence
    reason: str


class FailedCall(Value):
    """What is to be classified.

    Attributes:
        call: The commanded call.
        violations: What differed, at least one.
        before: The observed scene before the call.
        after: The observed scene after it.
        motion_succeeded: Whether the robot's motion went as commanded.
    """

    call: SkillCall
    violations: Annotated[tuple[Violation, ...], Field(min_length=1)]
    before: Scene
    after: Scene
    motion_succeeded: bool


def classify(
    failed: FailedCall,
    posterior_scenes: Sequence[Scene],
    simulator: Simulator,
    *,
    seed: int,
    config: ClassifyConfig | None = None,
    control: Control = UNCONTROLLED,
) -> Classification:
    """Classifies one failure.

    The first rule that applies decides:

    1. The motion did not succeed: ``MOTION_FAILURE``; nothing is replayed.
    2. Every violated relation is about an object that moved (more than ``moved_m``) far from the
       action (``far_m``), is neither the acted object nor on or in it, and that fewer than
       ``rare`` of the replays move: ``DISTURBANCE``.
    3. At least ``frequent`` of the replays agree with the observation:
       ``INCORRECT_SYMBOLIC_PREDICTION``.
    4. At least ``frequent`` agree with the prediction: ``SIM2REAL_GAP``.
    5. ``UNKNOWN``.

    A replay agrees with the observation where more than half of the violated relations come out
    as observed, with the prediction where fewer than half do. Replays whose motion fails say
    nothing and are not counted; if fewer than ``min_replays`` remain, rule 5 applies.

    Args:
        failed: The call and what differed.
        posterior_scenes: Scenes like ``failed.before`` to replay in, at least ``min_replays``.
        simulator: Runs the replays.
        seed: Seed of the replays.
        config: Thresholds.
        control: Polled and told by the simulator.

    Raises:
        PlannerError: ``NO_REPLAY`` with too few scenes.
        InvalidInputError: If the simulator does not label a violated relation.
        CancelledError: If ``control`` said stop.
    """
    config = config or ClassifyConfig()
    if not failed.motion_succeeded:
        return Classification(
            kind=FailureKind.MOTION_FAILURE,
            evidence=ReplayEvidence(replays=0, like_observed=0, like_predicted=0),
            reason='the motion did not go as commanded',
        )
    _require_enough(posterior_scenes, config)
    rollouts = simulator.simulate(
        posterior_scenes,
        [failed.call] * len(posterior_scenes),
        seed=seed,
        control=control,
    )
    valid = [i for i, rollout in enumerate(rollouts) if rollout.motion_succeeded]
    replays = [rollouts[i] for i in valid]
    share = _observed_share(failed.violations, replays)
    evidence = ReplayEvidence(
        replays=len(valid),
        like_observed=int((share > 0.5).sum()),
        like_predicted=int((share < 0.5).sum()),
    )
    moved = _moved_share([posterior_scenes[i] for i in valid], replays, config)
    disturbed = _all_disturbed(failed, moved, config)
    return _decide(evidence, disturbed, config)


def _require_enough(scenes: Sequence[Scene], config: ClassifyConfig) -> None:
    if len(scenes) < config.min_replays:
        raise PlannerError(
            PlannerErrorCode.NO_REPLAY,
            f'{len(scenes)} scenes to replay in; at least {config.min_replays} are '
            'needed to tell chance from cause',
        )


def _decide(evidence: ReplayEvidence, disturbed: bool, config: ClassifyConfig) -> Classification:
    n = evidence.replays
    if n < config.min_replays:
        kind, reason = FailureKind.UNKNOWN, f'the motion succeeded in only {n} replays'
    elif disturbed:
        kind = FailureKind.DISTURBANCE
        reason = 'only objects far from the action moved, and no replay moves them'
    elif evidence.like_observed >= config.frequent * n:
        kind = FailureKind.INCORRECT_SYMBOLIC_PREDICTION
        reason = f'{evidence.like_observed} of {n} replays show what was observed'
    elif evidence.like_predicted >= config.frequent * n:
        kind = FailureKind.SIM2REAL_GAP
        reason = f'{evidence.like_predicted} of {n} replays show what was predicted'
    else:
        kind = FailureKind.UNKNOWN
        reason = f'neither outcome is frequent among {n} replays'
    return Classification(kind=kind, evidence=evidence, reason=reason)


def _observed_share(violations: Sequence[Violation], rollouts: Sequence[Rollout]) -> FloatArray:
    """Returns per rollout the share of violated relations that came out as observed."""
    if not rollouts:
        return np.zeros(0)
    ids = rollouts[0].end_scene.object_ids
    entries = violated_entries(violations, rollouts[0].relation_names, ids)
    margins = np.stack([rollout.margins for rollout in rollouts])
    holds = margins[(slice(None), *entries)] >= 0.0
    observed = np.array([v.observed_margin >= 0.0 for v in violations])
    share: FloatArray = (holds == observed).mean(axis=1)
    return share


def _moved_share(
    scenes: Sequence[Scene], rollouts: Sequence[Rollout], config: ClassifyConfig
) -> dict[str, float]:
    """Returns per object in what share of the replays it moved."""
    if not scenes:
        return {}
    start = np.stack([poses_of(scene).position_m[0] for scene in scenes])
    end = np.stack([poses_of(rollout.end_scene).position_m[0] for rollout in rollouts])
    moved = (np.linalg.norm(end - start, axis=-1) > config.moved_m).mean(axis=0)
    return dict(zip(scenes[0].object_ids, moved.tolist(), strict=True))


def _all_disturbed(
    failed: FailedCall, moved_share: dict[str, float], config: ClassifyConfig
) -> bool:
    """Whether every violated relation is explained by an object the action cannot have moved."""
    before = failed.before
    start, end = poses_of(before).position_m[0], poses_of(failed.after).position_m[0]
    acted = before.index(failed.call.object_id)
    states = states_of(poses_of(before), object_table_of(before))
    on_acted = states.on_object[0, :, acted]
    places = np.stack([start[acted], end[acted]])
    moved = np.linalg.norm(end - start, axis=-1) > config.moved_m
    distance = np.linalg.norm(start[:, None] - places, axis=-1).min(axis=1)
    foreign = moved & (distance > config.far_m) & ~on_acted
    foreign[acted] = False

    def explains(object_id: str) -> bool:
        return (
            bool(foreign[before.index(object_id)])
            and moved_share.get(object_id, 0.0) < config.rare
        )

    return all(explains(v.subject_id) or explains(v.object_id) for v in failed.violations)
