# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_core.geometry.rigid import turned_about_z
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.skill import SKILLS
from f2p_effects.config import ModelConfig
from f2p_effects.data import ExecutionDataset
from f2p_effects.evaluate import evaluate, predictions
from f2p_effects.model import new_model
from f2p_effects.protocol import EffectPrediction, ModelState, SkillBatch


class Remembers:
    """An effect model that has seen the data set: finds an execution by where objects are."""

    kind = 'remembers'
    relation_names = RELATION_NAMES
    skill_names = SKILLS.names
    version = 0
    digest = ''
    device = torch.device('cpu')

    def __init__(self, dataset: ExecutionDataset) -> None:
        self.dataset = dataset

    def predict(self, state: ModelState, action: SkillBatch) -> EffectPrediction:
        data, geometry = self.dataset, state.geometry
        s, n = geometry.position_m.shape[:2]
        position, turn = torch.zeros(1, s, n, 3), torch.zeros(1, s, n)
        probability = torch.zeros(1, s, len(RELATION_NAMES), n, n)
        feasible = torch.zeros(1, s)
        for i in range(s):
            at = geometry.position_m[i].numpy()
            gap = np.linalg.norm(data.before_position_m[:, :, None] - at, axis=-1)
            row = int(np.argmin(gap.min(axis=1).max(axis=-1)))
            columns = gap[row].argmin(axis=0)
            shift = data.after_position_m[row, columns] - data.before_position_m[row, columns]
            position[0, i] = torch.tensor(shift)
            contact = torch.tensor(data.contact[row][np.ix_(columns, columns)])
            probability[0, i, RELATION_NAMES.index('contact')] = contact.float()
            feasible[0, i] = float(data.succeeded[row])
            turn[0, i] = torch.tensor(2 * np.arctan2(
                data.after_rotation[row, columns, 2], data.after_rotation[row, columns, 3]
            ) - 2 * np.arctan2(
                data.before_rotation[row, columns, 2], data.before_rotation[row, columns, 3]
            ))
        end = geometry._replace(
            position_m=geometry.position_m + position[0],
            rotation=turned_about_z(geometry.rotation, turn[0]),
        )
        bits = (relation_margins(end) >= 0).float()
        symbolic = [i for i, name in enumerate(RELATION_NAMES) if name != 'contact']
        probability[0][:, symbolic] = bits[:, symbolic]
        return EffectPrediction(position, turn, torch.zeros(1, s, n, 4), probability, feasible)

    def advance(self, state: ModelState, prediction: EffectPrediction) -> ModelState:
        return state


def test_a_model_that_knows_the_truth_is_right(small_data: ExecutionDataset) -> None:
    data = small_data.take(np.arange(60))
    figures = evaluate(Remembers(data), data)
    assert figures.executions == 60
    assert figures.mean_f1 > 0.999
    assert figures.scene_accuracy > 0.95
    assert figures.feasibility_accuracy == 1.0
    assert figures.position_error_m < 1e-6


def test_an_untrained_model_is_not(small_data: ExecutionDataset) -> None:
    figures = evaluate(new_model(ModelConfig(), 0), small_data.take(np.arange(60)))
    assert figures.scene_accuracy < 0.5
    assert figures.position_error_m > 0.02
    assert figures.mean_f1 < 0.99


def test_what_was_not_seen_is_not_judged(small_data: ExecutionDataset) -> None:
    data = small_data.take(np.arange(40))
    hidden = data.labelled.copy()
    hidden[:, 3:] = False
    parts = predictions(new_model(ModelConfig(), 0), dataclasses.replace(data, labelled=hidden))
    for part in parts:
        unseen = part.group.columns >= 3
        assert np.isnan(part.error_m[unseen]).all()
        assert not part.judged[unseen].any()


def test_evaluation_can_be_stopped(small_data: ExecutionDataset) -> None:
    stopped = Control(should_stop=lambda: True)
    with pytest.raises(CancelledError):
        evaluate(new_model(ModelConfig(), 0), small_data, control=stopped)
