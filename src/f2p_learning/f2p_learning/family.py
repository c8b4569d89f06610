# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The failure's family: executions like it, and whether a model predicts their outcome."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.failure import Failure
from f2p_core.relations import RELATION_NAMES
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.inputs import model_state, skill_batch
from f2p_effects.protocol import EffectModel
from f2p_sim.protocol import Rollout


def violated_entries(failure: Failure) -> tuple[NDArray[np.intp], ...]:
    """Returns the indices (relation, subject, object) of the violated relations, three arrays."""
    scene = failure.before.scene
    entries = [
        (RELATION_NAMES.index(v.relation), scene.index(v.subject_id), scene.index(v.object_id))
        for v in failure.violated
    ]
    return tuple(np.array(column) for column in zip(*entries, strict=True))


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
        prediction = model.predict(state, skill_batch(scenes[0].object_ids, calls))
    return prediction.probability.double().numpy()


def outcome_right(
    failure: Failure, probability: NDArray[np.float64], rollouts: Sequence[Rollout]
) -> NDArray[np.bool_]:
    """Tells per execution whether every violated relation came out as the model predicts.

    Args:
        failure: Names the relations that count.
        probability: Predicted P(relation), shape (S, R, N, N).
        rollouts: The S executions.

    Returns:
        One boolean per execution, shape (S,).
    """
    r, a, b = violated_entries(failure)
    held = np.stack([rollout.margins for rollout in rollouts])[:, r, a, b] >= 0.0
    agree = np.equal(probability[:, r, a, b] > 0.5, held)
    return np.asarray(agree.all(axis=1), dtype=np.bool_)


def failure_explained(failure: Failure, model: EffectModel, seed: int) -> bool:
    """Tells whether the model predicts the violated relations as they were observed."""
    probability = predicted_relations(model, [failure.before.scene], [failure.call], seed)[0]
    return all(
        (probability[entry] > 0.5) == (violation.observed_margin >= 0.0)
        for entry, violation in zip(
            zip(*violated_entries(failure), strict=True), failure.violated, strict=True
        )
    )
