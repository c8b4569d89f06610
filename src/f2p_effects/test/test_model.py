# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from f2p_core.batch import SceneBatch
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall, SKILLS
from f2p_effects.config import ModelConfig
from f2p_effects.errors import EffectsError
from f2p_effects.inputs import model_state, skill_batch
from f2p_effects.model import digest_of, EnsembleEffectModel, new_model
from f2p_effects.outcome import member_relations, Motion
from f2p_effects.protocol import EffectModel, EffectPrediction, ModelState, SkillBatch
from f2p_effects.rollout import repeat_state, take_states
from f2p_effects.uncertainty import pose_disagreement

CARRY = SkillCall(
    skill='pick_place', object_id='container', target_id='table_b', parameters=(0.05, 0.1, 0.3)
)
PUSH = SkillCall(
    skill='push', object_id='object_1', target_id='table_a', parameters=(0.5, 0.1, 0.01)
)


@pytest.fixture(scope='module')
def model() -> EnsembleEffectModel:
    return new_model(ModelConfig(), 0)


def inputs(scene: Scene, *calls: SkillCall) -> tuple[ModelState, SkillBatch]:
    state = model_state([scene] * len(calls), np.random.default_rng(0))
    return state, skill_batch(scene.object_ids, calls, SKILLS.names)


def permuted(state: ModelState, action: SkillBatch, order: list[int]) -> tuple[
    ModelState, SkillBatch
]:
    geometry = state.geometry
    moved = SceneBatch(
        tuple(geometry.object_ids[i] for i in order),
        tuple(geometry.kinds[i] for i in order),
        tuple(geometry.fixed[i] for i in order),
        geometry.position_m[:, order],
        geometry.rotation[:, order],
        geometry.dimensions[:, order],
    )
    where = torch.argsort(torch.tensor(order))
    return ModelState(moved, state.clouds_object[:, order]), action._replace(
        object_index=where[action.object_index], target_index=where[action.target_index]
    )


def test_shapes_and_ranges(model: EnsembleEffectModel, transport: Scene) -> None:
    played: EffectModel = model
    prediction = played.predict(*inputs(transport, CARRY, PUSH))
    e, s, n = model.network.config.members, 2, len(transport.objects)
    assert prediction.delta_position_m.shape == (e, s, n, 3)
    assert prediction.delta_yaw_rad.shape == (e, s, n)
    assert prediction.delta_std.shape == (e, s, n, 4)
    assert prediction.member_probability.shape == (e, s, len(RELATION_NAMES), n, n)
    assert prediction.member_feasible.shape == (e, s)
    for probability in (prediction.member_probability, prediction.member_feasible):
        assert 0.0 <= probability.min() <= probability.max() <= 1.0
    assert prediction.delta_std.min() > 0.0
    assert prediction.delta_position_m[:, :, :2].abs().max() == 0.0
    diagonal = prediction.member_probability.diagonal(dim1=-2, dim2=-1)
    assert diagonal.max() < 1e-6


def test_objects_have_no_positional_identity(
    model: EnsembleEffectModel, transport: Scene
) -> None:
    state, action = inputs(transport, CARRY, PUSH)
    order = [4, 1, 0, 5, 3, 2]
    straight = model.predict(state, action)
    other = model.predict(*permuted(state, action, order))
    pairs = straight.member_probability[..., order, :][..., order]
    moved = straight.delta_position_m[:, :, order]
    assert torch.allclose(other.delta_position_m, moved, atol=1e-5)
    assert torch.allclose(other.delta_yaw_rad, straight.delta_yaw_rad[:, :, order], atol=1e-5)
    assert torch.allclose(other.member_probability, pairs, atol=1e-4)
    assert torch.allclose(other.member_feasible, straight.member_feasible, atol=1e-5)


