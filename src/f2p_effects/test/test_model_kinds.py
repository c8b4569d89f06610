# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What every effect model and its learner must do, whatever kind it is of."""

from __future__ import annotations

from collections.abc import Callable
import contextlib
from pathlib import Path
import pickle
from typing import Any

import numpy as np
import pytest
from tiny_model import TINY, TinyLearner
import torch

from f2p_core.control import Control
from f2p_core.errors import CancelledError, InvalidInputError
from f2p_core.registry import Registry
from f2p_core.relations import ABOVE, INSIDE, LEFT, RELATION_NAMES
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.config import ModelConfig
from f2p_effects.data import ExecutionDataset
from f2p_effects.ensemble import EnsembleLearner
from f2p_effects.errors import EffectsError
from f2p_effects.evaluate import evaluate
from f2p_effects.inputs import model_state, skill_batch
from f2p_effects.learners import EFFECT_MODELS, learner_of
from f2p_effects.protocol import EffectLearner, EffectModel, EffectPrediction
from f2p_effects.store import ModelStore
from f2p_effects.store_files import RECORD
from f2p_effects.tuning import FineTuneConfig, TrainConfig
from f2p_tasks.tabletop import CONTAINER, TABLE_B

SMALL = ModelConfig(members=2, width=8, heads=2, hidden=8, cloud_width=8, cloud_latent=4)
QUICK, STEPS = TrainConfig(epochs=1, batch_size=32), FineTuneConfig(steps=2, batch_size=8)
NAMES = (LEFT.name, INSIDE.name, ABOVE.name)

Register = Callable[[Registry[Any], Any], None]


def learners() -> list[EffectLearner]:
    """All that are known (ours with a small network), and one of another kind."""
    others = [learner for learner in EFFECT_MODELS if learner.kind != EnsembleLearner.kind]
    return [EnsembleLearner(SMALL), *others, TINY]


@pytest.fixture(params=learners(), ids=lambda learner: learner.kind)
def learner(request: pytest.FixtureRequest, register: Register) -> EffectLearner:
    if request.param.kind not in EFFECT_MODELS:
        register(EFFECT_MODELS, request.param)
    found: EffectLearner = request.param
    return found


@pytest.fixture(scope='module')
def few(small_data: ExecutionDataset) -> ExecutionDataset:
    return small_data.take(np.arange(40))


@pytest.fixture(scope='module')
def fitted(few: ExecutionDataset) -> dict[str, EffectModel]:
    return {
        each.kind: each.fit(few, QUICK, relation_names=NAMES, seed=1).model for each in learners()
    }


@pytest.fixture
def model(learner: EffectLearner, fitted: dict[str, EffectModel]) -> EffectModel:
    return fitted[learner.kind]


def predicted(model: EffectModel, scene: Scene, calls: int = 3) -> EffectPrediction:
    state = model_state([scene] * calls, np.random.default_rng(0))
    return model.predict(state, skill_batch(scene.object_ids, carries(calls), model.skill_names))


def carries(count: int) -> list[SkillCall]:
    return [
        SkillCall(
            skill='pick_place',
            object_id=CONTAINER,
            target_id=TABLE_B,
            parameters=(0.02 * i, 0.1, 0.3),
        )
        for i in range(count)
    ]


def same(a: EffectPrediction, b: EffectPrediction) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


def test_a_prediction_has_the_promised_shapes_and_ranges(
    model: EffectModel, learner: EffectLearner, transport: Scene
) -> None:
    found = predicted(model, transport)
    e, n = found.delta_position_m.shape[0], len(transport.objects)
    assert model.kind == learner.kind
    assert model.relation_names == NAMES
    assert e >= 1
    assert found.delta_position_m.shape == (e, 3, n, 3)
    assert found.delta_yaw_rad.shape == (e, 3, n)
    assert found.delta_std.shape == (e, 3, n, 4)
    assert found.member_probability.shape == (e, 3, len(NAMES), n, n)
    assert found.member_feasible.shape == (e, 3)
    for p in (found.member_probability, found.member_feasible):
        assert ((p >= 0.0) & (p <= 1.0)).all()
    fixed = [i for i, item in enumerate(transport.objects) if item.fixed]
    assert (found.delta_position_m[:, :, fixed] == 0.0).all()
    assert found.delta_position_m.device == model.device


def test_a_prediction_is_differentiable_in_parameters_and_poses(
    model: EffectModel, transport: Scene
) -> None:
    state = model_state([transport] * 2, np.random.default_rng(0))
    position = state.geometry.position_m.requires_grad_()
    state = state._replace(geometry=state.geometry._replace(position_m=position))
    action = skill_batch(transport.object_ids, carries(2), model.skill_names)
    parameters = action.parameters.requires_grad_()
    found = model.predict(state, action._replace(parameters=parameters))
    after = model.advance(state, found)
    (found.probability.sum() + after.geometry.position_m.sum()).backward()
    for leaf in (position, parameters):
        assert leaf.grad is not None
        assert torch.isfinite(leaf.grad).all()
    assert parameters.grad is not None
    assert torch.count_nonzero(parameters.grad) > 0


