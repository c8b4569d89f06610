# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node executor over DDS, in a process of its own, with MoveIt's double in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import subprocess
import sys
from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import ExecuteSkill
from f2p_msgs.msg import ErrorCode
from geometry_msgs.msg import WrenchStamped
from rclpy.node import Node
from std_msgs.msg import Bool
import yaml

from f2p_core.errors import CancelledError
from f2p_core.files import read_scene, write_scene
from f2p_core.messages.scene import msg_to_robot
from f2p_core.messages.skills import msg_to_motion
from f2p_core.messages.time import msg_to_time_ns
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.scene import scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import EVENTS, SENSOR_IN
from f2p_core.ros.testing import BackgroundGoal, node_process, stop_process
from f2p_core.ros.waiting import wait_until
from f2p_core.skill import SkillCall
from f2p_sim.robot import HOME, MOVING_JOINTS
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig

TIMEOUT_S = 90.0
HERE = Path(__file__).parent
ROBOTS = HERE.parents[1] / 'f2p_bringup' / 'config' / 'robots'
SCENE = sample_tabletop(TabletopConfig(inside=2, on_a=1), np.random.default_rng(3))
CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.1, 0.2)
)
PUSH = SkillCall(
    skill='push', object_id='object_3', target_id=TABLE_A, parameters=(0.3, 0.06, 0.0)
)


class Bench(NamedTuple):
    """The client's side of the node under test."""

    node: Node
    execute: ActionCaller
    truth: Path

    def position(self, object_id: str) -> np.ndarray:
        return np.array(read_scene(self.truth).object(object_id).pose_map.position_m)


def goal(call: SkillCall) -> Any:
    return ExecuteSkill.Goal(call=call_to_msg(call), scene=scene_to_msg(SCENE))


def patient_robot(folder: Path, **limits: float) -> Path:
    """Writes our robot's file with other limits; on a loaded machine messages may come late."""
    content = yaml.safe_load((ROBOTS / 'f2p.yaml').read_text())
    content['limits'].update(limits, stale_s=30.0)
    content['description'] = str(ROBOTS / 'f2p')
    path = folder / 'patient.yaml'
    path.write_text(yaml.safe_dump(content))
    return path


def started(folder: Path, robot_file: Path, row_s: float = 0.0, namespace: str = '/') -> Any:
    """Returns the process of an executor, as a context."""
    scene, truth = folder / 'scene.json', folder / 'truth.json'
    write_scene(scene, SCENE)
    command = (str(HERE / 'executor_with_moveit.py'), str(scene), str(truth), str(row_s))
    command = (*command, namespace)
    return node_process(command, '-r', f'__ns:={namespace}', robot_file=str(robot_file))


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        yield node


@contextmanager
def running_executor(client: Node, folder: Path) -> Iterator[Bench]:
    with started(folder, patient_robot(folder), 0.02) as process:
        caller = ActionCaller(client, ExecuteSkill, 'execute_skill')
        yield Bench(client, caller, folder / 'truth.json')
        status, errors = stop_process(process)
        assert status == 0, errors


@pytest.fixture
def bench(client: Node, tmp_path: Path) -> Iterator[Bench]:
    with running_executor(client, tmp_path) as made:
        yield made


def call(bench: Bench, message: Any) -> Any:
    """Waits for a node that is still starting, then calls, as soon as it hears of its joints."""
    wait_until(bench.execute._client.server_is_ready, TIMEOUT_S, 'the executor')
    results: list[Any] = []

    def answers() -> bool:
        results.append(bench.execute.call(message, timeout_s=TIMEOUT_S))
        return not results[-1].error_msg.startswith('joints_unknown')

    wait_until(answers, TIMEOUT_S, 'joint states')
    return results[-1]


def bad_goals() -> Iterator[tuple[Any, int, str]]:
    invalid = ErrorCode.EXECUTOR_INVALID_CALL
    unknown = goal(CARRY)
    unknown.call.object_id = 'teapot'
    yield unknown, invalid, "unknown_object: 'teapot'"
    fixed = goal(CARRY)
    fixed.call.object_id = TABLE_A
    yield fixed, invalid, 'not_movable'
    wild = goal(CARRY)
    wild.call.parameters[1] = 4.0
    yield wild, invalid, 'y_m = 4'
    empty = goal(CARRY)
    empty.scene.objects = []
    yield empty, invalid, 'scene holds no objects'


