# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The facts the whole method rests on, on kinematic executions and a small model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from f2p_core.control import Control, Progress
from f2p_core.errors import CancelledError
from f2p_core.relations import RELATION_NAMES
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall, SKILLS
from f2p_effects.batches import mirrored, training_batch
from f2p_effects.clearance import ends_clear
from f2p_effects.config import ModelConfig
from f2p_effects.data import ExecutionDataset
from f2p_effects.errors import EffectsError
from f2p_effects.evaluate import evaluate, GroupPrediction, predictions
from f2p_effects.finetune import finetune
from f2p_effects.losses import losses
from f2p_effects.model import EnsembleEffectModel, new_model
from f2p_effects.pretraining_plan import draw_from
from f2p_effects.train import train
from f2p_effects.tuning import FineTuneConfig, TrainConfig
from f2p_effects.uncertainty import pose_disagreement
from f2p_tasks.calls import free_call
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig
from f2p_tasks.transport import TRANSPORT

INSIDE = RELATION_NAMES.index('inside')
TINY = ModelConfig(members=2, width=8, heads=2, hidden=8, cloud_width=8, cloud_latent=4)
ENTRIES = ('place_on_table', 'load', 'unload', 'carry_empty')


def filled_carry(
    inside: int, home: str, yaw: float, rng: np.random.Generator
) -> tuple[Scene, SkillCall]:
    config = TabletopConfig(inside, 1, 1, home, max_yaw_rad=yaw)
    goal = TABLE_B if home == TABLE_A else TABLE_A
    while True:
        scene = sample_tabletop(config, rng)
        call = free_call(scene, ('pick_place', CONTAINER, goal), rng, ends_clear)
        if call is not None:
            return scene, call


def contents(part: GroupPrediction) -> Iterator[tuple[int, int, np.ndarray]]:
    """Per successful execution its row, the container's column and those of its content."""
    kinds = part.group.kinds
    container = int(np.flatnonzero(kinds == 4)[0])
    for row in range(len(part.group.rows)):
        moved = part.travel_m[row] > 0.2
        moved[container] = False
        if part.travel_m[row, container] > 0.2:
            yield row, container, np.flatnonzero(moved)


def share_kept(model: EnsembleEffectModel, data: ExecutionDataset) -> float:
    """Mean predicted probability that content is still inside after the carry (true: 1)."""
    values = []
    for part in predictions(model, data):
        inside = part.prediction.probability[:, INSIDE].numpy()
        for row, container, content in contents(part):
            values += inside[row, content, container].tolist()
    return float(np.mean(values))


def carries(kinematic, n: int, inside: int, home: str, yaw: float, seed: int):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    return kinematic([filled_carry(inside, home, yaw, rng) for _ in range(n)], rng)


@pytest.fixture(scope='module')
def old(kinematic) -> ExecutionDataset:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(3)
    entries = [e for e in TRANSPORT.pretraining.entries if e.name in ENTRIES]
    data: ExecutionDataset = kinematic(
        [draw_from(entries[i % 4], rng)[1:] for i in range(600)], rng
    )
    return data


@pytest.fixture(scope='module')
def pretrained(old: ExecutionDataset) -> EnsembleEffectModel:
    config = TrainConfig(epochs=18, batch_size=48, learning_rate=3e-3)
    return train(old.take(np.arange(500)), ModelConfig(), config, seed=0).model


def test_a_filled_carry_is_an_honest_failure_and_is_learned_from_20(  # type: ignore[no-untyped-def]
    kinematic, old: ExecutionDataset, pretrained: EnsembleEffectModel
) -> None:
    held_out = old.take(np.arange(500, 600))
    before = evaluate(pretrained, held_out)
    assert before.mean_f1 > 0.97
    families = [(3, TABLE_A, 0.5), (5, TABLE_B, 0.5), (7, TABLE_A, 3.1)]
    tests = [carries(kinematic, 30, *family, seed=11) for family in families]
    for data in tests:
        assert share_kept(pretrained, data) < 0.05

    def spread(data: ExecutionDataset) -> torch.Tensor:
        parts = predictions(pretrained, data)
        return torch.cat([pose_disagreement(p.prediction) for p in parts])

    familiar, strange = spread(held_out), torch.cat([spread(data) for data in tests])
    assert (strange[:, None] > familiar).float().mean() > 0.95

    new = carries(kinematic, 20, 3, TABLE_A, 0.5, seed=12)
    tuned = finetune(pretrained, new, old.take(np.arange(500)), FineTuneConfig(), seed=0).model
    for data in tests:
        assert share_kept(tuned, data) > 0.9
    after = evaluate(tuned, held_out)
    assert before.mean_f1 - after.mean_f1 < 0.01
    assert after.position_error_m < before.position_error_m + 0.005
    for name in ('encoder', 'contact'):
        kept = getattr(pretrained.network, name).state_dict()
        for key, tensor in getattr(tuned.network, name).state_dict().items():
            assert torch.equal(tensor, kept[key])


