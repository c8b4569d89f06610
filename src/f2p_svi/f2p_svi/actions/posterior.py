# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
r"""Informative skill calls round the failed one, per scene.

The target over the parameters a of the failed skill in scene S is

.. math:: p(a | S) ∝ \exp(H(S, a)/T) \, P(\text{motion succeeds} | S, a) \, N(a; a^F, Σ)

within the call's bounds, with H the entropy of the predicted relations (the paper's objective),
their mutual information with the model, or the ensemble's disagreement about where objects go;
the factor for the motion's success, and the last two objectives, are this project's choice. A
declared share of the calls keeps close to the failed one: there the model is *confidently* wrong,
so that its entropy may be low.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from f2p_core.batch import stack_scenes
from f2p_core.geometry.rigid import wrapped
from f2p_core.scene import Scene
from f2p_core.skill import call_bounds, SkillCall, SKILLS
from f2p_effects.inputs import model_state, skill_batch
from f2p_effects.protocol import EffectModel, EffectPrediction, ModelState, SkillBatch
from f2p_svi.actions.objectives import OBJECTIVES
from f2p_svi.config import ActionConfig
from f2p_svi.scenes.parameterization import LOGISTIC_STD
from f2p_svi.stein.kernels import blackjax_bandwidth, rbf_profile, squared_distances

__all__ = ['ActionPosterior', 'CallBox', 'build_action_posterior', 'scene_weights']


_ALIKE_M = 1e-4
"""Scenes that differ by less than this count as the same [m]."""


class CallBox(NamedTuple):
    """The failed call and its bounds in n (scene, call) pairs.

    Attributes:
        low, high: Bounds of the parameters, shape (n, P).
        failed: Parameters of the failed call, moved into the bounds, (n, P).
        circular: Which parameters are angles over a full turn, (P,).
    """

    low: torch.Tensor
    high: torch.Tensor
    failed: torch.Tensor
    circular: torch.Tensor

    def decode(self, particles: torch.Tensor) -> torch.Tensor:
        """Maps particles (n, P) to parameters: angles wrapped, others through a sigmoid."""
        angle = wrapped(particles)
        place = self.low + (self.high - self.low) * torch.sigmoid(LOGISTIC_STD * particles)
        return torch.where(self.circular, angle, place)

    def encode(self, parameters: torch.Tensor) -> torch.Tensor:
        """Maps parameters (n, P) within the bounds to particles."""
        share = (parameters - self.low) / (self.high - self.low).clamp_min(1e-9)
        logit = torch.logit(share.clamp(1e-3, 1.0 - 1e-3)) / LOGISTIC_STD
        return torch.where(self.circular, parameters, logit)

    def draw(self, spread: float, rng: np.random.Generator) -> torch.Tensor:
        """Draws parameters about the failed call, cut off at the bounds, (n, P)."""
        noise = torch.tensor(rng.standard_normal(self.low.shape), dtype=self.low.dtype)
        moved = self.failed + spread * (self.high - self.low) * noise.to(self.low.device)
        angle = wrapped(moved)
        return torch.where(self.circular, angle, torch.clamp(moved, self.low, self.high))

    def log_density(self, particles: torch.Tensor, spread: float) -> torch.Tensor:
        """Returns ln N(a; a^F, Σ) with the Jacobian of ``decode``, (n,).

        Σ is diagonal, its root ``spread`` times the bounds; angles follow a von Mises density.
        """
        offset = self.decode(particles) - self.failed
        std = spread * (self.high - self.low).clamp_min(1e-9)
        logit = LOGISTIC_STD * particles
        jacobian = -logit - 2.0 * torch.nn.functional.softplus(-logit)
        normal = -0.5 * (offset / std).square() + jacobian
        von_mises = (torch.cos(offset) - 1.0) / std.square()
        return torch.where(self.circular, von_mises, normal).sum(-1)


class ActionPosterior(NamedTuple):
    """Target over n calls, each in its scene.

    Attributes:
        model: Gives the prediction a call is judged by.
        rows: Index of each call's scene, (n,).
        state: The scene of each call, n states.
        call: Skill and objects of each call; its parameters are the failed ones.
        box: Bounds.
        config: Objective, temperature and spread.
        scale: Unit of the objective.
    """

    model: EffectModel
    rows: torch.Tensor
    state: ModelState
    call: SkillBatch
    box: CallBox
    config: ActionConfig
    scale: torch.Tensor

    def log_density(self, particles: torch.Tensor) -> torch.Tensor:
        """Returns the unnormalised log density of particles (n, P), shape (n,)."""
        prediction = self.predict(self.box.decode(particles))
        value = OBJECTIVES[self.config.objective](prediction)
        feasible = prediction.feasible.clamp_min(1e-6).log()
        near = self.box.log_density(particles, self.config.spread)
        return value / (self.config.temperature * self.scale) + feasible + near

    def predict(self, parameters: torch.Tensor) -> EffectPrediction:
        """Returns the prediction for parameters (n, P), one row per call."""
        width = self.call.parameters.shape[1]
        wide = torch.nn.functional.pad(parameters, (0, width - parameters.shape[1]))
        return self.model.predict(self.state, self.call._replace(parameters=wide))

    def take(self, index: torch.Tensor) -> ActionPosterior:
        """Returns the target over some of the calls, in the order of the indices."""
        call = SkillBatch(*(field[index] for field in self.call))
        low, high, failed, circular = self.box
        box = CallBox(low[index], high[index], failed[index], circular)
        state = take_states(self.state, index)
        return self._replace(rows=self.rows[index], state=state, call=call, box=box)

    def scaled(self, parameters: torch.Tensor) -> ActionPosterior:
        """Returns the target with the objective in units of its spread over parameters (n, P)."""
        with torch.no_grad():
            value = OBJECTIVES[self.config.objective](self.predict(parameters))
        return self._replace(scale=value.std(correction=0).clamp_min(1e-6))


def build_action_posterior(
    scenes: Sequence[Scene],
    failed: SkillCall,
    rows: torch.Tensor,
    model: EffectModel,
    config: ActionConfig,
    rng: np.random.Generator,
) -> ActionPosterior:
    """Sets up the target for n calls; its objective is not scaled yet.

    Args:
        scenes: S scenes of the same objects, those of the failed call among them.
        failed: The failed call.
        rows: Scene of each call, (n,), on the device to compute on.
        model: The effect model that predicted wrongly.
        config: Objective, temperature and spread.
        rng: Source of cloud noise.
    """
    device = str(rows.device)
    state = take_states(model_state(scenes, rng, device=device), rows)
    one = skill_batch(scenes[0].object_ids, [failed], model.skill_names, device=device)
    call = SkillBatch(*(field.expand(len(rows), *field.shape[1:]) for field in one))
    scale = torch.ones((), device=rows.device)
    box = call_box(scenes, failed, rows)
    return ActionPosterior(model, rows, state, call, box, config, scale)


def scene_weights(scenes: Sequence[Scene]) -> torch.Tensor:
    """Returns how alike scenes are: an RBF of standardised positions and dimensions, (S, S)."""
    batch = stack_scenes(scenes)
    values = np.concatenate([batch.position_m, batch.dimensions], axis=-1).reshape(len(scenes), -1)
    values = values / np.maximum(values.std(axis=0), _ALIKE_M)
    squared = squared_distances(torch.tensor(values, dtype=torch.float32))
    weights, _ = rbf_profile(squared / blackjax_bandwidth(squared))
    return weights


def call_box(scenes: Sequence[Scene], failed: SkillCall, rows: torch.Tensor) -> CallBox:
    """Returns the bounds of the failed call in each of n scenes given by index, (n,)."""
    bounds = [call_bounds(s, failed.skill, failed.object_id, failed.target_id) for s in scenes]
    both = torch.tensor(np.array(bounds), dtype=torch.float32, device=rows.device)[rows]
    low, high = both.unbind(1)
    full_turn = [p.circular for p in SKILLS[failed.skill].parameters]
    centre = torch.tensor(failed.parameters, dtype=torch.float32, device=rows.device)
    circular = torch.tensor(full_turn, device=rows.device)
    return CallBox(low, high, torch.clamp(centre, low, high), circular)


def take_states(state: ModelState, rows: torch.Tensor) -> ModelState:
    """Returns the states of the given indices, in their order."""
    geometry = state.geometry
    chosen = geometry._replace(
        position_m=geometry.position_m[rows],
        rotation=geometry.rotation[rows],
        dimensions=geometry.dimensions[rows],
    )
    return ModelState(chosen, state.clouds_object[rows])
