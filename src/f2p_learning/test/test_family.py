# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the gate counts and how: which executions, which model, and what counts as right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import pytest
import torch

from f2p_core.failure import violated_entries
from f2p_core.files import read_failure
from f2p_effects.data import ExecutionDataset
from f2p_effects.protocol import EffectModel, EffectPrediction
from f2p_effects.store import ModelStore
from f2p_learning.config import LearningConfig
from f2p_learning.family import failure_explained, like_failure, LikeFailure, outcome_right
from f2p_learning.gate import held_out_executions, HeldOut, judge
from f2p_learning.pretrain import OldData
from f2p_sim.protocol import Rollout

ROOT = Path(__file__).parents[3]
FAILURE = read_failure(ROOT / 'examples' / 'failure_filled_carry.json')
SCENE = FAILURE.before.scene
OBSERVED = np.array([v.observed for v in FAILURE.violated])
SHIPPED = ModelStore(ROOT / 'models').load_active()
RIGHT, WRONG = np.where(OBSERVED, 0.9, 0.1), np.where(OBSERVED, 0.1, 0.9)


class Says:
    """The shipped model, but for what it says of the violated relations."""

    def __init__(self, probability: NDArray[np.float64]) -> None:
        self._probability = torch.as_tensor(probability)

    def __getattr__(self, name: str) -> Any:
        return getattr(SHIPPED, name)

    def predict(self, *arguments: Any) -> EffectPrediction:
        """Returns what the shipped model predicts, with the violated relations as told."""
        predicted = SHIPPED.predict(*arguments)
        said = predicted.member_probability.clone().double()
        if said.shape[-1] == len(SCENE.objects):
            entries = violated_entries(
                FAILURE.violated, SHIPPED.relation_names, SCENE.object_ids
            )
            relation, one, other = map(torch.as_tensor, entries)
            said[:, :, relation, one, other] = self._probability
        return predicted._replace(member_probability=said)


def model_saying(probability: NDArray[np.float64]) -> EffectModel:
    model: Any = Says(probability)
    return model  # type: ignore[no-any-return]


def rollout(
    came_out: NDArray[np.bool_], *, on_the_line: bool = False, moved: bool = True
) -> Rollout:
    """An execution in which the violated relations came out so; on the line: margins are 0."""
    names, n = SHIPPED.relation_names, len(SCENE.objects)
    margins = np.full((len(names), n, n), -1.0)
    held = 0.0 if on_the_line else 0.1
    entries = violated_entries(FAILURE.violated, names, SCENE.object_ids)
    margins[entries] = np.where(came_out, held, -0.1)
    return Rollout(
        end_scene=SCENE,
        contacts=(),
        relation_names=names,
        margins=margins,
        motion_succeeded=moved,
        reason='' if moved else 'no_grasp: it slipped',
        duration_s=1.0,
    )


def family(*rollouts: Rollout) -> HeldOut:
    return HeldOut([SCENE] * len(rollouts), [FAILURE.call] * len(rollouts), rollouts)


def right(probability: NDArray[np.float64], *rollouts: Rollout) -> list[bool]:
    names, n = SHIPPED.relation_names, len(SCENE.objects)
    said = np.zeros((len(rollouts), len(names), n, n))
    entries = violated_entries(FAILURE.violated, names, SCENE.object_ids)
    said[(slice(None), *entries)] = probability
    answer: list[bool] = outcome_right(FAILURE, SHIPPED, said, rollouts).tolist()
    return answer


def test_there_is_more_than_one_relation_to_be_right_about() -> None:
    assert len(FAILURE.violated) > 1