def test_training_lowers_the_loss_and_repeats(old: ExecutionDataset) -> None:
    config = TrainConfig(epochs=3, batch_size=32)
    first, second = (train(old.take(np.arange(96)), TINY, config, seed=4) for _ in range(2))
    assert first.losses[-1] < first.losses[0]
    assert first.model.digest == second.model.digest
    assert train(old.take(np.arange(96)), TINY, config, seed=5).model.digest != first.model.digest


def test_fine_tuning_repeats_and_leaves_its_model_alone(old: ExecutionDataset) -> None:
    model = new_model(TINY, 0)
    digest = model.digest
    config = FineTuneConfig(steps=3, batch_size=8)
    parts = old.take(np.arange(10)), old.take(np.arange(10, 60))
    first, second = (finetune(model, *parts, config, seed=1).model for _ in range(2))
    assert first.digest == second.digest != digest
    assert EnsembleEffectModel(model.network).digest == digest


def test_both_stop_when_asked_and_tell_how_far_they_are(old: ExecutionDataset) -> None:
    told: list[Progress] = []

    def after_two() -> bool:
        return len(told) >= 2

    few = old.take(np.arange(64))
    with pytest.raises(CancelledError):
        train(
            few, TINY, TrainConfig(epochs=2, batch_size=16), seed=0,
            control=Control(should_stop=after_two, on_progress=told.append),
        )  # fmt: skip
    assert [(p.done, p.total) for p in told] == [(1, 8), (2, 8)]
    told.clear()
    with pytest.raises(CancelledError):
        finetune(
            new_model(TINY, 0), few, few, FineTuneConfig(steps=5), seed=0,
            control=Control(should_stop=after_two, on_progress=told.append),
        )  # fmt: skip
    assert [(p.done, p.total) for p in told] == [(1, 5), (2, 5)]


def test_missing_data_is_named(old: ExecutionDataset) -> None:
    nothing = old.take(np.arange(0))
    with pytest.raises(EffectsError, match='empty data set'):
        train(nothing, TINY, TrainConfig(), seed=0)
    with pytest.raises(EffectsError, match='no new execution'):
        finetune(new_model(TINY, 0), nothing, old, FineTuneConfig(), seed=0)
    with pytest.raises(EffectsError, match='no old executions'):
        finetune(new_model(TINY, 0), old, nothing, FineTuneConfig(), seed=0)


def test_what_was_not_seen_teaches_nothing(old: ExecutionDataset) -> None:
    batch = training_batch(old.take(np.arange(32)), SKILLS.names, cloud_points=16, seed=0)
    network = new_model(TINY, 0).network
    hidden = batch._replace(
        has_position=batch.has_position.clone(), has_yaw=batch.has_yaw.clone()
    )
    hidden.has_position[:, 4:] = False
    hidden.has_yaw[:, 4:] = False
    lies = hidden._replace(
        delta_position_m=hidden.delta_position_m.clone(), contact=hidden.contact.clone()
    )
    acted = batch.call.object_index
    unseen = torch.arange(batch.has_position.shape[1]) >= 4
    unseen = unseen & (torch.arange(len(unseen)) != acted[:, None])
    lies.delta_position_m[unseen] += 5.0
    lies.contact[:, 4:] ^= True
    weight = torch.ones(2, 32)
    truth, other = (losses(network, b, weight, 0) for b in (hidden, lies))
    assert truth.motion.item() == pytest.approx(other.motion.item(), rel=1e-6)
    assert truth.contact.item() != pytest.approx(losses(network, batch, weight, 0).contact.item())


def test_a_mirrored_scene_mirrors_twice_to_itself(old: ExecutionDataset) -> None:
    batch = training_batch(old.take(np.arange(16)), SKILLS.names, cloud_points=16, seed=0)
    names = ModelConfig().skill_names
    once, twice = mirrored(batch, names), mirrored(mirrored(batch, names), names)
    assert torch.equal(twice.delta_position_m, batch.delta_position_m)
    assert torch.equal(twice.prisms.heading, batch.prisms.heading)
    assert torch.equal(twice.call.parameters, batch.call.parameters)
    assert not torch.equal(once.call.parameters, batch.call.parameters)
    assert torch.equal(once.delta_position_m[..., 0], batch.delta_position_m[..., 0])
