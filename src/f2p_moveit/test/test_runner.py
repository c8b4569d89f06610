# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The executor's core on the kinematic robot: whole skills, and what goes wrong in them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from runner_bench import Bench, FILE, SCENE

from f2p_core.control import Control, Progress
from f2p_core.pose import Pose, upright_pose
from f2p_core.skill import PICK_PLACE, SkillCall
from f2p_core.skill import PUSH as PUSH_SKILL
from f2p_moveit.errors import UnsafeError
from f2p_moveit.moves import BasePose
from f2p_moveit.pick_place import RELEASE_GAP_M
from f2p_moveit.plans import PLANS
from f2p_moveit.protocols import Check
from f2p_moveit.runner import ExecutionEnd
from f2p_moveit.surroundings import bounds
from f2p_sim.errors import SkillError
from f2p_sim.robot import ARM, HOME
from f2p_tasks.tabletop import (
    CONTAINER,
    TABLE_A,
    TABLE_B,
    TABLE_SIZE_M,
)

CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.1, 0.2)
)
UNLOAD = SkillCall(
    skill='pick_place', object_id='object_1', target_id=TABLE_B, parameters=(0.05, -0.1, 0.4)
)
PUSH = SkillCall(
    skill='push', object_id='object_3', target_id=TABLE_A, parameters=(0.3, 0.06, 0.0)
)


def place_in_map(call: SkillCall) -> np.ndarray:
    target = SCENE.object(call.target_id).pose_map
    return target.to_parent(np.array([*call.parameters[:2], 0.0]))[:2]


def turn(a: float, b: float) -> float:
    return abs(math.remainder(a - b, math.tau))


@pytest.mark.parametrize('call', [CARRY, UNLOAD], ids=['carry', 'unload'])
def test_an_object_is_put_where_the_call_says(call: SkillCall) -> None:
    bench = Bench()
    phases: list[Progress] = []
    assert bench.runner.execute(
        call, SCENE, control=Control(on_progress=phases.append)
    ) == ExecutionEnd('')
    assert np.linalg.norm(bench.position(call.object_id)[:2] - place_in_map(call)) < 0.01
    target_yaw = SCENE.object(call.target_id).pose_map.yaw_rad
    assert turn(bench.yaw(call.object_id), target_yaw + call.parameters[2]) < 0.01
    placed = SCENE.object(call.object_id)
    end = upright_pose(*bench.position(call.object_id).tolist(), bench.yaw(call.object_id))
    low = bounds(placed.model_copy(update={'pose_map': end}))[0, 2]
    assert low == pytest.approx(TABLE_SIZE_M[2] + RELEASE_GAP_M, abs=1e-3)
    assert bench.robot.held == {}
    assert bench.arm.attached == ()
    assert np.abs(bench.robot.q[ARM] - HOME[ARM]).max() < 1e-6  # the safe state
    seen = [p.stage for p in phases]
    assert seen == sorted(seen, key=['approaching', 'acting', 'carrying', 'releasing',
                                     'retreating'].index)  # fmt: skip
    assert phases[-1].done == phases[-1].total - 1


def test_the_content_rides_along() -> None:
    bench = Bench()
    before = {i: bench.position(i) - bench.position(CONTAINER) for i in ('object_1', 'object_2')}
    attached: set[str] = set()
    bench.runner.execute(
        CARRY, SCENE, control=Control(on_progress=lambda _: attached.update(bench.arm.attached))
    )
    assert attached == {CONTAINER, 'object_1', 'object_2'}
    for object_id, offset in before.items():
        now = bench.position(object_id) - bench.position(CONTAINER)
        assert np.linalg.norm(now) == pytest.approx(np.linalg.norm(offset), abs=1e-6)
        assert now[2] == pytest.approx(offset[2], abs=1e-3)


def test_a_push_moves_the_object_along() -> None:
    bench = Bench()
    before = bench.position('object_3').copy()
    assert bench.runner.execute(PUSH, SCENE) == ExecutionEnd('')
    by = bench.position('object_3') - before
    heading = SCENE.object(TABLE_A).pose_map.yaw_rad + PUSH.parameters[0]
    assert by[:2] @ [math.cos(heading), math.sin(heading)] == pytest.approx(0.06, abs=0.02)
    assert abs(by[:2] @ [-math.sin(heading), math.cos(heading)]) < 0.01


