# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable
import math
from typing import NamedTuple

import numpy as np
from planner_kinematics import KinematicModel, KinematicSimulator, KinematicWorld
from planner_scenes import (
    goal_t1,
    goal_t2,
    model_state,
    put,
    relations_of,
    small_ids,
    transport,
)
import pytest

from f2p_core.failure import Failure, FailureKind
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal
from f2p_effects.protocol import EffectModel
from f2p_planner.config import PlannerConfig
from f2p_planner.environment import MotionResult, Percept
from f2p_planner.goals import goal_observed
from f2p_planner.judge import MonitorJudge
from f2p_planner.pursuit import pursue, remaining_budget
from f2p_planner.pursuit_types import End, Event, Pursuit, PursuitConfig, Stage, Tools
from f2p_planner.replay_scenes import jittered_scenes
from f2p_tasks.tabletop import CONTAINER, TABLE_B

QUICK = PursuitConfig(planner=PlannerConfig(max_time_s=600.0, refine_variants=4, refined_plans=1))


Learn = Callable[[Failure], EffectModel | None]


class _Setting(NamedTuple):
    learn: Learn
    events: list[Event]
    rides: bool


def _tools(learn: Learn, events: list[Event] | None = None, *, rides: bool = True) -> _Setting:
    return _Setting(learn, [] if events is None else events, rides)


def _nothing_learned(failure: Failure) -> None:
    return None


def _learner(scene: Scene) -> Learn:
    return lambda failure: KinematicModel(scene, rides=True)


def _pursue(
    goal: Goal,
    world: KinematicWorld,
    model: KinematicModel,
    setting: _Setting,
    config: PursuitConfig = QUICK,
) -> Pursuit:
    judge = MonitorJudge(
        world,
        lambda failure: jittered_scenes(failure.before.scene, 20, np.random.default_rng(0)),
        KinematicSimulator(rides=setting.rides),
        seed=0,
    )
    tools = Tools(
        state_of=lambda seen: model_state(seen.scene),
        judge=judge,
        learn=setting.learn,
        on_event=setting.events.append,
    )
    return pursue(goal, world, model, tools, seed=0, config=config)


def test_it_fails_learns_from_that_failure_and_succeeds() -> None:
    scene = transport(2, 0)
    world = KinematicWorld(scene)
    events: list[Event] = []
    goal = goal_t1(scene)
    got = _pursue(goal, world, KinematicModel(scene, rides=False), _tools(_learner(scene), events))
    assert got.end == End.ACHIEVED
    assert goal_observed(relations_of(world.scene), goal)
    (failure,) = got.failures
    assert failure.kind == FailureKind.INCORRECT_SYMBOLIC_PREDICTION
    assert failure.evidence.like_observed >= 18
    assert (failure.call.object_id, failure.call.target_id) == (CONTAINER, TABLE_B)
    assert {v.subject_id for v in failure.violated} >= set(small_ids(scene))
    assert failure.remaining_plan == ()
    assert got.executed[0] == failure.call
    assert len(got.executed) <= goal.max_skills
    assert {event.stage for event in events} == set(Stage)


def test_the_record_survives_json() -> None:
    scene = transport(2, 0)
    got = _pursue(
        goal_t1(scene),
        KinematicWorld(scene),
        KinematicModel(scene, rides=False),
        _tools(_learner(scene)),
    )
    text = got.failures[0].model_dump_json()
    assert Failure.model_validate_json(text).model_dump_json() == text
    assert len(text) < 1_000_000


def test_what_was_not_learned_is_not_tried_again() -> None:
    scene = transport(2, 0)
    world = KinematicWorld(scene)
    got = _pursue(
        goal_t1(scene), world, KinematicModel(scene, rides=False), _tools(_nothing_learned)
    )
    assert got.avoided[0].content_ids == tuple(small_ids(scene))
    first = got.failures[0].call
    repeated = [f for f in got.failures[1:] if f.call == first]
    assert not repeated


def test_t2_without_knowledge_plans_every_step_anew_until_the_budget_is_spent() -> None:
    scene = transport(2, 0)
    world = KinematicWorld(scene)
    got = _pursue(
        goal_t2(scene), world, KinematicModel(scene, rides=False), _tools(_nothing_learned)
    )
    assert got.end == End.BUDGET_SPENT
    assert 0 < len(got.executed) <= len(got.plans)
    assert not any(found.confident for found in got.plans)


def test_best_effort_can_be_refused() -> None:
    scene = transport(2, 0)
    config = PursuitConfig(planner=QUICK.planner, execute_best_effort=False)
    got = _pursue(
        goal_t2(scene),
        KinematicWorld(scene),
        KinematicModel(scene, rides=False),
        _tools(_nothing_learned),
        config,
    )
    assert got.end == End.NO_PLAN
    assert got.executed == ()


def test_t2_with_knowledge_succeeds_in_one_skill() -> None:
    scene = transport(2, 0)
    got = _pursue(
        goal_t2(scene),
        KinematicWorld(scene),
        KinematicModel(scene, rides=True),
        _tools(_nothing_learned),
    )
    assert got.end == End.ACHIEVED
    assert len(got.executed) == 1
    assert got.base_trips == 1