def test_bad_goals_are_refused_and_a_good_one_is_executed_and_reported(bench: Bench) -> None:
    for message, code, text in bad_goals():
        refused = call(bench, message)
        assert refused.error_code == code
        assert text in refused.error_msg
    result = call(bench, goal(CARRY))
    assert (result.error_code, result.error_msg) == (ErrorCode.NONE, '')
    target = SCENE.object(TABLE_B).pose_map.to_parent(np.array([0.0, 0.1, 0.0]))
    assert np.linalg.norm(bench.position(CONTAINER)[:2] - target[:2]) < 0.01
    before = msg_to_robot(result.robot_before)
    assert before.joint_names == MOVING_JOINTS
    np.testing.assert_allclose(before.position[1:8], HOME[4:11], atol=1e-6)
    assert msg_to_time_ns(result.started) < msg_to_time_ns(result.ended)
    commanded, achieved = msg_to_motion(result.commanded), msg_to_motion(result.achieved)
    assert achieved.joint_names == MOVING_JOINTS
    assert commanded.position.shape == achieved.position.shape
    assert achieved.time_s.size > 1
    base = achieved.base_map[:, :2]
    assert np.ptp(base, axis=0).max() > 0.8  # it drove from one table to the other


def test_a_cancelled_goal_stops_and_the_next_one_is_carried_out(bench: Bench) -> None:
    refused = goal(CARRY)
    refused.call.object_id = TABLE_A
    assert call(bench, refused).error_code == ErrorCode.EXECUTOR_INVALID_CALL  # it is ready
    running = BackgroundGoal(bench.execute, goal(CARRY), TIMEOUT_S)
    running.wait_for_feedback()
    busy = bench.execute.call(goal(PUSH), timeout_s=TIMEOUT_S)
    assert busy.error_code == ErrorCode.EXECUTOR_BUSY
    running.cancel.set()
    with pytest.raises(CancelledError):
        running.end()

    def is_free() -> bool:
        answer = bench.execute.call(goal(PUSH), timeout_s=TIMEOUT_S)
        return bool(answer.error_code == ErrorCode.NONE)

    wait_until(is_free, TIMEOUT_S, 'the executor to take the next goal')


def test_a_protective_stop_is_unsafe_to_continue(bench: Bench) -> None:
    publisher = bench.node.create_publisher(Bool, 'protective_stop', EVENTS)
    wait_until(lambda: publisher.get_subscription_count() > 0, TIMEOUT_S, 'the executor to listen')

    def is_unsafe() -> bool:
        publisher.publish(Bool(data=True))
        result = bench.execute.call(goal(PUSH), timeout_s=TIMEOUT_S)
        is_stopped = bool(result.error_msg.startswith('protective_stop'))
        assert not is_stopped or result.error_code == ErrorCode.EXECUTOR_UNSAFE
        return is_stopped

    wait_until(is_unsafe, TIMEOUT_S, 'the stop to arrive')


def test_too_much_force_is_unsafe_in_a_namespace_too(client: Node, tmp_path: Path) -> None:
    robot_file = patient_robot(tmp_path, force_n=40.0)
    publisher = client.create_publisher(WrenchStamped, 'strong/wrench', SENSOR_IN)
    message = WrenchStamped()
    message.wrench.force.z = -50.0
    with started(tmp_path, robot_file, 0.0, '/strong') as process:
        caller = ActionCaller(client, ExecuteSkill, 'strong/execute_skill')
        wait_until(caller._client.server_is_ready, TIMEOUT_S, 'the executor')

        def is_too_much() -> bool:
            publisher.publish(message)
            result = caller.call(goal(PUSH), timeout_s=TIMEOUT_S)
            assert result.error_code == ErrorCode.EXECUTOR_UNSAFE  # without a force as well
            return bool(result.error_msg.startswith('force_limit: 50 N'))

        wait_until(is_too_much, TIMEOUT_S, 'the force to arrive')
        assert stop_process(process)[0] == 0


def test_a_bad_robot_file_ends_the_node_with_one_error(client: Node, tmp_path: Path) -> None:
    with started(tmp_path, ROBOTS / 'fetch_like.yaml') as process:
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2
    assert 'fetch_like/robot.urdf cannot be read' in errors
    assert 'Traceback' not in errors


def test_without_moveit_the_node_says_what_to_install(client: Node) -> None:
    if _has_moveit():
        pytest.skip('MoveIt is installed here')
    path = str(ROBOTS / 'f2p.yaml')
    command = ('-m', 'f2p_moveit.ros.executor_node')
    with node_process(command, robot_file=path) as process:
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2
    assert 'apt install ros-jazzy-moveit-py' in errors
    assert 'Traceback' not in errors


def _has_moveit() -> bool:
    command = [sys.executable, '-c', 'import moveit.planning']
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode == 0
