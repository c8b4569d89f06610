# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Other things that can be done with the object of the failed call.

A model that was wrong about one call is wrong about its relatives: the same object put elsewhere,
or pushed. A planner would find these next, so some of the budget goes to them. Skill and target
are discrete, which SVGD cannot move between: they are drawn, and the informative ones kept. (This
is the project's addition to the paper's method.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from f2p_core.scene import Scene
from f2p_core.skill import call_bounds, Hand, SkillCall, SKILLS
from f2p_effects.inputs import model_state, skill_batch
from f2p_effects.protocol import EffectModel
from f2p_svi.actions.objectives import Objective
from f2p_svi.actions.posterior import take_states

__all__ = ['alternative_calls']

_CANDIDATES = 12
"""Calls drawn per call that is chosen, by how informative they are."""


class _Option(NamedTuple):
    """A skill and a target other than the failed ones."""

    skill: str
    target_id: str


def alternative_calls(
    scenes: Sequence[Scene],
    rows: Sequence[int],
    failed: SkillCall,
    model: EffectModel,
    objective: Objective,
    hand: Hand,
    rng: np.random.Generator,
    device: torch.device | str = 'cpu',
) -> list[SkillCall]:
    """Draws calls of the failed call's object with another skill or target.

    Of a dozen candidates for each place one is drawn with probability proportional to
    P(motion succeeds) · exp(objective), the objective in units of its spread.

    Args:
        scenes: S scenes of the same objects.
        rows: Index of the scene each call is wanted for, length n.
        failed: The failed call.
        model: The effect model that predicted wrongly.
        objective: What makes a call informative.
        hand: The hand that is to carry them out.
        rng: Source of all randomness.
        device: Where the model computes.

    Returns:
        n calls; the failed call itself where the object allows nothing else.
    """
    if not rows:
        return []
    options = {row: _options(scenes[row], failed, model.skill_names, hand) for row in rows}
    candidates = [
        _drawn(scenes[row], failed, options[row], rng) for row in rows for _ in range(_CANDIDATES)
    ]
    state = model_state(scenes, rng, device=str(device))
    index = torch.tensor(list(rows), device=device).repeat_interleave(_CANDIDATES)
    calls = skill_batch(scenes[0].object_ids, candidates, model.skill_names, device=str(device))
    with torch.no_grad():
        prediction = model.predict(take_states(state, index), calls)
        value = objective(prediction)
        scaled = value / value.std(correction=0).clamp_min(1e-6)
        weight = scaled + prediction.feasible.clamp_min(1e-6).log()
        share = weight.reshape(-1, _CANDIDATES).softmax(-1).double().cpu().numpy()
    chosen = [rng.choice(_CANDIDATES, p=row / row.sum()) for row in share]
    return [candidates[i * _CANDIDATES + k] for i, k in enumerate(chosen)]


def _drawn(
    scene: Scene, failed: SkillCall, options: Sequence[_Option], rng: np.random.Generator
) -> SkillCall:
    """Draws an option and parameters uniformly within its bounds."""
    if not options:
        return failed
    option = options[int(rng.integers(len(options)))]
    low, high = call_bounds(scene, option.skill, failed.object_id, option.target_id)
    parameters = tuple(rng.uniform(low, high).tolist())
    return SkillCall(
        skill=option.skill,
        object_id=failed.object_id,
        target_id=option.target_id,
        parameters=parameters,
    )


def _options(
    scene: Scene, failed: SkillCall, skill_names: Sequence[str], hand: Hand
) -> list[_Option]:
    """Skills and targets the object allows as it stands, for skills the model knows."""
    every = [
        _Option(skill.name, target)
        for skill in SKILLS
        if skill.name in skill_names
        for target in scene.object_ids
        if skill.possible(scene, failed.object_id, target, hand)
    ]
    return [o for o in every if o != (failed.skill, failed.target_id)]
