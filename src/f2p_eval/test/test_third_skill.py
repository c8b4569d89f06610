# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A skill of another package, with four parameters, goes everywhere ours go."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import array_api_compat
import numpy as np
import pytest
import torch

from f2p_core.batch import stack_scenes
from f2p_core.control import UNCONTROLLED
from f2p_core.errors import InvalidInputError
from f2p_core.geometry.prisms import Prisms
from f2p_core.pose import upright_pose
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import Scene
from f2p_core.skill import (
    Command,
    Hand,
    Pair,
    Parameter,
    Parameters,
    SHIPPED_HAND,
    Skill,
    SkillCall,
    SKILLS,
)
from f2p_core.skill.definition import Array
from f2p_effects.batches import mirrored, training_batch
from f2p_effects.config import ModelConfig
from f2p_effects.data import concatenate, ExecutionDataset, load_dataset, save_dataset
from f2p_effects.errors import EffectsError
from f2p_effects.executions import execution_from_rollout
from f2p_effects.inputs import model_state, skill_batch
from f2p_effects.model import EnsembleEffectModel, new_model
from f2p_eval.words import call_in_words
from f2p_planner.avoid import blocked_call, is_avoided
from f2p_planner.calls import call_table, Calls, CallTable, make_call, stack_calls
from f2p_planner.config import PlannerConfig
from f2p_planner.object_table import object_table_of, poses_of, states_of
from f2p_planner.proposals import Proposals, propose
from f2p_sim.errors import SkillError
from f2p_sim.grounding import ground_call
from f2p_sim.skills.registry import controller_of
from f2p_svi.actions.calls import CallRequest, choose_calls
from f2p_svi.config import ActionConfig
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig

SCENE = sample_tabletop(TabletopConfig(inside=1, on_a=1, on_b=1), np.random.default_rng(0))
OURS = ('pick_place', 'push')
WIDE_M = 0.12


def _planned(acted: Prisms, target: Prisms, parameters: Array) -> Command:
    del acted
    xp = array_api_compat.array_namespace(parameters)
    heading = target.yaw_rad + parameters[..., 0]
    way = [parameters[..., 1] * xp.cos(heading), parameters[..., 1] * xp.sin(heading)]
    still = xp.zeros_like(way[0])
    return Command(xp.stack([*way, still], axis=-1), still + parameters[..., 2], still)


def _grounded(parameters: Parameters, seen: Pair, real: Pair) -> Parameters:
    turned = parameters[0] + seen.target.pose_map.yaw_rad - real.target.pose_map.yaw_rad
    return math.remainder(turned, math.tau), *parameters[1:]


DRAG = Skill(
    name='drag',
    description='Press on the object from above and drag it over what it stands on, turning it.',
    parameters=(
        Parameter('direction_rad', -math.pi, math.pi, 'in the target frame', True, -1),
        Parameter('distance_m', 0.02, 0.2, 'length of the way'),
        Parameter('turn_rad', -1.0, 1.0, 'turn about z', mirror=-1, near=0.3),
        Parameter('press_n', 1.0, 20.0, 'force from above', near=5.0),
    ),
    planned=_planned,
    grounded=_grounded,
    allows=lambda item, target: target.fixed,
    hand_fits=lambda item, hand: hand.opening_m < WIDE_M,
    slides=True,
    words=lambda call: f'drag {call.object_id} with {call.parameters[3]:.0f} N',
)
CALL = SkillCall.model_construct(
    skill='drag', object_id='object_2', target_id=TABLE_A, parameters=(0.4, 0.1, 0.3, 7.0)
)


