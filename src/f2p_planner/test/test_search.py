# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from itertools import count
from typing import Any

from planner_kinematics import after, KinematicModel
from planner_scenes import goal_t1, goal_t2, model_state, small_ids, transport
import pytest

from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal
from f2p_planner.avoid import AvoidedCall
from f2p_planner.config import PlannerConfig
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.plans import Plan, Situation
from f2p_planner.search import plan
from f2p_tasks.tabletop import CONTAINER, TABLE_A, TABLE_B

QUICK = PlannerConfig(max_time_s=600.0, refine_variants=8, refined_plans=1)


def _plan(goal: Goal, scene: Scene, *, rides: bool, **options: Any) -> Plan:
    model = KinematicModel(scene, rides=rides)
    options.setdefault('config', QUICK)
    return plan(goal, Situation(scene, model_state(scene)), model, seed=0, **options)


def _steps(found: Plan) -> list[tuple[str, str]]:
    return [(c.object_id, c.target_id) for c in found.calls]


def _carried() -> Scene:
    """The failed state of T1: the filled container on table_b."""
    return after(transport(3, 1), CARRY)


CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
)


def test_t1_who_believes_content_stays_carries_the_filled_container() -> None:
    scene = transport(3, 0)
    found = _plan(goal_t1(scene), scene, rides=False)
    assert _steps(found) == [(CONTAINER, TABLE_B)]
    assert found.confident
    assert found.score > 0.9


@pytest.mark.parametrize('seed', [0, 1])
def test_t1_who_knows_unloads_first_and_then_carries(seed: int) -> None:
    scene = transport(3, seed)
    found = _plan(goal_t1(scene), scene, rides=True)
    steps = _steps(found)
    assert found.confident
    assert steps[-1] == (CONTAINER, TABLE_B)
    assert sorted(steps[:-1]) == [(i, TABLE_A) for i in small_ids(scene)]
    assert found.base_trips == 1


def _t1_for_two() -> Goal:
    content = ('object_1', 'object_2')
    literals = [Literal(relation='above', subject_id=i, object_id=TABLE_A) for i in content]
    literals.append(Literal(relation='above', subject_id=CONTAINER, object_id=TABLE_B))
    return Goal(literals=tuple(literals))


def test_objects_the_goal_does_not_name_are_left_alone() -> None:
    scene = transport(2, 1, on_a=1, on_b=1)
    found = _plan(_t1_for_two(), scene, rides=True)
    assert found.confident
    assert {i for i, _ in _steps(found)} == {'object_1', 'object_2', CONTAINER}


def test_an_object_where_the_container_has_to_go_is_moved_away() -> None:
    scene = transport(2, 5, on_a=1, on_b=1)
    found = _plan(_t1_for_two(), scene, rides=True)
    assert found.confident
    assert {i for i, _ in _steps(found)} == {'object_1', 'object_2', 'object_4', CONTAINER}


def test_recovery_fetches_objects_one_by_one_where_trips_allow() -> None:
    scene = _carried()
    found = _plan(goal_t1(scene), scene, rides=True)
    assert found.confident
    assert sorted(_steps(found)) == [(i, TABLE_A) for i in small_ids(scene)]
    assert found.base_trips == 5


def test_recovery_carries_back_unloads_and_carries_empty_where_trips_are_few() -> None:
    scene = _carried()
    found = _plan(goal_t1(scene, max_base_trips=3), scene, rides=True)
    steps = _steps(found)
    assert found.confident
    assert found.base_trips <= 3
    assert steps[0] == (CONTAINER, TABLE_A)
    assert steps[-1] == (CONTAINER, TABLE_B)
    assert sorted(steps[1:-1]) == [(i, TABLE_A) for i in small_ids(scene)]


def test_t2_who_believes_content_stays_has_only_a_best_effort() -> None:
    scene = transport(3, 0)
    found = _plan(goal_t2(scene), scene, rides=False)
    assert not found.confident
    assert found.score < 0.1
    assert found.steps
    assert found.base_trips <= 1
    assert _steps(found) != [(CONTAINER, TABLE_B)]


def test_t2_who_knows_carries_the_filled_container() -> None:
    scene = transport(3, 0)
    found = _plan(goal_t2(scene), scene, rides=True)
    assert found.confident
    assert _steps(found) == [(CONTAINER, TABLE_B)]


