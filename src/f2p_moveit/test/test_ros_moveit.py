# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The executor's whole way through MoveIt's double, and that wrong calls of it fail."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
import math
from pathlib import Path
import threading
import time
from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip('rclpy')

from geometry_msgs.msg import PoseStamped
from kinematic_robot import KinematicRobot
import message_doubles
import moveit_core_double
import moveit_double

from f2p_core.control import Control
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_moveit.motion_log import Commanded
from f2p_moveit.robot_description import read_robot
from f2p_moveit.runner import ExecutionEnd, Robot, Runner
from f2p_sim.robot import ARM, HOME
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig

ROBOTS = Path(__file__).parents[2] / 'f2p_bringup' / 'config' / 'robots'
DESCRIBED = read_robot(ROBOTS / 'f2p.yaml')
SCENE = sample_tabletop(TabletopConfig(inside=2, on_a=1), np.random.default_rng(3))
CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.1, 0.2)
)
UNLOAD = SkillCall(
    skill='pick_place', object_id='object_1', target_id=TABLE_B, parameters=(0.05, -0.1, 0.4)
)
PATIENCE_S = 60.0
PUSH = SkillCall(
    skill='push', object_id='object_3', target_id=TABLE_A, parameters=(0.3, 0.06, 0.0)
)


class Bench(NamedTuple):
    """A runner on MoveIt's double."""

    world: moveit_core_double.World
    moveit: Any
    arm: Any
    runner: Runner
    commands: list[Commanded]

    def position(self, object_id: str) -> np.ndarray:
        return self.world.robot.poses[object_id][:3, 3]

    @property
    def scene(self) -> moveit_core_double.PlanningScene:
        return self.moveit._moveit._scene


def make_bench(scene: Scene = SCENE) -> Bench:
    world = moveit_core_double.World(KinematicRobot(scene))
    moveit_double.install(world)
    # Only now: these modules import MoveIt.
    from f2p_moveit.ros.bases import MoveItBase  # noqa: PLC0415
    from f2p_moveit.ros.moveit_arm import MoveItArm  # noqa: PLC0415
    from f2p_moveit.ros.moveit_robot import MoveItRobot  # noqa: PLC0415

    commands: list[Commanded] = []
    file = DESCRIBED.file
    moveit = MoveItRobot('moveit', '/ns', DESCRIBED.moveit, file.limits.stop_s, commands.append)
    arm = MoveItArm(moveit, file)
    base = MoveItBase(moveit, file.base, file.limits)  # type: ignore[arg-type]
    robot = Robot(file, arm, base, lambda: None, time.monotonic)
    return Bench(world, moveit, arm, Runner(robot), commands)


@pytest.fixture
def bench() -> Bench:
    return make_bench()


@pytest.mark.parametrize('call', [CARRY, UNLOAD], ids=['carry', 'unload'])
def test_pick_place_ends_with_the_object_in_its_place(bench: Bench, call: SkillCall) -> None:
    assert bench.runner.execute(call, SCENE) == ExecutionEnd(''), bench.world.collisions
    target = SCENE.object(call.target_id).pose_map
    goal = target.to_parent(np.array([*call.parameters[:2], 0.0]))
    assert np.linalg.norm(bench.position(call.object_id)[:2] - goal[:2]) < 0.01
    assert bench.world.robot.held == {}
    assert bench.scene._attached == {}
    in_scene = bench.scene._objects[call.object_id][0][:3, 3]
    np.testing.assert_allclose(in_scene, bench.position(call.object_id), atol=0.01)
    assert np.abs(bench.world.robot.q[ARM] - HOME[ARM]).max() < 1e-6


def test_the_content_is_attached_with_its_container(bench: Bench) -> None:
    attached: set[str] = set()
    bench.world.on_moved = lambda _: attached.update(bench.scene._attached)
    bench.runner.execute(CARRY, SCENE)
    assert attached == {CONTAINER, 'object_1', 'object_2'}


def test_a_push_moves_the_object_along(bench: Bench) -> None:
    before = bench.position('object_3').copy()
    assert bench.runner.execute(PUSH, SCENE) == ExecutionEnd(''), bench.world.collisions
    by = bench.position('object_3') - before
    heading = SCENE.object(TABLE_A).pose_map.yaw_rad + PUSH.parameters[0]
    assert by[:2] @ [math.cos(heading), math.sin(heading)] == pytest.approx(0.06, abs=0.02)


def test_an_open_box_is_made_of_its_walls(bench: Bench) -> None:
    bench.arm.set_scene(SCENE)
    assert set(bench.scene._objects) == set(SCENE.object_ids)
    assert len(bench.scene._objects[CONTAINER][1]) == 8  # floor, four walls, handle of three
    assert len(bench.scene._objects[TABLE_A][1]) == 1


def test_what_may_touch_is_forbidden_again_by_the_next_scene(bench: Bench) -> None:
    bench.arm.set_scene(SCENE)
    bench.arm.allow_touch((CONTAINER,), (TABLE_A,))
    matrix = bench.scene.allowed_collision_matrix
    assert matrix.get_entry(CONTAINER, TABLE_A) == (True, 'ALWAYS')
    assert matrix.get_entry(CONTAINER, 'finger_left') == (True, 'ALWAYS')
    bench.arm.set_scene(SCENE)
    assert matrix.get_entry(CONTAINER, TABLE_A) == (False, 'NEVER')