@pytest.fixture(autouse=True)
def drag(monkeypatch: pytest.MonkeyPatch) -> Skill:
    """The skill as its package would add it; gone after the test."""
    monkeypatch.setattr(SKILLS, '_definitions', {s.name: s for s in SKILLS})
    return SKILLS.register(DRAG)


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is not installed any more."""
    monkeypatch.setattr(SKILLS, '_definitions', {s.name: s for s in SKILLS if s is not DRAG})


@dataclasses.dataclass
class _Outcome:
    end_scene: Scene
    margins: np.ndarray
    relation_names: tuple[str, ...] = RELATION_NAMES
    motion_succeeded: bool = True


def executed(call: SkillCall) -> ExecutionDataset:
    margins = relation_margins(stack_scenes([SCENE]), RELATION_NAMES)[0]
    return execution_from_rollout(SCENE, call, _Outcome(SCENE, margins))


def small_model() -> EnsembleEffectModel:
    return new_model(ModelConfig(members=2, width=8, layers=1, heads=2, hidden=8), 0)


def proposed(
    names: tuple[str, ...], hand: Hand = SHIPPED_HAND
) -> tuple[CallTable, Proposals]:
    objects = object_table_of(SCENE)
    table = call_table(objects, names, hand)
    rng = np.random.default_rng(0)
    states = states_of(poses_of(SCENE), objects)
    return table, propose(table, states, objects, PlannerConfig(), 3, rng)


def test_a_call_takes_its_four_parameters_within_their_bounds() -> None:
    assert SkillCall.model_validate(CALL.model_dump()) == CALL
    with pytest.raises(ValueError, match=r'drag takes 4 parameters \(direction_rad, .*, not 3'):
        SkillCall(skill='drag', object_id='a', target_id='t', parameters=(0.0, 0.1, 0.0))
    with pytest.raises(ValueError, match=r'press_n = 30 is outside \[1, 20\]'):
        SkillCall(skill='drag', object_id='a', target_id='t', parameters=(0.0, 0.1, 0.0, 30.0))


def test_the_planner_offers_it_where_it_allows_and_proposes_free_ends_on_the_support() -> None:
    table, proposals = proposed((*OURS, 'drag'))
    ids, index = SCENE.object_ids, SKILLS.names.index('drag')
    rows = np.flatnonzero(table.skill == index)
    assert {ids[t] for t in table.target[rows]} == {TABLE_A, TABLE_B}
    assert table.low.shape[1] == proposals.parameters.shape[-1] == 4
    assert (table.high[table.skill != index, 3] == 0.0).all()
    possible = proposals.valid[0] & (table.skill == index)[:, None]
    assert {(ids[table.object[c]], ids[table.target[c]]) for c, _ in np.argwhere(possible)} == {
        (CONTAINER, TABLE_A), ('object_2', TABLE_A), ('object_3', TABLE_B),
    }  # fmt: skip
    for c, p in np.argwhere(possible):
        one = np.array([c])
        calls = Calls(
            table.skill[one], table.object[one], table.target[one], proposals.parameters[0, one, p]
        )
        call = make_call(object_table_of(SCENE), calls, 0)
        assert len(call.parameters) == 4
        start = SCENE.object(call.object_id).pose_map.position_m
        heading = SCENE.object(call.target_id).pose_map.yaw_rad + call.parameters[0]
        way = call.parameters[1] * np.array([math.cos(heading), math.sin(heading), 0.0])
        place = SCENE.object(call.target_id).pose_map.to_child(np.array(start) + way)
        assert (np.abs(place[:2]) < [0.3, 0.4]).all()


def test_what_the_model_does_not_know_is_not_offered_and_changes_no_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_drag = proposed(OURS)
    forget(monkeypatch)
    without = proposed(OURS)
    for ours, theirs in zip(with_drag, without, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_a_hand_that_does_not_do_is_offered_nothing_of_it() -> None:
    table, _ = proposed((*OURS, 'drag'), Hand(WIDE_M))
    assert SKILLS.names.index('drag') not in table.skill
    assert not DRAG.possible(SCENE, 'object_2', TABLE_A, Hand(WIDE_M))
    assert DRAG.possible(SCENE, 'object_2', TABLE_A, SHIPPED_HAND)
    assert not DRAG.possible(SCENE, 'object_2', TABLE_B, SHIPPED_HAND)


def test_a_blocked_call_is_avoided_with_parameters_like_it() -> None:
    entry = blocked_call(SCENE, CALL, [])
    objects = object_table_of(SCENE)
    states = states_of(poses_of(SCENE), objects).take(np.zeros(3, dtype=np.int64))
    alike, harder = ((0.45, 0.1, 0.5, 9.0), (0.4, 0.1, 0.3, 19.0))
    tried = [CALL.model_copy(update={'parameters': p}) for p in (CALL.parameters, alike, harder)]
    avoided = is_avoided([entry], objects, states, stack_calls(objects, tried))
    assert avoided.tolist() == [True, True, False]


def test_the_model_takes_its_parameters_and_one_without_it_refuses_the_call() -> None:
    model = small_model()
    assert model.skill_names == (*OURS, 'drag')
    state = model_state([SCENE], np.random.default_rng(0))
    action = skill_batch(SCENE.object_ids, [CALL], model.skill_names)
    parameters = action.parameters.requires_grad_()
    prediction = model.predict(state, action)
    row = SCENE.index('object_2')
    torch.autograd.backward(prediction.delta_position_m[:, 0, row].sum())
    assert parameters.grad is not None
    assert parameters.grad[0, :2].abs().min() > 0.0
    with pytest.raises(EffectsError, match='the model does not know drag; it knows pick_place'):
        skill_batch(SCENE.object_ids, [CALL], OURS)


def test_a_model_of_a_skill_that_is_gone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    network = small_model().network
    forget(monkeypatch)
    with pytest.raises(EffectsError, match='drag is not known here, where there are pick_place'):
        EnsembleEffectModel(network)


def test_data_sets_keep_its_name_and_join_those_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = SkillCall(skill='push', object_id='object_2', target_id=TABLE_A,
                     parameters=(0.5, 0.1, 0.01))  # fmt: skip
    dragged = executed(CALL)
    with monkeypatch.context() as patch:
        forget(patch)
        pushed = executed(push)
    assert (pushed.skill_names, pushed.parameters.shape) == (OURS, (1, 3))
    both = concatenate([pushed, dragged])
    save_dataset(both, tmp_path / 'both.safetensors')
    read = load_dataset(tmp_path / 'both.safetensors')
    assert [read.skill_names[i] for i in read.skill] == ['push', 'drag']
    assert read.parameters[1].tolist() == pytest.approx(list(CALL.parameters))
    assert read.parameters[0, 3] == 0.0
    with pytest.raises(InvalidInputError, match='there are calls of drag, but only pick_place'):
        read.for_skills(OURS)
    assert read.take(np.array([0])).for_skills(OURS).skill.tolist() == [1]
    forget(monkeypatch)
    with pytest.raises(EffectsError, match='drag is not known here'):
        load_dataset(tmp_path / 'both.safetensors')


def test_its_mirror_turns_the_signs_it_says() -> None:
    batch = training_batch(executed(CALL), (*OURS, 'drag'), cloud_points=8, seed=0)
    seen = mirrored(batch, (*OURS, 'drag'))
    assert seen.call.parameters[0].tolist() == pytest.approx([-0.4, 0.1, -0.3, 7.0])
    assert torch.equal(mirrored(seen, (*OURS, 'drag')).call.parameters, batch.call.parameters)


def test_informative_calls_of_it_keep_its_four_bounds() -> None:
    config = ActionConfig(iterations=2, other_share=0.5)
    request = CallRequest(CALL, 4, config, torch.device('cpu'))
    calls = choose_calls([SCENE], small_model(), request, np.random.default_rng(0), UNCONTROLLED)
    assert 'drag' in {call.skill for call in calls.by_scene[0]}
    for call in calls.by_scene[0]:
        assert SkillCall.model_validate(call.model_dump()) == call


def test_it_is_grounded_worded_and_without_controller_refused_by_name() -> None:
    objects = [
        o.model_copy(update={'pose_map': upright_pose(*o.pose_map.position_m, 0.5)})
        if o.object_id == TABLE_A
        else o
        for o in SCENE.objects
    ]
    grounded = ground_call(CALL, Scene(objects=tuple(objects)), SCENE)
    turn = 0.5 - SCENE.object(TABLE_A).pose_map.yaw_rad
    assert grounded.parameters == pytest.approx((0.4 + turn, 0.1, 0.3, 7.0))
    assert call_in_words(CALL) == 'drag object_2 with 7 N'
    with pytest.raises(SkillError, match=r"unknown_skill: 'drag' has no controller .*f2p\.sim_"):
        controller_of('drag')


def test_definitions_that_cannot_be_are_refused() -> None:
    seven = tuple(Parameter(f'p{i}_m', 0.0, 1.0, '') for i in range(7))
    for parameters, message in (
        ((), 'needs 1 to 6'),
        (seven, 'needs 1 to 6'),
        (seven[:1] * 2, 'of different names'),
        ((Parameter('x_m', 1.0, 1.0, ''),), 'give it a range'),
        ((Parameter('yaw_rad', -3.0, 3.0, '', circular=True),), 'no full turn'),
    ):
        with pytest.raises(InvalidInputError, match=message):
            dataclasses.replace(DRAG, parameters=parameters)