def test_advancing_moves_everything_by_the_mean(model: EffectModel, transport: Scene) -> None:
    state = model_state([transport] * 3, np.random.default_rng(0))
    found = predicted(model, transport)
    moved = model.advance(state, found).geometry.position_m - state.geometry.position_m
    assert torch.allclose(moved, found.delta_position_m.mean(0), atol=1e-6)


def test_same_arguments_same_model(
    learner: EffectLearner, model: EffectModel, few: ExecutionDataset, transport: Scene
) -> None:
    again = learner.fit(few, QUICK, relation_names=NAMES, seed=1).model
    assert again.digest == model.digest
    assert same(predicted(again, transport), predicted(model, transport))
    parts = few.take(np.arange(10)), few.take(np.arange(10, 30))
    tuned = [learner.finetune(model, *parts, STEPS, seed=2).model for _ in range(2)]
    assert tuned[0].digest == tuned[1].digest != model.digest
    assert same(predicted(tuned[0], transport), predicted(tuned[1], transport))
    assert (tuned[0].kind, tuned[0].relation_names) == (model.kind, NAMES)
    assert same(predicted(again, transport), predicted(model, transport))


def test_nothing_to_learn_from_is_refused_and_a_stop_is_heard(
    learner: EffectLearner, model: EffectModel, few: ExecutionDataset
) -> None:
    nothing = few.take(np.zeros(0, int))
    with pytest.raises(EffectsError):
        learner.fit(nothing, QUICK, relation_names=NAMES, seed=0)
    with pytest.raises(EffectsError):
        learner.finetune(model, nothing, few, STEPS, seed=0)
    stop = Control(should_stop=lambda: True)
    with pytest.raises(CancelledError):
        learner.fit(few, QUICK, relation_names=NAMES, seed=0, control=stop)
    with pytest.raises(CancelledError):
        learner.finetune(model, few, few, STEPS, seed=0, control=stop)


def test_a_model_of_another_kind_is_refused(
    learner: EffectLearner,
    fitted: dict[str, EffectModel],
    tmp_path: Path,
    few: ExecutionDataset,
) -> None:
    for kind, stranger in fitted.items():
        if kind != learner.kind:
            with pytest.raises(EffectsError, match=kind):
                learner.finetune(stranger, few, few, STEPS, seed=0)
            with pytest.raises(EffectsError, match=kind):
                learner.save(stranger, tmp_path)


def test_the_store_gives_back_what_was_saved(
    learner: EffectLearner, model: EffectModel, tmp_path: Path, transport: Scene
) -> None:
    store = ModelStore(tmp_path)
    record = store.save(model)
    assert (record.kind, record.digest) == (learner.kind, model.digest)
    found = store.load(1)
    assert (found.kind, found.version, found.digest) == (learner.kind, 1, model.digest)
    assert found.relation_names == NAMES
    assert same(predicted(found, transport), predicted(model, transport))
    assert learner_of(found).kind == learner.kind


def loaded(store: ModelStore) -> EffectModel | None:
    """The first model; none if it is refused, by an error that names it."""
    with contextlib.suppress(EffectsError):
        return store.load(1)
    with pytest.raises(EffectsError, match='v0001'):
        store.load(1)
    return None


def test_no_changed_byte_changes_a_prediction_unseen(
    model: EffectModel, tmp_path: Path, transport: Scene
) -> None:
    """The digest covers all that changes a prediction."""
    store = ModelStore(tmp_path)
    store.save(model)
    before, rng = predicted(model, transport), np.random.default_rng(0)
    for path in (p for p in (tmp_path / 'v0001').iterdir() if p.name != RECORD):
        content = path.read_bytes()
        places = {0, len(content) - 1, *rng.integers(len(content), size=12).tolist()}
        for place in places:
            changed = bytearray(content)
            changed[place] ^= 1 << int(rng.integers(8))
            path.write_bytes(bytes(changed))
            found = loaded(store)
            assert found is None or same(predicted(found, transport), before)
        path.write_bytes(content)


def test_its_figures_on_executions_can_be_told(
    model: EffectModel, few: ExecutionDataset
) -> None:
    figures = evaluate(model, few)
    assert tuple(figures.f1) == NAMES
    assert 0.0 <= figures.mean_f1 <= 1.0
    assert np.isfinite(figures.position_error_m)


def test_a_learner_that_writes_code_or_is_unknown_saves_nothing(
    tmp_path: Path, few: ExecutionDataset, register: Register
) -> None:
    class Pickling(TinyLearner):
        def save(self, model: EffectModel, directory: Path) -> None:
            (directory / 'model.pickle').write_bytes(pickle.dumps({}))

    model = TINY.fit(few, QUICK, relation_names=RELATION_NAMES, seed=0).model
    store = ModelStore(tmp_path)
    with pytest.raises(InvalidInputError, match="unknown effect model 'tiny'; known: ensemble"):
        store.save(model)
    register(EFFECT_MODELS, Pickling())
    with pytest.raises(EffectsError, match=r'wrote model\.pickle'):
        store.save(model)
    assert store.versions() == ()
