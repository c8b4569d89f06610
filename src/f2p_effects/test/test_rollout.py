# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
import torch

from f2p_core.observation import SceneObservation
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall, SKILLS
from f2p_effects.config import ModelConfig
from f2p_effects.errors import EffectsError
from f2p_effects.inputs import model_state, observed_state, skill_batch
from f2p_effects.model import new_model
from f2p_effects.protocol import EffectPrediction, ModelState
from f2p_effects.rollout import (
    advance_members,
    advance_state,
    clouds_map,
    repeat_state,
    rollout,
    take_states,
)  # fmt: skip


@pytest.fixture
def state(transport: Scene) -> ModelState:
    return model_state([transport, transport], np.random.default_rng(0))


def moves(position: torch.Tensor, turn: torch.Tensor) -> EffectPrediction:
    e, s, n = turn.shape
    return EffectPrediction(
        position, turn, torch.zeros(e, s, n, 4), torch.zeros(e, s, 1, n, n), torch.ones(e, s)
    )


def test_clouds_move_rigidly_with_their_objects(state: ModelState) -> None:
    n = state.geometry.position_m.shape[1]
    position, turn = torch.zeros(1, 2, n, 3), torch.zeros(1, 2, n)
    position[0, 0, 3], turn[0, 0, 3] = torch.tensor([0.1, 0.2, 0.3]), 0.5
    after = advance_state(state, moves(position, turn))
    start = state.geometry.position_m[0, 3].double().numpy()
    x, y, z = start.tolist()
    pivot, end = upright_pose(x, y, z), upright_pose(x + 0.1, y + 0.2, z + 0.3, 0.5)
    points = clouds_map(state)[0, 3].double().numpy()
    expected = end.to_parent(pivot.to_child(points))
    assert clouds_map(after)[0, 3].numpy() == pytest.approx(expected, abs=1e-5)
    assert torch.equal(clouds_map(after)[1], clouds_map(state)[1])


def test_the_mean_advances_and_members_advance_apart(state: ModelState) -> None:
    n = state.geometry.position_m.shape[1]
    position = torch.zeros(2, 2, n, 3)
    position[0, :, 4, 0] = 0.2
    prediction = moves(position, torch.zeros(2, 2, n))
    mean = advance_state(state, prediction).geometry.position_m - state.geometry.position_m
    assert mean[:, 4, 0].tolist() == pytest.approx([0.1, 0.1], abs=1e-6)
    apart = advance_members(state, prediction)
    shift = apart.geometry.position_m - repeat_state(state, 2).geometry.position_m
    assert shift[:, 4, 0].tolist() == pytest.approx([0.2, 0.2, 0.0, 0.0], abs=1e-6)


def test_taking_undoes_repeating(state: ModelState) -> None:
    back = take_states(repeat_state(state, 3), slice(2, 4))
    assert torch.equal(back.geometry.position_m, state.geometry.position_m)
    assert torch.equal(back.clouds_object, state.clouds_object)


def test_a_rollout_is_differentiable_through_all_steps(
    state: ModelState, transport: Scene
) -> None:
    model = new_model(ModelConfig(members=2), 0)
    first = SkillCall(
        skill='pick_place', object_id='object_1', target_id='table_a', parameters=(0.1, 0.2, 0.0)
    )
    second = first.model_copy(update={'object_id': 'container', 'target_id': 'table_b'})
    ids, names = transport.object_ids, SKILLS.names
    actions = [skill_batch(ids, [call] * 2, names) for call in (first, second)]
    actions = [a._replace(parameters=a.parameters.requires_grad_()) for a in actions]
    steps = rollout(model, state, actions)
    assert len(steps) == 2
    torch.autograd.backward(steps[-1].prediction.probability.sum())
    for action in actions:
        assert action.parameters.grad is not None
        assert torch.isfinite(action.parameters.grad).all()
        assert action.parameters.grad.abs().max() > 0.0


def test_an_observation_brings_its_own_clouds(transport: Scene) -> None:
    rng = np.random.default_rng(0)
    item = transport.objects[3]
    seen = item.pose_map.to_parent(rng.uniform(-0.02, 0.02, (100, 3)))
    empty = np.zeros((0, 3))
    observation = SceneObservation(
        stamp_ns=0,
        scene=transport,
        seen=tuple(o is item for o in transport.objects),
        clouds_map=tuple(seen if o is item else empty for o in transport.objects),
        background_map=empty,
        cameras_map=(),
    )
    state = observed_state(observation, rng)
    assert state.clouds_object.shape == (1, len(transport.objects), 32, 3)
    local = item.pose_map.to_child(seen)
    distance = np.linalg.norm(state.clouds_object[0, 3].numpy()[:, None] - local, axis=-1)
    assert distance.min(axis=1).max() < 1e-5
    assert np.isfinite(state.clouds_object.numpy()).all()


def test_calls_name_objects_of_the_scene(transport: Scene) -> None:
    call = SkillCall(
        skill='push', object_id='object_9', target_id='table_a', parameters=(0.5, 0.1, 0.0)
    )
    with pytest.raises(EffectsError, match="'object_9'; the scene has: table_a"):
        skill_batch(transport.object_ids, [call], SKILLS.names)
