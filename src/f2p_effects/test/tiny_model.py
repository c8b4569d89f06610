# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A small effect model of another kind: two numbers per skill, fitted in closed form.

It shows that store, loop, gate, planner and samplers know no kind of model: it is no ensemble
(E = 1), has no network, and learns no relation.
"""

from __future__ import annotations

from collections.abc import Sequence
import hashlib
import json
from pathlib import Path

import numpy as np
import torch

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.geometry.rigid import of_quaternions
from f2p_core.relations import INSIDE, relation_margins
from f2p_effects.data import concatenate, ExecutionDataset
from f2p_effects.errors import EffectsError
from f2p_effects.kind_groups import margins_of
from f2p_effects.model import geometry_prisms
from f2p_effects.motion import planned_motion, rigid_displacement
from f2p_effects.outcome import member_relations, Motion
from f2p_effects.protocol import EffectModel, EffectPrediction, Fitted, ModelState, SkillBatch
from f2p_effects.rollout import advance_state
from f2p_effects.tuning import FineTuneConfig, TrainConfig

TABLE = 'table.json'
NOISE_M = 0.005
SOFTNESS_M = 0.002


class TinyModel:
    """The acted object does as planned; of what is inside it a share comes along.

    Args:
        share: Per skill the share of the acted object's way that its content makes.
        feasible: Per skill how often the motion succeeds.
        relation_names: Relations it predicts.
        version: Version in the store.
    """

    kind = 'tiny'
    device = torch.device('cpu')

    def __init__(
        self,
        share: dict[str, float],
        feasible: dict[str, float],
        relation_names: Sequence[str],
        version: int = 0,
    ) -> None:
        self.share, self.feasible = share, feasible
        self.relation_names, self.version = tuple(relation_names), version
        covered = self.text() + ' '.join(self.relation_names)
        self.digest = hashlib.sha256(covered.encode()).hexdigest()
        self.skill_names = tuple(sorted(share))

    def text(self) -> str:
        """All that changes a prediction."""
        return json.dumps({'share': self.share, 'feasible': self.feasible}, sort_keys=True)

    def predict(self, state: ModelState, action: SkillBatch) -> EffectPrediction:
        """Moves the acted object as planned, and what is inside it along."""
        geometry = state.geometry
        prisms = geometry_prisms(geometry)
        planned = planned_motion(prisms, self.skill_names, *action)
        s, n = geometry.position_m.shape[:2]
        acted = torch.nn.functional.one_hot(action.object_index, n).float()
        margins = relation_margins(geometry, (INSIDE.name,))[:, 0]
        within = torch.sigmoid(margins[torch.arange(s), :, action.object_index] / SOFTNESS_M)
        share, feasible = (
            torch.tensor([table[name] for name in self.skill_names])[action.skill]
            for table in (self.share, self.feasible)
        )
        along = acted + share[:, None] * within * (1.0 - acted)
        start = (geometry.position_m * acted[..., None]).sum(1)
        offset = geometry.position_m - start[:, None]
        delta = along[..., None] * rigid_displacement(
            offset, planned.displacement_m, planned.turn_rad
        )
        motion = Motion(
            delta[None],
            (along * planned.turn_rad[:, None])[None],
            torch.full((1, s, n, 4), NOISE_M),
            torch.full((1, s, n, n), NOISE_M),
        )
        return EffectPrediction(
            motion.delta_position_m,
            motion.delta_yaw_rad,
            motion.delta_std,
            member_relations(geometry, motion, self.relation_names),
            feasible[None],
        )

    def advance(self, state: ModelState, prediction: EffectPrediction) -> ModelState:
        """Moves everything by what was predicted."""
        return advance_state(state, prediction)


class TinyLearner:
    """Learner of the tiny model."""

    kind = 'tiny'

    def fit(
        self,
        data: ExecutionDataset,
        config: TrainConfig,
        *,
        relation_names: Sequence[str],
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> Fitted:
        """Counts and averages."""
        del config, seed
        if len(data) == 0:
            raise EffectsError('there is no execution to count')
        control.check('train')
        share, feasible = {}, {}
        for index, name in enumerate(data.skill_names):
            rows = data.take(data.skill == index)
            share[name] = _share(rows)
            feasible[name] = float((1.0 + rows.succeeded.sum()) / (2.0 + len(rows)))
        control.report('train', 1, 1)
        return Fitted(TinyModel(share, feasible, relation_names), ())

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
        """Counts again, with the new executions."""
        if model.kind != self.kind:
            raise EffectsError(f'a model of kind {model.kind!r} is not {self.kind}')
        if len(new) == 0:
            raise EffectsError('there is no new execution to count')
        control.check('fine-tune')
        control.report('fine-tune', 1, 1)
        return self.fit(
            concatenate([new, old]),
            TrainConfig(),
            relation_names=model.relation_names,
            seed=seed,
            control=control,
        )

    def save(self, model: EffectModel, directory: Path) -> None:
        """Writes the two tables."""
        if not isinstance(model, TinyModel):
            raise EffectsError(f'a model of kind {model.kind!r} is not {self.kind}')
        (directory / TABLE).write_text(model.text())

    def load(
        self, directory: Path, *, version: int, relation_names: Sequence[str]
    ) -> TinyModel:
        """Reads them; what is wrong with them is left for the store to say."""
        tables = json.loads((directory / TABLE).read_text())
        return TinyModel(tables['share'], tables['feasible'], relation_names, version)


TINY = TinyLearner()


def _share(data: ExecutionDataset) -> float:
    """How far content went along the acted object's way, as a share; 0 where there was none."""
    if len(data) == 0:
        return 0.0
    position = data.before_position_m.astype(np.float64)
    rotation = of_quaternions(data.before_rotation.astype(np.float64))
    margins = margins_of(data, position, rotation, (INSIDE.name,))
    rows = np.arange(len(data))
    content = margins[rows, :, data.object_index, 0] >= 0.0
    content &= (data.labelled & data.succeeded[:, None]) & data.present
    way = (data.after_position_m - data.before_position_m)[..., :2]
    leader = way[rows, data.object_index][:, None]
    along = (way * leader).sum(-1) / np.maximum((leader * leader).sum(-1), 1e-6)
    far = (leader * leader).sum(-1) > 0.05**2
    used = content & far
    return float(np.median(along[used])) if used.any() else 0.0