def test_displacements_turn_with_the_scene(model: EnsembleEffectModel, transport: Scene) -> None:
    state, action = inputs(transport, CARRY, PUSH)
    quarter = torch.tensor([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    shift = torch.tensor([3.0, -2.0, 0.0])
    geometry = state.geometry._replace(
        position_m=state.geometry.position_m @ quarter.T + shift,
        rotation=quarter @ state.geometry.rotation,
    )
    straight = model.predict(state, action)
    turned = model.predict(ModelState(geometry, state.clouds_object), action)
    expected = straight.delta_position_m @ quarter.T
    assert torch.allclose(turned.delta_position_m, expected, atol=1e-4)
    assert torch.allclose(turned.delta_yaw_rad, straight.delta_yaw_rad, atol=1e-4)


def test_members_differ(model: EnsembleEffectModel, transport: Scene) -> None:
    prediction = model.predict(*inputs(transport, CARRY))
    assert pose_disagreement(prediction).item() > 1e-3


def test_many_states_are_predicted_as_each_alone(
    model: EnsembleEffectModel, transport: Scene
) -> None:
    state, action = inputs(transport, CARRY)
    many = repeat_state(state, 1000)
    calls = SkillBatch(*(field.repeat(1000, *[1] * (field.dim() - 1)) for field in action))
    noise = torch.randn(1000, 3, generator=torch.Generator().manual_seed(0)) * 0.05
    calls = calls._replace(parameters=calls.parameters + noise)
    with torch.no_grad():
        together = model.predict(many, calls)
        rows = slice(700, 701)
        alone = model.predict(take_states(many, rows), SkillBatch(*(f[rows] for f in calls)))
    for whole, single in zip(together, alone, strict=True):
        assert torch.allclose(whole[:, rows], single, atol=1e-4)


def test_gradients_are_those_of_the_parameters_and_the_geometry(transport: Scene) -> None:
    model = new_model(ModelConfig(members=2), 1)
    model.network.double()
    state, action = inputs(transport, CARRY, PUSH)
    position = state.geometry.position_m.double()
    geometry = state.geometry._replace(
        rotation=state.geometry.rotation.double(), dimensions=state.geometry.dimensions.double()
    )
    clouds = state.clouds_object.double()

    def objective(parameters: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
        moved = ModelState(geometry._replace(position_m=place), clouds)
        prediction = model.predict(moved, action._replace(parameters=parameters))
        weights = torch.linspace(0.5, 1.5, prediction.member_probability[0, 0].numel()).double()
        relations = (prediction.member_probability.flatten(2) * weights).sum()
        motion = prediction.delta_position_m.square().sum() + prediction.delta_yaw_rad.sum()
        spread = pose_disagreement(prediction).sum()
        return relations + motion + spread + prediction.member_feasible.sum()

    parameters = action.parameters.double()
    assert torch.autograd.gradcheck(
        objective,
        (parameters.requires_grad_(), position.requires_grad_()),
        eps=1e-7,
        atol=1e-3,
        rtol=1e-3,
    )


def test_relation_probabilities_are_those_of_many_samples(transport: Scene) -> None:
    state, _ = inputs(transport, CARRY)
    n, scale = len(transport.objects), 0.004
    generator = torch.Generator().manual_seed(0)
    rate = -torch.log(torch.rand(4000, 1, n, 1, generator=generator)) * scale
    # Laplace noise along one axis per object, since margins move along single axes.
    sign = torch.where(torch.rand(4000, 1, n, 1, generator=generator) < 0.5, 1.0, -1.0)
    shift = rate * sign * torch.tensor([1.0, 0.0, 0.0])
    shift[:, :, :3] = 0.0
    zero = torch.zeros(4000, 1, n)
    sampled = Motion(shift, zero, torch.zeros(4000, 1, n, 4), torch.full((4000, 1, n, n), 1e-9))
    truth = member_relations(state.geometry, sampled, ('left', 'inside')).mean(dim=0)[0]
    pair = torch.full((1, 1, n, n), scale)
    still = Motion(shift[:1] * 0, zero[:1], torch.zeros(1, 1, n, 4), pair)
    closed = member_relations(state.geometry, still, ('left', 'inside'))[0, 0]
    # Noise on single objects: pairs with furniture or container.
    assert (closed[:, 3:, :3] - truth[:, 3:, :3]).abs().max() < 0.12
    assert (closed[:, 3:, :3] - truth[:, 3:, :3]).abs().mean() < 0.02


def test_relations_of_the_moved_scene_follow_its_margins(
    model: EnsembleEffectModel, transport: Scene
) -> None:
    state, action = inputs(transport, CARRY)
    with torch.no_grad():
        prediction = model.predict(state, action)
        after = model.advance(state, prediction)
    margins = relation_margins(after.geometry)
    sure = margins.abs() > 0.3
    holds = prediction.probability > 0.5
    symbolic = torch.tensor([name != 'contact' for name in RELATION_NAMES])
    agree = (holds == (margins >= 0))[:, symbolic]
    assert agree[sure[:, symbolic]].float().mean() > 0.99


def test_fewer_relations_are_the_same_relations(
    model: EnsembleEffectModel, transport: Scene
) -> None:
    state, action = inputs(transport, CARRY)
    all_of_them = model.predict(state, action).member_probability
    few = model.predicting(('inside', 'contact'))
    some = few.predict(state, action).member_probability
    columns = [RELATION_NAMES.index('inside'), RELATION_NAMES.index('contact')]
    assert torch.equal(some, all_of_them[:, :, columns])
    assert few.version == model.version
    assert few.digest != model.digest, 'a digest covers which relations are predicted'


def test_the_digest_is_of_weights_and_configuration() -> None:
    same, other = new_model(ModelConfig(), 0), new_model(ModelConfig(), 1)
    assert new_model(ModelConfig(), 0).digest == same.digest != other.digest
    with torch.no_grad():
        next(iter(other.network.parameters())).add_(1.0)
    assert digest_of(other.network, other.relation_names) != other.digest


def test_sizes_that_do_not_fit_are_named(model: EnsembleEffectModel, transport: Scene) -> None:
    state, action = inputs(transport, CARRY, PUSH)
    with pytest.raises(EffectsError, match='give one cloud per object'):
        model.predict(state._replace(clouds_object=state.clouds_object[:, :3]), action)
    with pytest.raises(EffectsError, match='parameters has 1 rows for 2 states'):
        model.predict(state, action._replace(parameters=action.parameters[:1]))


def test_a_prediction_averages_its_members() -> None:
    probability = torch.tensor([0.25, 0.75]).reshape(2, 1, 1, 1, 1)
    zero = torch.zeros(2, 1, 1)
    prediction = EffectPrediction(
        zero[..., None].expand(-1, -1, -1, 3), zero, zero[..., None].expand(-1, -1, -1, 4),
        probability, torch.tensor([[0.2], [0.6]]),
    )  # fmt: skip
    assert prediction.probability.item() == pytest.approx(0.5)
    assert prediction.feasible.item() == pytest.approx(0.4)
    assert math.isclose(pose_disagreement(prediction).item(), 0.0, abs_tol=1e-6)