def test_only_executions_that_moved_as_commanded_are_held_out() -> None:
    moved = [True, False, True, True, False]
    rollouts = [rollout(OBSERVED, moved=m) for m in moved]
    calls = [
        FAILURE.call.model_copy(update={'parameters': (0.01 * i, 0.0, 0.0)}) for i in range(5)
    ]
    scenes = [SCENE.model_copy(update={'robot': None}) for _ in range(5)]
    kept = held_out_executions(scenes, calls, rollouts)
    assert [calls.index(call) for call in kept.calls] == [0, 2, 3]
    assert [any(scene is s for s in kept.scenes) for scene in scenes] == moved
    assert all(r.motion_succeeded for r in kept.rollouts)


def test_an_execution_is_right_if_every_violated_relation_is() -> None:
    half = OBSERVED.copy()
    half[0] = not half[0]
    same, one_off, other = rollout(OBSERVED), rollout(half), rollout(~OBSERVED)
    assert right(RIGHT, same, one_off, other) == [True, False, False]
    assert right(WRONG, same, one_off, other) == [False, False, True]


def test_a_relation_holds_at_a_margin_of_nothing_and_is_predicted_above_a_half() -> None:
    every = np.ones_like(OBSERVED)
    assert right(np.full(len(every), 0.51), rollout(every, on_the_line=True)) == [True]
    assert right(np.full(len(every), 0.5), rollout(every, on_the_line=True)) == [False]
    assert right(np.full(len(every), 0.5), rollout(~every)) == [True]


def test_the_failure_is_explained_only_if_every_relation_is() -> None:
    half = RIGHT.copy()
    half[0] = 1.0 - half[0]
    said = {'right': RIGHT, 'half': half, 'wrong': WRONG}
    explained = {
        name: failure_explained(FAILURE, model_saying(p), 0) for name, p in said.items()
    }
    assert explained == {'right': True, 'half': False, 'wrong': False}


def test_undecided_predicts_that_a_relation_does_not_hold() -> None:
    undecided = model_saying(np.full(len(OBSERVED), 0.5))
    assert failure_explained(FAILURE, undecided, 0) == (not OBSERVED.any())
    turned = FAILURE.model_copy(
        update={
            'violated': tuple(
                v.model_copy(update={'observed_margin': -0.1}) for v in FAILURE.violated
            )
        }
    )
    assert failure_explained(turned, undecided, 0)


def test_an_execution_on_the_line_is_like_a_failure_that_held() -> None:
    held = FAILURE.model_copy(
        update={
            'violated': tuple(
                v.model_copy(update={'observed_margin': 0.1}) for v in FAILURE.violated
            )
        }
    )
    on_the_line = rollout(np.ones_like(OBSERVED), on_the_line=True)
    assert like_failure(held, [held.call], [on_the_line]) == LikeFailure(1, 1.0)


@pytest.fixture(scope='module')
def old() -> ExecutionDataset:
    return OldData(ROOT / 'models').held_out().take(np.arange(8))


def test_the_tuned_model_is_judged_by_the_family_and_not_the_one_before(
    old: ExecutionDataset,
) -> None:
    held_out = family(*[rollout(OBSERVED)] * 39, *[rollout(~OBSERVED)] * 13)
    before, after = model_saying(WRONG), model_saying(RIGHT)
    report = judge(FAILURE, before, after, held_out, old, LearningConfig(), seed=0)
    assert report.family_executions == 52
    assert report.family_accuracy_before == pytest.approx(13 / 52)
    assert report.family_accuracy_after == pytest.approx(39 / 52)
    assert report.failure_explained
    assert '0.75 of the held-out executions' in report.reason
    assert not report.accepted
    lenient = LearningConfig(min_family_accuracy=0.75)
    assert judge(FAILURE, before, after, held_out, old, lenient, seed=0).accepted
    back = judge(FAILURE, after, before, held_out, old, LearningConfig(), seed=0)
    assert not back.failure_explained


def test_without_an_execution_nothing_is_right(old: ExecutionDataset) -> None:
    report = judge(
        FAILURE, SHIPPED, SHIPPED, family(), old, LearningConfig(), seed=0
    )
    assert (report.family_executions, report.family_accuracy_after) == (0, 0.0)
    assert 'only 0 held-out executions' in report.reason
