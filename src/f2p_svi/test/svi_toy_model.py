# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A small effect model with known uncertainty: content stays, or rides with its container."""

from __future__ import annotations

import math

import torch

from f2p_core.batch import SceneBatch
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.skill import SKILLS
from f2p_effects.protocol import EffectPrediction, ModelState, SkillBatch

MEMBERS = 3


class RidingModel:
    """Member e moves what is inside the acted object by ``ride[e]`` times the object's move.

    Its members disagree about content only, more the farther the container is carried.
    """

    kind = 'toy'
    relation_names = RELATION_NAMES
    skill_names = SKILLS.names
    version = 1
    digest = 'toy'
    device = torch.device('cpu')

    def __init__(self, ride: tuple[float, ...] = (0.0, 0.1, 0.2)) -> None:
        self._ride = torch.tensor(ride)

    def predict(self, state: ModelState, action: SkillBatch) -> EffectPrediction:
        """Moves the acted object to where the parameters say, content partly with it."""
        geometry = state.geometry
        rows = torch.arange(len(action.parameters))
        target = geometry.position_m[rows, action.target_index]
        xy = target[:, :2] + action.parameters[:, :2]
        start = geometry.position_m[rows, action.object_index]
        move = torch.cat([xy - start[:, :2], 0.0 * xy[:, :1]], dim=-1)
        inside = relation_margins(geometry, ('inside',))[:, 0]
        content = torch.sigmoid(inside[rows, :, action.object_index] / 0.002)
        acted = torch.nn.functional.one_hot(action.object_index, geometry.position_m.shape[1])
        share = acted + self._ride[:, None, None] * content
        delta = share[..., None] * move[:, None]
        moved = (geometry.position_m + delta).flatten(0, 1)
        e, (s, n) = len(self._ride), geometry.position_m.shape[:2]
        after = SceneBatch(
            geometry.object_ids,
            geometry.kinds,
            geometry.fixed,
            moved,
            geometry.rotation.expand(e, *geometry.rotation.shape).flatten(0, 1),
            geometry.dimensions.expand(e, *geometry.dimensions.shape).flatten(0, 1),
        )
        margins = relation_margins(after).reshape(e, s, len(RELATION_NAMES), n, n)
        return EffectPrediction(
            delta,
            torch.zeros(e, s, n) + 0.0 * delta[..., 0],
            torch.full((e, s, n, 4), 0.005),
            torch.sigmoid(margins / 0.01),
            torch.sigmoid(4.0 - (action.parameters[:, 2] / math.pi).square()).expand(e, -1),
        )

    def advance(self, state: ModelState, prediction: EffectPrediction) -> ModelState:
        """Moves everything by the mean."""
        moved = state.geometry.position_m + prediction.delta_position_m.mean(0)
        return ModelState(state.geometry._replace(position_m=moved), state.clouds_object)
