# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
r"""An effect model of its own kind: Bayesian logistic regression on what rides along.

The acted object moves as planned. Another one makes a share :math:`a = \sigma(w^\top x)` of that
rigid motion, with :math:`x = (1 - o, o)` and o near 1 where it stands on the acted one, else near
0. A priori things stay where they are. The posterior of w is Gaussian about its mode (Laplace's
approximation; MacKay, Information Theory, Inference, and Learning Algorithms, 2003, chapter 41);
its draws are the members of a prediction. There is no network, and fitting takes a second.
"""

from __future__ import annotations

from collections.abc import Sequence
import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
import torch

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.disk import write_atomically
from f2p_core.errors import InvalidInputError
from f2p_core.files import MAX_FILE_BYTES, parse_document, read_regular
from f2p_core.geometry.prisms import gaps, Prisms
from f2p_core.models import Value
from f2p_effects.batches import training_batch
from f2p_effects.data import concatenate, ExecutionDataset
from f2p_effects.errors import EffectsError
from f2p_effects.model import geometry_prisms
from f2p_effects.motion import planned_motion, PlannedMotion, rigid_displacement
from f2p_effects.outcome import member_relations, Motion
from f2p_effects.protocol import EffectModel, EffectPrediction, Fitted, ModelState, SkillBatch
from f2p_effects.rollout import advance_state
from f2p_effects.tuning import FineTuneConfig, TrainConfig

MEMBERS = 8
"""Draws of the posterior that a prediction is made of."""

PRIOR_MEAN, PRIOR_STD = -4.0, 1.5
"""Of each weight: a priori a thing moves along with 2 %, hardly ever with more than 30 %."""

FAR_M = 0.03
"""Shorter planned motions do not tell what rides along [m]."""

STILL_M, MOVED_M = 0.002, 0.008
"""Laplace scale of positions: of what stays, and of what moves, relative to what does not [m]."""

STANDING_GAP_M = 0.01
"""What stands on another may seem this far above it [m]: the error of a view."""

FILE = 'riders.json'


class Riders(Value):
    """All that changes a prediction.

    Attributes:
        schema_version: Version of the file's form.
        skill_names: Skills it knows.
        weights: Draws from the posterior, one (beside, on) per member.
        feasible: Per skill how often the motion succeeded.
    """

    schema_version: Literal[1] = 1
    skill_names: tuple[str, ...]
    weights: tuple[tuple[float, float], ...]
    feasible: tuple[Annotated[float, Field(ge=0.0, le=1.0)], ...]


class RiderModel:
    """An ``EffectModel``."""

    kind = 'riders'
    device = torch.device('cpu')

    def __init__(self, riders: Riders, relation_names: Sequence[str], version: int = 0) -> None:
        self.riders = riders
        self.skill_names = riders.skill_names
        self.relation_names, self.version = tuple(relation_names), version
        covered = riders.model_dump_json() + ' '.join(self.relation_names)
        self.digest = hashlib.sha256(covered.encode()).hexdigest()

    def predict(self, state: ModelState, action: SkillBatch) -> EffectPrediction:
        """Predicts; see the Protocol."""
        prisms = geometry_prisms(state.geometry)
        planned = planned_motion(prisms, self.skill_names, *action)
        weights = torch.tensor(self.riders.weights)
        share = torch.sigmoid(torch.einsum('ef,snf->esn', weights, _features(prisms, action)))
        acted = torch.nn.functional.one_hot(action.object_index, share.shape[-1])
        share = torch.where(acted.bool(), 1.0, share) * ~prisms.fixed
        apart = (share[..., :, None] - share[..., None, :]).abs()
        motion = Motion(
            share[..., None] * _rigid(prisms, action, planned),
            share * planned.turn_rad[:, None],
            (STILL_M + MOVED_M * share)[..., None].expand(*share.shape, 4),
            STILL_M + MOVED_M * apart,
        )
        feasible = torch.tensor(self.riders.feasible)[action.skill]
        return EffectPrediction(
            motion.delta_position_m,
            motion.delta_yaw_rad,
            motion.delta_std,
            member_relations(state.geometry, motion, self.relation_names),
            feasible.expand(len(weights), -1),
        )

    def advance(self, state: ModelState, prediction: EffectPrediction) -> ModelState:
        """Moves everything by the mean of what was predicted."""
        return advance_state(state, prediction)


