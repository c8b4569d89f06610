# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from planner_kinematics import after, KinematicModel, KinematicWorld
from planner_scenes import goal_t1, model_state, relations_of, transport
import pytest

from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import SymbolicState
from f2p_planner.config import MonitorConfig
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.monitor import begin, check_effect, observe, VerdictKind, watched_entries
from f2p_planner.plans import evaluate_plan, Situation
from f2p_tasks.tabletop import CONTAINER, TABLE_A, TABLE_B

CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
)


def _put(object_id: str, target_id: str, x: float, y: float) -> SkillCall:
    return SkillCall(
        skill='pick_place', object_id=object_id, target_id=target_id, parameters=(x, y, 0.0)
    )


def _predicted(scene: Scene, call: SkillCall, *, rides: bool) -> SymbolicState:
    model = KinematicModel(scene, rides=rides)
    situation = Situation(scene, model_state(scene))
    goal = goal_t1(scene)
    return evaluate_plan(goal, situation, model, [call], threshold=0.9).steps[0].predicted


def _carry_case(
    rides_predicted: bool, rides_real: bool, n: int = 3
) -> tuple[SymbolicState, SymbolicState, NDArray[np.bool_]]:
    scene = transport(n, 0)
    predicted = _predicted(scene, CARRY, rides=rides_predicted)
    watched = watched_entries(predicted, scene, CARRY, goal_t1(scene))
    return predicted, relations_of(after(scene, CARRY, rides=rides_real)), watched


def test_content_that_came_along_unexpectedly_violates_the_prediction() -> None:
    predicted, observed, watched = _carry_case(False, True)
    verdict = check_effect(predicted, [observed] * 3, watched)
    assert verdict.kind == VerdictKind.VIOLATED
    found = {(v.relation, v.subject_id, v.object_id) for v in verdict.violations}
    assert {('above', f'object_{i}', TABLE_A) for i in (1, 2, 3)} <= found
    assert {('inside', f'object_{i}', CONTAINER) for i in (1, 2, 3)} <= found
    assert all(abs(v.observed_margin) > 0.01 for v in verdict.violations)


@pytest.mark.parametrize('rides', [False, True])
def test_what_was_predicted_is_no_failure(rides: bool) -> None:
    predicted, observed, watched = _carry_case(rides, rides)
    assert check_effect(predicted, [observed] * 3, watched).kind == VerdictKind.AS_PREDICTED


def test_two_frames_decide_nothing_and_a_lone_outlier_is_forgiven() -> None:
    predicted, wrong, watched = _carry_case(False, True)
    right = relations_of(after(transport(3, 0), CARRY, rides=False))
    assert check_effect(predicted, [wrong] * 2, watched).kind == VerdictKind.UNDECIDED
    frames = [wrong, wrong, right, wrong, right, right, right]
    assert check_effect(predicted, frames, watched).kind == VerdictKind.AS_PREDICTED


def test_unseen_objects_trigger_nothing() -> None:
    predicted, observed, watched = _carry_case(False, True)
    blind = observed.model_copy(update={'observed': np.zeros_like(observed.observed)})
    verdict = check_effect(predicted, [blind] * 5, watched)
    assert verdict.kind == VerdictKind.AS_PREDICTED
    assert verdict.unobserved > 0


def test_a_margin_within_the_hysteresis_is_forgiven() -> None:
    predicted, observed, watched = _carry_case(False, True)
    near = observed.model_copy(update={'margin': np.clip(observed.margin, -0.009, 0.009)})
    assert check_effect(predicted, [near] * 3, watched).kind == VerdictKind.AS_PREDICTED


def test_an_unsure_prediction_binds_nobody() -> None:
    predicted, observed, watched = _carry_case(False, True)
    unsure = predicted.model_copy(update={'probability': np.full_like(predicted.probability, 0.6)})
    assert check_effect(unsure, [observed] * 3, watched).kind == VerdictKind.AS_PREDICTED


def test_only_what_matters_is_watched() -> None:
    scene = transport(2, 0, on_b=1)
    predicted = _predicted(scene, CARRY, rides=True)
    watched = watched_entries(predicted, scene, CARRY, goal_t1(scene))
    names = predicted.relation_names
    assert not watched[names.index('left')].any()
    assert not watched[names.index('inside'), scene.index('object_3')].any()
    assert watched[names.index('inside'), scene.index('object_1')].any()
    idle = _put('object_3', TABLE_B, 0.1, 0.3)
    goal = goal_t1(transport(2, 0))
    assert not watched_entries(predicted, scene, idle, goal)[:, scene.index('object_3')].any()
    later = watched_entries(predicted, scene, idle, goal, [_put('object_3', CONTAINER, 0.0, 0.08)])
    assert later[names.index('above'), scene.index('object_3')].any()


def test_observing_changes_no_state_that_was_handed_in() -> None:
    predicted, observed, watched = _carry_case(False, True)
    state = begin(predicted)
    observe(state, observed, predicted, watched, MonitorConfig())
    assert not state.mismatches.any()
    assert state.last is None


def test_observations_in_another_order_are_matched_by_name() -> None:
    predicted, observed, watched = _carry_case(False, True)
    turn = np.arange(len(observed.object_ids))[::-1]
    at = np.ix_(np.arange(len(observed.relation_names)), turn, turn)
    other = observed.model_copy(
        update={
            'object_ids': tuple(observed.object_ids[i] for i in turn),
            'probability': observed.probability[at],
            'margin': observed.margin[at],
            'observed': observed.observed[at],
        }
    )
    assert check_effect(predicted, [other] * 3, watched) == check_effect(
        predicted, [observed] * 3, watched
    )


def test_missing_frames_and_objects_are_refused() -> None:
    predicted, _, watched = _carry_case(False, True)
    with pytest.raises(PlannerError) as caught:
        check_effect(predicted, [], watched)
    assert caught.value.code == PlannerErrorCode.NO_FRAMES
    fewer = relations_of(transport(1, 0))
    with pytest.raises(PlannerError, match='object_2') as caught:
        check_effect(predicted, [fewer], watched)
    assert caught.value.code == PlannerErrorCode.UNKNOWN_OBJECT


def test_few_false_failures_among_correct_executions() -> None:
    """At most 2 in 100, with 3 mm of noise on every observed position."""
    false = 0
    for seed in range(100):
        scene = transport(3, seed, on_b=1)
        call = (CARRY, _put('object_4', TABLE_B, 0.1, 0.3), _put('object_1', TABLE_B, 0.1, 0.3))[
            seed % 3
        ]
        world = KinematicWorld(scene, noise_m=0.003, seed=seed)
        predicted = _predicted(scene, call, rides=True)
        watched = watched_entries(predicted, scene, call, goal_t1(scene), [CARRY])
        world.execute(call)
        frames = [world.observe().relations for _ in range(3)]
        false += check_effect(predicted, frames, watched).kind == VerdictKind.VIOLATED
    assert false <= 2