def test_a_failed_motion_is_not_learned_from_and_tried_again() -> None:
    scene = transport(2, 0)
    world = KinematicWorld(scene)
    world.broken = 1
    learned: list[Failure] = []
    got = _pursue(goal_t2(scene), world, KinematicModel(scene, rides=True), _tools(learned.append))
    assert got.end == End.ACHIEVED
    assert [f.kind for f in got.failures] == [FailureKind.MOTION_FAILURE]
    assert learned == []
    assert len(got.executed) == 2


def test_what_blocks_a_motion_is_moved_out_of_the_way() -> None:
    scene = transport(0, 0, on_a=1)
    x, y, _ = scene.object(CONTAINER).pose_map.position_m
    world = KinematicWorld(put(scene, 'object_1', x - 0.25, y))

    def blocks(now: Scene, call: SkillCall) -> bool:
        gap_m = math.dist(*(now.object(i).pose_map.position_m for i in (CONTAINER, 'object_1')))
        return call.object_id == CONTAINER and gap_m < 0.3

    world.blocks = blocks
    goal = Goal(
        literals=(Literal(relation='above', subject_id=CONTAINER, object_id=TABLE_B),),
        max_skills=9,
        max_base_trips=3,
    )
    got = _pursue(goal, world, KinematicModel(scene, rides=True), _tools(_nothing_learned))
    assert got.end == End.ACHIEVED
    tried = [call for call in got.executed if call.object_id == CONTAINER]
    assert len(tried) <= 6
    apart = np.subtract(tried[0].parameters, tried[1].parameters)
    assert (np.abs(apart) > (0.1, 0.1, 0.5)).any()
    assert 'object_1' in {call.object_id for call in got.executed}


def test_a_gap_of_the_execution_is_not_learned_from() -> None:
    scene = transport(2, 0)
    learned: list[Failure] = []
    got = _pursue(
        goal_t1(scene),
        KinematicWorld(scene),
        KinematicModel(scene, rides=False),
        _tools(learned.append, rides=False),
    )
    assert got.failures[0].kind == FailureKind.SIM2REAL_GAP
    assert learned == []


def test_a_goal_that_holds_needs_nothing() -> None:
    scene = transport(1, 0)
    goal = goal_t2(scene).model_copy(update={'literals': (goal_t1(scene).literals[0],)})
    got = _pursue(
        goal, KinematicWorld(scene), KinematicModel(scene, rides=True), _tools(_nothing_learned)
    )
    assert got.end == End.ACHIEVED
    assert got.plans == ()


def test_budgets_hold_for_the_whole_pursuit() -> None:
    scene = transport(2, 0)
    goal = goal_t1(scene, max_skills=2)
    got = _pursue(
        goal, KinematicWorld(scene), KinematicModel(scene, rides=False), _tools(_learner(scene))
    )
    assert got.end == End.BUDGET_SPENT
    assert len(got.executed) == 2
    left = remaining_budget(goal, 1, 1)
    assert left is not None
    assert (left.max_skills, left.max_base_trips) == (1, 11)
    assert remaining_budget(goal, 2, 1) is None
    assert remaining_budget(goal, 1, 13) is None


def test_a_goal_seen_late_is_achieved_all_the_same() -> None:
    scene = transport(1, 0)
    goal = goal_t2(scene).model_copy(update={'literals': (goal_t1(scene).literals[0],)})

    class Blinking(KinematicWorld):
        def observe(self) -> Percept:
            percept = super().observe()
            self.unseen = () if self.unseen else ('object_1',)
            return percept

    world = Blinking(scene)
    world.unseen = ('object_1',)
    got = _pursue(goal, world, KinematicModel(scene, rides=True), _tools(_nothing_learned))
    assert got.end == End.ACHIEVED
    assert got.executed == ()


def test_a_plan_that_looks_bad_on_the_way_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = transport(2, 0)
    world = KinematicWorld(scene)
    execute = world.execute

    def helped(call: SkillCall) -> MotionResult:
        """Somebody puts an unloaded object back into the container, once."""
        before = world.scene
        result = execute(call)
        if len(executed := [*calls, call]) == 2:
            world.scene = before
        calls[:] = executed
        return result

    calls: list[SkillCall] = []
    monkeypatch.setattr(world, 'execute', helped)
    got = _pursue(
        goal_t1(scene), world, KinematicModel(scene, rides=True), _tools(_nothing_learned)
    )
    assert got.end == End.ACHIEVED
    assert len(got.plans) > 1


def test_unseen_content_gives_no_failure() -> None:
    scene = transport(2, 0)
    world = KinematicWorld(scene)
    world.unseen = tuple(small_ids(scene))
    got = _pursue(
        goal_t1(scene), world, KinematicModel(scene, rides=False), _tools(_nothing_learned)
    )
    assert got.failures == ()
    assert got.end != End.ACHIEVED