class RiderLearner:
    """An ``EffectLearner``."""

    kind = RiderModel.kind

    def fit(
        self,
        data: ExecutionDataset,
        config: TrainConfig,
        *,
        relation_names: Sequence[str],
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> Fitted:
        """Finds the posterior and draws from it; the settings mean nothing here."""
        del config
        control.check('train')
        if len(data) == 0:
            raise EffectsError('there is no execution to learn from')
        names = tuple(n for i, n in enumerate(data.skill_names) if (data.skill == i).any())
        data = data.for_skills(names)
        counts = [data.succeeded[data.skill == i] for i in range(len(names))]
        riders = Riders(
            skill_names=names,
            weights=_posterior_draws(*_examples(data), seed),
            feasible=tuple((1.0 + float(c.sum())) / (2.0 + len(c)) for c in counts),
        )
        control.report('train', 1, 1)
        return Fitted(RiderModel(riders, relation_names), ())

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
        """Finds the posterior again, given old and new executions."""
        del config
        names, both = _own(model).relation_names, concatenate([old, new])
        return self.fit(both, TrainConfig(), relation_names=names, seed=seed, control=control)

    def save(self, model: EffectModel, directory: Path) -> None:
        """Writes one JSON file."""
        write_atomically(directory / FILE, _own(model).riders.model_dump_json().encode())

    def load(
        self, directory: Path, *, version: int, relation_names: Sequence[str]
    ) -> RiderModel:
        """Reads it."""
        path = directory / FILE
        try:
            riders = parse_document(Riders, read_regular(path, MAX_FILE_BYTES), str(path))
        except InvalidInputError as error:
            raise EffectsError(str(error)) from error
        return RiderModel(riders, relation_names, version)


RIDERS = RiderLearner()


def _own(model: EffectModel) -> RiderModel:
    if not isinstance(model, RiderModel):
        raise EffectsError(f'a model of kind {model.kind!r} is no {RiderModel.kind}')
    return model


def _features(prisms: Prisms, action: SkillBatch) -> torch.Tensor:
    """(beside, on) of every object, shape (S, N, 2); differentiable."""
    acted = prisms.take(action.object_index).unsqueeze(1)
    between = gaps(prisms, acted)
    over = (prisms.position_m[..., 2] > acted.position_m[..., 2]).float()
    standing = torch.sigmoid((STANDING_GAP_M - between.vertical) / STILL_M)
    on = over * standing * torch.sigmoid(-between.lateral / STILL_M)
    return torch.stack([1.0 - on, on], dim=-1)


def _rigid(prisms: Prisms, action: SkillBatch, planned: PlannedMotion) -> torch.Tensor:
    """Displacement of what moves rigidly with the acted object, shape (S, N, 3) [m]."""
    offset = prisms.position_m - prisms.take(action.object_index).position_m[:, None]
    moved: torch.Tensor = rigid_displacement(offset, planned.displacement_m, planned.turn_rad)
    return moved


def _examples(data: ExecutionDataset) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (M, 2) of other objects, and 1.0 for those that rode along (M,)."""
    batch = training_batch(data, data.skill_names, cloud_points=1, seed=0)
    action = SkillBatch(*batch.call)
    planned = planned_motion(batch.prisms, data.skill_names, *action)
    rigid = _rigid(batch.prisms, action, planned)
    length = rigid.norm(dim=-1)
    share = (batch.delta_position_m * rigid).sum(-1) / length.square().clamp_min(1e-9)
    n = length.shape[1]
    acted = torch.nn.functional.one_hot(action.object_index, n).bool()
    used = batch.has_position & ~acted & (length > FAR_M)
    return _features(batch.prisms, action)[used], (share[used] > 0.5).float()


def _posterior_draws(
    x: torch.Tensor, y: torch.Tensor, seed: int
) -> tuple[tuple[float, float], ...]:
    """Draws weights from Laplace's approximation: Newton steps to the mode, then a Gaussian."""
    x, y = x.double(), y.double()
    prior = torch.eye(2, dtype=torch.float64) / PRIOR_STD**2
    mean = torch.full((2,), PRIOR_MEAN, dtype=torch.float64)
    w = mean
    for _ in range(30):
        p = torch.sigmoid(x @ w)
        hessian = x.T @ ((p * (1.0 - p))[:, None] * x) + prior
        w = w - torch.linalg.solve(hessian, x.T @ (p - y) + prior @ (w - mean)).clamp(-2.0, 2.0)
    noise = torch.randn(
        2, MEMBERS, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    )
    root = torch.linalg.cholesky(hessian)
    draws = w[:, None] + torch.linalg.solve_triangular(root.T, noise, upper=True)
    return tuple((float(beside), float(on)) for beside, on in draws.T)