def test_without_leave_to_touch_the_hand_cannot_take_hold(bench: Bench) -> None:
    """The double does check: the same skill fails when nothing may be touched."""
    bench.arm.allow_touch = lambda *_: None
    outcome = bench.runner.execute(CARRY, SCENE)
    assert outcome.reason == 'in_collision: gripper: no plan, MoveIt error -2'
    assert f'finger_left in {CONTAINER}' in bench.world.collisions


def test_what_is_grasped_and_not_attached_is_put_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bench.position(CONTAINER).copy()
    monkeypatch.setattr(
        type(bench.moveit.monitor), 'process_attached_collision_object', lambda *_: False
    )
    outcome = bench.runner.execute(CARRY, SCENE)
    assert outcome.reason == f"blocked: MoveIt did not attach '{CONTAINER}'; see its log"
    assert bench.world.robot.held == {}
    assert np.abs(bench.position(CONTAINER) - before).max() < 0.005


def test_commands_are_the_trajectories_sent(bench: Bench) -> None:
    bench.runner.execute(UNLOAD, SCENE)
    groups = {tuple(c.joint_names) for c in bench.commands}
    assert ('finger_left', 'finger_right') in groups
    assert ('base_x', 'base_y', 'base_yaw') in groups
    for command in bench.commands:
        assert command.position.shape == (command.time_s.size, len(command.joint_names))
        assert (np.diff(command.time_s) > 0).all()


def test_a_stop_during_a_motion_ends_it(bench: Bench) -> None:
    moving = threading.Event()
    step = bench.world.robot.step

    def wait_for_the_stop(q: Any) -> None:
        step(q)
        moving.set()
        assert bench.world.stop.wait(PATIENCE_S)

    bench.world.robot.step = wait_for_the_stop  # type: ignore[method-assign]
    outcome = bench.runner.execute(CARRY, SCENE, control=Control(should_stop=moving.is_set))
    assert outcome.reason.startswith('cancelled: ')
    assert not outcome.is_unsafe
    assert bench.world.stop.is_set()


def test_a_robot_that_does_not_stop_is_unsafe(bench: Bench) -> None:
    bench.world.row_s, bench.world.obeys_stop = 0.5, False
    control = Control(should_stop=lambda: bool(bench.commands))
    outcome = bench.runner.execute(CARRY, SCENE, control=control)
    assert outcome.is_unsafe
    assert outcome.reason.startswith('stop_failed: the robot did not stop within 2 s')


@pytest.mark.parametrize(
    ('call', 'error'),
    [
        (lambda m: m.get_planing_component('arm'), AttributeError),
        (lambda m: m.get_planning_component(), TypeError),
        (lambda m: m.get_planning_component(name='arm'), TypeError),
        (lambda m: m.get_planning_component(3), TypeError),
        (lambda m: m.get_planning_component('no_such_group'), RuntimeError),
        (lambda m: m.execute(m.get_robot_model(), controllers=[]), TypeError),
        (lambda m: m.execute(moveit_core_double.RobotTrajectory([], [])), TypeError),
        (lambda m: setattr(m, 'speed', 1.0), AttributeError),
        (lambda m: m.get_planning_component('arm').plan(parameters=None), TypeError),
        (lambda m: m.get_planning_component('arm').set_goal_state(), ValueError),
        (lambda m: m.get_planning_component('arm').set_goal_state(pose='x'), TypeError),
        (
            lambda m: m.get_planning_component('arm').set_goal_state(
                pose_stamped_msg=PoseStamped()
            ),
            ValueError,
        ),
        (lambda m: m.get_planning_scene_monitor().process_collision(None), AttributeError),
        (
            lambda m: m.get_planning_scene_monitor().process_attached_collision_object(
                message_doubles.CollisionObject()
            ),
            TypeError,
        ),
        (moveit_double.PlanRequestParameters, TypeError),
        (
            lambda m: setattr(
                moveit_double.PlanRequestParameters(m, ''), 'planner_id', 3
            ),
            TypeError,
        ),
        (
            lambda m: setattr(
                moveit_double.PlanRequestParameters(m, ''), 'velocity_scaling', 0.1
            ),
            AttributeError,
        ),
        (lambda m: m.get_trajectory_execution_manager().stop(), AttributeError),
        (lambda m: message_doubles.CollisionObject(ident='x'), AssertionError),
        (lambda m: setattr(message_doubles.CollisionObject(), 'ident', 'x'), AttributeError),
        (lambda m: message_doubles.CollisionObject(id=3), AssertionError),
    ],
)
def test_a_wrong_call_fails(
    bench: Bench, call: Callable[[Any], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        call(bench.moveit._moveit)


def test_a_state_is_copied_and_not_shared(bench: Bench) -> None:
    with bench.moveit.monitor.read_only() as scene:
        state = copy(scene.current_state)
    state.joint_positions = {'lift': 0.3}
    assert bench.moveit.joint_positions()['lift'] == HOME[3]
    with pytest.raises(RuntimeError, match='not known'):
        state.joint_positions = {'lifft': 0.3}
