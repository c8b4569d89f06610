# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The failure's family: executions like it, and whether a model predicts their outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.failure import Failure, violated_entries
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.inputs import model_state, skill_batch
from f2p_effects.protocol import EffectModel
from f2p_sim.protocol import Rollout


def predicted_relations(
    model: EffectModel, scenes: Sequence[Scene], calls: Sequence[SkillCall], seed: int
) -> NDArray[np.float64]:
    """Returns the model's P(relation) after call i in scene i, shape (S, R, N, N).

    Args:
        model: The effect model.
        scenes: S scenes of one layout.
        calls: One call per scene.
        seed: Of the clouds' noise.
    """
    state = model_state(scenes, np.random.default_rng(seed))
    with torch.no_grad():
        action = skill_batch(scenes[0].object_ids, calls, model.skill_names)
        prediction = model.predict(state, action)
    return prediction.probability.double().numpy()


def outcome_right(
    failure: Failure,
    model: EffectModel,
    probability: NDArray[np.float64],
    rollouts: Sequence[Rollout],
) -> NDArray[np.bool_]:
    """Tells per execution whether every violated relation came out as the model predicts.

    Args:
        failure: Names the relations that count.
        model: What predicted.
        probability: Its P(relation), shape (S, R, N, N).
        rollouts: The S executions, at least one.

    Returns:
        One boolean per execution, shape (S,).

    Raises:
        InvalidInputError: If a violated relation is not predicted, or not labelled.
    """
    ids = failure.before.scene.object_ids
    told = violated_entries(failure.violated, model.relation_names, ids)
    labelled = violated_entries(failure.violated, rollouts[0].relation_names, ids)
    held = np.stack([rollout.margins for rollout in rollouts])[(slice(None), *labelled)] >= 0.0
    agree = np.equal(probability[(slice(None), *told)] > 0.5, held)
    return np.asarray(agree.all(axis=1), dtype=np.bool_)


class LikeFailure(NamedTuple):
    """How many executions repeat what failed, and which share came out the same.

    Attributes:
        executions: Executions of the failed skill, object and target whose motion succeeded.
        share: Of them, those in which every violated relation has the sign it was observed with;
            ``None`` where there are none.
    """

    executions: int
    share: float | None


def like_failure(
    failure: Failure, calls: Sequence[SkillCall], rollouts: Sequence[Rollout]
) -> LikeFailure:
    """Tells how many generated executions fail like the failure.

    Only those count that could: a call that does something else with the object, or a motion that
    failed, says nothing about whether the *scenes* are like the one before the failure. Calls that
    were sought round the failed one count like those that keep close to it: they are the same
    action elsewhere, and what is learned from.

    Args:
        failure: Names the violated relations and how they were observed.
        calls: S executed calls.
        rollouts: What came of them, in scenes of the failure's objects in their order.

    Raises:
        InvalidInputError: If a violated relation is not labelled.
    """
    key = (failure.call.skill, failure.call.object_id, failure.call.target_id)
    counted = [
        rollout.margins
        for call, rollout in zip(calls, rollouts, strict=True)
        if rollout.motion_succeeded and (call.skill, call.object_id, call.target_id) == key
    ]
    if not counted:
        return LikeFailure(0, None)
    observed = np.array([v.observed for v in failure.violated])
    ids = failure.before.scene.object_ids
    entries = violated_entries(failure.violated, rollouts[0].relation_names, ids)
    held = np.stack(counted)[(slice(None), *entries)] >= 0.0
    alike = np.equal(held, observed).all(axis=1)
    return LikeFailure(len(counted), float(alike.mean()))


def failure_explained(failure: Failure, model: EffectModel, seed: int) -> bool:
    """Tells whether the model predicts the violated relations as they were observed.

    Raises:
        InvalidInputError: If the model does not predict one of them.
    """
    scene, violated = failure.before.scene, failure.violated
    entries = violated_entries(violated, model.relation_names, scene.object_ids)
    probability = predicted_relations(model, [scene], [failure.call], seed)[0]
    observed = np.array([violation.observed for violation in violated])
    return bool(np.equal(probability[entries] > 0.5, observed).all())
