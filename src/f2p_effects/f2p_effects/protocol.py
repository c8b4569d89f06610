# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What an effect model must offer: batched, differentiable predictions with their uncertainty."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch

from f2p_core.batch import SceneBatch


class ModelState(NamedTuple):
    """S states of N objects, as torch float32 tensors.

    Attributes:
        geometry: Poses and shape dimensions in ``map`` (``f2p_core.batch``), torch tensors.
        clouds_object: Surface points in each object's own frame, shape (S, N, P, 3) [m]. Moving
            an object moves its cloud: only ``geometry`` changes.
    """

    geometry: SceneBatch
    clouds_object: torch.Tensor


class SkillBatch(NamedTuple):
    """One skill call per state.

    Attributes:
        skill: Index into the sorted names of ``f2p_core.skill.SKILLS``, shape (S,), int64.
        object_index: Acted object, shape (S,), int64.
        target_index: Target support, shape (S,), int64.
        parameters: Values in the order of the skill's spec, shape (S, 3), may require gradients.
    """

    skill: torch.Tensor
    object_index: torch.Tensor
    target_index: torch.Tensor
    parameters: torch.Tensor


class EffectPrediction(NamedTuple):
    """What E ensemble members expect after the skill.

    Attributes:
        delta_position_m: Displacement of every object in ``map``, shape (E, S, N, 3) [m].
        delta_yaw_rad: Turn about z, shape (E, S, N) [rad].
        delta_std: Predicted standard deviation of (x, y, z [m], yaw [rad]), (E, S, N, 4).
        member_probability: P(relation) after the skill per member, shape (E, S, R, N, N).
        member_feasible: P(the motion succeeds) per member, shape (E, S).
    """

    delta_position_m: torch.Tensor
    delta_yaw_rad: torch.Tensor
    delta_std: torch.Tensor
    member_probability: torch.Tensor
    member_feasible: torch.Tensor

    @property
    def probability(self) -> torch.Tensor:
        """Predictive P(relation), shape (S, R, N, N)."""
        return self.member_probability.mean(dim=0)

    @property
    def feasible(self) -> torch.Tensor:
        """Predictive P(the motion succeeds), shape (S,)."""
        return self.member_feasible.mean(dim=0)


class EffectModel(Protocol):
    """The skill effect model: a role, played by a network ensemble here and by others later."""

    @property
    def relation_names(self) -> tuple[str, ...]:
        """Names of the R predicted relations."""

    @property
    def version(self) -> int:
        """Version in the model store; 0 for a model that was never stored."""

    @property
    def digest(self) -> str:
        """Content digest of the weights and configuration."""

    def predict(self, state: ModelState, action: SkillBatch) -> EffectPrediction:
        """Predicts the effect of one skill call in each state.

        Differentiable in ``action.parameters`` and in the state's geometry.
        """

    def advance(self, state: ModelState, prediction: EffectPrediction) -> ModelState:
        """Returns the expected next state: poses moved by the ensemble mean, clouds with them."""
