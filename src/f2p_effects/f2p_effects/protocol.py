# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What an effect model must offer, and the learner that makes, tunes, writes and reads it.

A model predicts, batched and differentiable, with its uncertainty. Store, loop, gate, planner and
samplers know the two Protocols and nothing of any kind of model.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import torch

from f2p_core.batch import SceneBatch
from f2p_core.control import Control, UNCONTROLLED
from f2p_effects.data import ExecutionDataset
from f2p_effects.tuning import FineTuneConfig, TrainConfig


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
        skill: Index into the ``skill_names`` of the model it is for, shape (S,), int64.
        object_index: Acted object, shape (S,), int64.
        target_index: Target support, shape (S,), int64.
        parameters: Values in the order of the skill's parameters, anything beyond them, shape
            (S, P), may require gradients.
    """

    skill: torch.Tensor
    object_index: torch.Tensor
    target_index: torch.Tensor
    parameters: torch.Tensor


class EffectPrediction(NamedTuple):
    """What E draws of a posterior expect after the skill, for example the members of an ensemble.

    E = 1 is allowed: such a model has no epistemic uncertainty.

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
    """The skill effect model: a role, played by a network ensemble here and by others."""

    @property
    def kind(self) -> str:
        """Kind of model: the name of its learner in ``f2p_effects.learners.EFFECT_MODELS``."""

    @property
    def relation_names(self) -> tuple[str, ...]:
        """Names of the R predicted relations."""

    @property
    def skill_names(self) -> tuple[str, ...]:
        """Names of the skills it knows, in the order of the indices in ``SkillBatch``."""

    @property
    def version(self) -> int:
        """Version in the model store; 0 for a model that was never stored."""

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal, over all that changes a prediction, relations among it."""

    @property
    def device(self) -> torch.device:
        """Where it computes, and where it expects its inputs."""

    def predict(self, state: ModelState, action: SkillBatch) -> EffectPrediction:
        """Predicts the effect of one skill call in each state.

        Differentiable in ``action.parameters`` and in the state's geometry.
        """

    def advance(self, state: ModelState, prediction: EffectPrediction) -> ModelState:
        """Returns the expected next state: poses moved by the ensemble mean, clouds with them."""


class Fitted(NamedTuple):
    """A model that was trained or tuned, and the losses on the way, per epoch or step."""

    model: EffectModel
    losses: tuple[float, ...]


@runtime_checkable
class EffectLearner(Protocol):
    """Makes effect models of one kind. Same arguments, same model on the same machine."""

    @property
    def kind(self) -> str:
        """Name of the kind: a word."""

    def fit(
        self,
        data: ExecutionDataset,
        config: TrainConfig,
        *,
        relation_names: Sequence[str],
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> Fitted:
        """Trains a new model.

        Args:
            data: What happened; executions whose motion failed among them.
            config: Settings; those that mean nothing to this kind are left alone.
            relation_names: Relations it shall predict.
            seed: Of everything random.
            control: Says when to stop; told how far it is.

        Raises:
            EffectsError: If there is nothing to learn from.
            CancelledError: If ``control`` said stop.
        """

    def finetune(
        self,
        model: EffectModel,
        new: ExecutionDataset,
        old: ExecutionDataset,
        config: FineTuneConfig,
        *,
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> Fitted:
        """Returns a tuned copy of a model; the model itself stays as it is.

        Args:
            model: A model of this kind; the copy predicts the same relations.
            new: Executions of the failure and its like (and of earlier failures).
            old: Executions the model was trained on, so that it does not forget.
            config: Settings; those that mean nothing to this kind are left alone.
            seed: Of everything random.
            control: Says when to stop; told how far it is.

        Raises:
            EffectsError: If there is nothing to learn from, or the model is of another kind.
            CancelledError: If ``control`` said stop.
        """

    def save(self, model: EffectModel, directory: Path) -> None:
        """Writes into an empty folder all that changes a prediction.

        Files end in ``.safetensors`` or ``.json``; never code, never pickles.

        Raises:
            EffectsError: If the model is of another kind.
        """

    def load(
        self, directory: Path, *, version: int, relation_names: Sequence[str]
    ) -> EffectModel:
        """Reads what ``save`` wrote; the digest is computed from what was read.

        Args:
            directory: The folder.
            version: Version of the model in its store.
            relation_names: Relations it predicts.

        Raises:
            EffectsError: If the files are missing, cut short or of another form; names the file.
        """