def test_cancel_stops_at_once_and_what_is_held_is_put_back_before_the_next_call() -> None:
    bench = Bench()
    before = bench.position(CONTAINER).copy()
    stopped_at: list[int] = []

    def cancel_while_carrying() -> bool:
        lifted = bool(bench.robot.held) and bench.position(CONTAINER)[2] > before[2] + 0.05
        if lifted and not stopped_at:
            stopped_at.append(bench.arm.steps)
        return bool(stopped_at)

    outcome = bench.runner.execute(
        CARRY, SCENE, control=Control(should_stop=cancel_while_carrying)
    )
    assert outcome.reason.startswith('cancelled: ')
    assert not outcome.is_unsafe
    assert bench.arm.steps == stopped_at[0]
    assert CONTAINER in bench.robot.held
    assert bench.runner.execute(UNLOAD, SCENE) == ExecutionEnd('')
    assert np.abs(bench.position(CONTAINER) - before).max() < 0.005


def test_a_stage_that_takes_too_long_ends_and_what_is_held_is_put_back() -> None:
    bench = Bench()
    before = bench.position(CONTAINER).copy()
    lifted: list[bool] = []

    def time_flies_while_carrying() -> bool:
        if not lifted and bench.robot.held and bench.position(CONTAINER)[2] > before[2] + 0.05:
            lifted.append(True)
            bench.now_s += 100.0
        return False

    outcome = bench.runner.execute(
        CARRY, SCENE, control=Control(should_stop=time_flies_while_carrying)
    )
    assert outcome.reason.startswith('timeout: lift')
    assert not outcome.is_unsafe
    assert bench.robot.held == {}
    assert np.abs(bench.position(CONTAINER) - before).max() < 0.005
    assert np.abs(bench.robot.q[ARM] - HOME[ARM]).max() < 1e-6


def no_way_with_something_held(bench: Bench, times: int) -> None:
    """Makes the arm find no path as often as said while something is held."""
    reach, left = bench.arm.reach, [times]

    def blocked(tool_map: Pose, speed: float, check: Check) -> None:
        if bench.robot.held and left[0] > 0:
            left[0] -= 1
            raise SkillError('in_collision', 'arm: no plan')
        reach(tool_map, speed, check)

    bench.arm.reach = blocked  # type: ignore[method-assign]


def test_what_cannot_be_put_down_is_put_back() -> None:
    bench = Bench()
    before = bench.position(CONTAINER).copy()
    no_way_with_something_held(bench, 1)
    outcome = bench.runner.execute(CARRY, SCENE)
    assert outcome == ExecutionEnd('in_collision: arm: no plan')
    assert bench.robot.held == {}
    assert np.abs(bench.position(CONTAINER) - before).max() < 0.005


def test_what_cannot_be_lowered_at_its_place_is_carried_back_with_the_arm_drawn_in() -> None:
    bench = Bench()
    before = bench.position(CONTAINER).copy()
    straight, drives = bench.arm.straight, bench.base.drive
    reaches_m: list[float] = []

    def blocked(tool_map: Pose, speed: float, check: Check) -> None:
        if bench.robot.held and tool_map.position_m[1] < 0 and speed == FILE.limits.contact_speed:
            raise SkillError('blocked', 'the controller says ABORTED')
        straight(tool_map, speed, check)

    def drive(goal_map: BasePose, check: Check) -> None:
        if bench.robot.held:
            hand, base = bench.robot.tool()[:2, 3], bench.base.pose_map()
            reaches_m.append(float(np.linalg.norm(hand - np.array(base[:2]))))
        drives(goal_map, check)

    bench.arm.straight, bench.base.drive = blocked, drive  # type: ignore[method-assign]
    outcome = bench.runner.execute(CARRY, SCENE)
    assert outcome == ExecutionEnd('blocked: the controller says ABORTED')
    assert np.abs(bench.position(CONTAINER) - before).max() < 0.005
    assert reaches_m == pytest.approx([FILE.stance.carry_reach_m] * 2, abs=1e-3)


