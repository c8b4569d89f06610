# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Calls that do something else with the object of the failed call."""

from __future__ import annotations

import numpy as np
from svi_toy_model import RidingModel
import torch

from f2p_core.skill import call_bounds, SHIPPED_HAND, SkillCall, SKILLS
from f2p_effects.inputs import model_state, skill_batch
from f2p_svi.actions.alternatives import alternative_calls
from f2p_svi.actions.objectives import Objective, OBJECTIVES
from f2p_tasks.tabletop import CONTAINER, TABLE_A, TABLE_B
from f2p_tasks.transport import transport_scene

RNG = np.random.default_rng(0)

FAILED = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
)


def drawn(n: int, seed: int = 0, objective: Objective = OBJECTIVES['geometry']) -> list[SkillCall]:
    scenes = [transport_scene(3, np.random.default_rng(5))] * 2
    rows = [i % 2 for i in range(n)]
    return alternative_calls(
        scenes, rows, FAILED, RidingModel(), objective, SHIPPED_HAND, np.random.default_rng(seed)
    )


def test_another_skill_or_target_within_its_bounds() -> None:
    scene = transport_scene(3, np.random.default_rng(5))
    calls = drawn(40)
    kinds = {(call.skill, call.target_id) for call in calls}
    assert kinds == {('pick_place', TABLE_A), ('push', TABLE_A)}
    for call in calls:
        assert call.object_id == CONTAINER
        low, high = call_bounds(scene, call.skill, call.object_id, call.target_id)
        assert np.all(low - 1e-9 <= call.parameters)
        assert np.all(call.parameters <= high + 1e-9)


def test_same_seed_same_calls() -> None:
    assert drawn(6, seed=1) == drawn(6, seed=1) != drawn(6, seed=2)


def test_nothing_wanted_nothing_drawn() -> None:
    assert drawn(0) == []


def test_informative_calls_are_preferred() -> None:
    def disagreement(objective: Objective) -> float:
        calls = drawn(120, objective=objective)
        state = model_state([transport_scene(3, np.random.default_rng(5))] * len(calls), RNG)
        action = skill_batch(state.geometry.object_ids, calls, SKILLS.names)
        return float(OBJECTIVES['geometry'](RidingModel().predict(state, action)).mean())

    indifferent = disagreement(lambda prediction: torch.zeros(prediction.feasible.shape))
    assert disagreement(OBJECTIVES['geometry']) > 1.3 * indifferent