def test_driving_to_the_first_station_counts_after_an_earlier_one() -> None:
    scene = transport(2, 0)
    model = KinematicModel(scene, rides=True)
    for at, possible in ((None, True), (TABLE_A, True), (TABLE_B, False)):
        situation = Situation(scene, model_state(scene), at)
        found = plan(goal_t2(scene), situation, model, seed=0, config=QUICK)
        assert found.confident == possible
        assert found.base_trips <= 1


def test_feasibility_is_a_factor_of_its_own() -> None:
    scene = transport(3, 0)
    model = KinematicModel(scene, rides=False, feasible=0.6)
    situation = Situation(scene, model_state(scene))
    found = plan(goal_t1(scene), situation, model, seed=0, config=QUICK)
    assert found.score == pytest.approx(0.6)
    assert not found.confident
    assert found.product < found.score


def test_a_goal_that_holds_needs_no_plan() -> None:
    scene = transport(2, 0)
    goal = Goal(literals=(Literal(relation='inside', subject_id='object_1', object_id=CONTAINER),))
    found = _plan(goal, scene, rides=True)
    assert found.steps == ()
    assert found.confident


def test_same_seed_same_plan() -> None:
    scene = transport(2, 0)
    one, again = (_plan(goal_t1(scene), scene, rides=True) for _ in range(2))
    assert one.model_dump_json() == again.model_dump_json()


def test_predictions_of_the_steps_follow_the_model() -> None:
    scene = transport(1, 0)
    found = _plan(goal_t1(scene), scene, rides=True)
    end = scene
    for step in found.steps:
        end = after(end, step.call)
        for got, want in zip(step.predicted_scene.objects, end.objects, strict=True):
            assert got.pose_map.position_m == pytest.approx(want.pose_map.position_m, abs=1e-4)
    assert found.steps[-1].goal_probability == pytest.approx(min(found.literals))


def test_a_refused_call_is_not_planned_again() -> None:
    scene = transport(3, 0)
    avoided = AvoidedCall(
        skill='pick_place',
        object_id=CONTAINER,
        target_id=TABLE_B,
        content_ids=tuple(small_ids(scene)),
    )
    found = _plan(goal_t1(scene), scene, rides=False, avoided=[avoided])
    assert found.confident
    assert _steps(found) != [(CONTAINER, TABLE_B)]


def test_a_spent_budget_still_gives_a_plan() -> None:
    scene = transport(3, 0)
    tiny = PlannerConfig(max_evaluations=5, max_time_s=600.0)
    found = _plan(goal_t1(scene), scene, rides=True, config=tiny)
    assert len(found.steps) == 1
    assert found.evaluations <= 5


def test_the_time_cap_ends_the_search() -> None:
    scene = transport(3, 0)
    ticks = count()
    clock = Control(now_s=lambda: float(next(ticks)))
    capped = PlannerConfig(max_time_s=6.0)
    found = _plan(goal_t1(scene), scene, rides=True, config=capped, control=clock)
    assert found.steps
    assert next(ticks) < 30


def test_cancelling_ends_the_search() -> None:
    scene = transport(3, 0)
    with pytest.raises(CancelledError):
        _plan(goal_t1(scene), scene, rides=True, control=Control(should_stop=lambda: True))


def test_no_possible_call_is_an_error() -> None:
    scene = transport(0, 0, on_a=1, container_on=None)
    goal = Goal(
        literals=(Literal(relation='above', subject_id='object_1', object_id=TABLE_B),),
    )
    fixed = tuple(o.model_copy(update={'fixed': True}) for o in scene.objects)
    with pytest.raises(PlannerError) as caught:
        _plan(goal, scene.model_copy(update={'objects': fixed}), rides=True)
    assert caught.value.code == PlannerErrorCode.NO_CALL_POSSIBLE


def test_a_plan_is_named_by_what_it_says() -> None:
    scene = transport(3, 0)
    found = _plan(goal_t2(scene), scene, rides=True)
    assert _plan(goal_t2(scene), scene, rides=True).plan_id == found.plan_id
    others = (
        found.model_copy(update={'model_digest': 'another'}),
        found.model_copy(update={'steps': ()}),
        found.model_copy(update={'goal': goal_t1(scene)}),
        _plan(goal_t2(scene), transport(3, 1), rides=True),
    )
    assert len({found.plan_id, *(other.plan_id for other in others)}) == 5