def test_another_way_is_tried_before_anything_is_held() -> None:
    bench = Bench()
    straight, refused = bench.arm.straight, []

    def first_refused(tool_map: Pose, speed: float, check: Check) -> None:
        if not refused:
            refused.append(tool_map)
            raise SkillError('in_collision', 'arm: no plan')
        straight(tool_map, speed, check)

    bench.arm.straight = first_refused  # type: ignore[method-assign]
    assert bench.runner.execute(CARRY, SCENE) == ExecutionEnd('')


def test_what_can_neither_be_put_down_nor_back_is_unsafe() -> None:
    bench = Bench()
    no_way_with_something_held(bench, 99)
    outcome = bench.runner.execute(CARRY, SCENE)
    assert outcome.is_unsafe
    assert outcome.reason.startswith('not_recovered: after "in_collision: arm: no plan"')
    assert CONTAINER in bench.robot.held
    steps = bench.arm.steps
    assert bench.runner.execute(CARRY, SCENE) == outcome
    assert bench.arm.steps == steps


def test_a_stop_before_anything_moved_does_not_last() -> None:
    bench = Bench()
    bench.problem = UnsafeError('protective_stop: the robot was stopped')
    assert bench.runner.execute(CARRY, SCENE).is_unsafe
    assert bench.arm.steps == 0
    bench.problem = None
    assert bench.runner.execute(CARRY, SCENE) == ExecutionEnd('')


def test_an_object_that_is_gone_is_missed() -> None:
    seen = SCENE
    bench = Bench()
    bench.robot.poses['object_3'][:2, 3] += 0.1
    call = UNLOAD.model_copy(update={'object_id': 'object_3'})
    outcome = bench.runner.execute(call, seen)
    assert outcome.reason.startswith('grasp_missed: ')
    assert not outcome.is_unsafe
    assert bench.arm.attached == ()
    assert np.abs(bench.robot.q[ARM] - HOME[ARM]).max() < 1e-6


def test_after_something_unsafe_nothing_moves_any_more() -> None:
    bench = Bench()

    def press(progress: Progress) -> None:
        if progress.stage == 'acting':
            bench.problem = UnsafeError('force_limit: 61 N are more than 60 N')

    outcome = bench.runner.execute(CARRY, SCENE, control=Control(on_progress=press))
    assert outcome == ExecutionEnd('force_limit: 61 N are more than 60 N', is_unsafe=True)
    steps, bench.problem = bench.arm.steps, None
    assert bench.runner.execute(UNLOAD, SCENE).is_unsafe
    assert bench.arm.steps == steps


@pytest.mark.parametrize(
    ('call', 'reason'),
    [
        (CARRY.model_copy(update={'object_id': 'teapot'}), "unknown_object: 'teapot'"),
        (CARRY.model_copy(update={'target_id': 'teapot'}), "unknown_object: 'teapot'"),
        (CARRY.model_copy(update={'object_id': TABLE_A}), "not_movable: 'table_a'"),
        (CARRY.model_copy(update={'skill': 'juggle'}), "unknown_skill: 'juggle'"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(call: SkillCall, reason: str) -> None:
    outcome = Bench().runner.execute(call, SCENE)
    assert outcome.reason.startswith(reason)
    assert not outcome.is_unsafe


def test_what_is_out_of_reach_is_said() -> None:
    high = SCENE.object('object_3').pose_map
    x, y, _ = high.position_m
    objects = tuple(
        o.model_copy(update={'pose_map': high.model_copy(update={'position_m': (x, y, 2.5)})})
        if o.object_id == 'object_3'
        else o
        for o in SCENE.objects
    )
    scene = SCENE.model_copy(update={'objects': objects})
    call = UNLOAD.model_copy(update={'object_id': 'object_3'})
    outcome = Bench(scene).runner.execute(call, scene)
    assert outcome.reason.startswith('ik_unreachable: ')


def test_every_skill_of_ours_has_plans() -> None:
    for skill in (PICK_PLACE, PUSH_SKILL):
        assert PLANS[skill.name].skill == skill.name
    assert PLANS.problems == ()
