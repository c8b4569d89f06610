# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node simulator over DDS, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
import math
import subprocess
import threading
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from builtin_interfaces.msg import Duration
from f2p_msgs.action import SimulateSkills
from f2p_msgs.msg import ErrorCode
from f2p_msgs.msg import Scene as SceneMsg
from f2p_msgs.msg import SceneObject as SceneObjectMsg
from rclpy.node import Node

from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_core.pose import upright_pose
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.scene import scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg
from f2p_core.ros.errors import NodeError
from f2p_core.ros.network import own_network
from f2p_core.ros.settling import SIMULATE_ACTION
from f2p_core.ros.testing import BackgroundGoal, node_process, stop_process, wait_active
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_sim.ros.client import RosSimulator
from f2p_sim.ros.rollouts import msg_to_rollouts, rollouts_to_msg
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig

TIMEOUT_S = 60.0
CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.1, 0.2)
)
FETCH = SkillCall(
    skill='pick_place', object_id='object_1', target_id=TABLE_A, parameters=(-0.1, 0.2, 0.0)
)


def scene_of(seed: int) -> Scene:
    return sample_tabletop(TabletopConfig(inside=0, on_a=0, on_b=1), np.random.default_rng(seed))


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        yield node


@pytest.fixture(scope='module')
def simulator(client: Node) -> Iterator[subprocess.Popen[str]]:
    with node_process(('-m', 'f2p_sim.ros.simulator_node')) as process:
        wait_active(client, 'simulator')
        yield process
        assert stop_process(process)[0] == 0


@pytest.fixture(scope='module')
def remote(client: Node, simulator: subprocess.Popen[str]) -> RosSimulator:
    return RosSimulator(client, timeout_s=TIMEOUT_S)


def refusal(client: Node, goal: Any) -> Any:
    return ActionCaller(client, SimulateSkills, SIMULATE_ACTION).call(goal, timeout_s=TIMEOUT_S)


def test_over_ros_the_result_is_that_of_the_backend(remote: RosSimulator) -> None:
    scenes, calls = [scene_of(0), scene_of(1), scene_of(0)], [FETCH, CARRY, CARRY]
    stages = []
    over_ros = remote.simulate(
        scenes,
        calls,
        seed=3,
        first_index=5,
        control=Control(on_progress=lambda p: stages.append((p.stage, p.done))),
    )
    direct = MujocoSimulator().simulate(scenes, calls, seed=3, first_index=5)
    assert [r.model_dump_json() for r in over_ros] == [r.model_dump_json() for r in direct]
    assert stages[0] == ('simulate', 0)
    assert stages[-1] == ('simulate', 3)


def test_settling_over_ros_is_that_of_the_backend(remote: RosSimulator) -> None:
    scenes = [scene_of(0), scene_of(1)]
    assert remote.settle(scenes, duration_s=0.2) == MujocoSimulator().settle(
        scenes, duration_s=0.2
    )


def test_a_bad_scene_has_its_own_reason_and_spares_the_others(remote: RosSimulator) -> None:
    good = scene_of(0)
    placed = good.object('object_1')
    x, y, z = placed.pose_map.position_m
    sunk = placed.model_copy(update={'pose_map': upright_pose(x, y, z - 0.03)})
    objects = tuple(sunk if o.object_id == 'object_1' else o for o in good.objects)
    bad = good.model_copy(update={'objects': objects})
    first, second = remote.simulate([bad, good], [CARRY, FETCH], seed=0)
    assert first.reason.startswith('interpenetration')
    assert not second.reason.startswith('interpenetration')


def test_cancel_stops_the_simulation_and_the_next_goal_runs(remote: RosSimulator) -> None:
    stop = threading.Event()
    scenes = [scene_of(i) for i in range(300)]
    with pytest.raises(CancelledError):
        remote.simulate(
            scenes,
            [CARRY] * 300,
            seed=0,
            control=Control(should_stop=stop.is_set, on_progress=lambda _: stop.set()),
        )
    assert len(remote.simulate([scene_of(0)], [CARRY], seed=0)) == 1


def test_a_batch_beyond_its_deadline_is_cancelled_with_a_code(
    client: Node, remote: RosSimulator
) -> None:
    with pytest.raises(NodeError, match=r'did not come within 0\.1 s') as caught:
        RosSimulator(client, timeout_s=0.1).simulate(
            [scene_of(i) for i in range(300)], [CARRY] * 300, seed=0
        )
    assert caught.value.code == ErrorCode.SIMULATOR_UNKNOWN
    assert len(remote.simulate([scene_of(0)], [CARRY], seed=0)) == 1


def test_two_goals_at_once(client: Node, remote: RosSimulator) -> None:
    scene, carry = scene_to_msg(scene_of(0)), call_to_msg(CARRY)
    many = SimulateSkills.Goal(
        scenes=[scene], calls=[carry], scene_index=[0] * 300, call_index=[0] * 300
    )
    caller = ActionCaller(client, SimulateSkills, SIMULATE_ACTION)
    first = BackgroundGoal(caller, many, TIMEOUT_S)
    first.wait_for_feedback()
    second = refusal(client, SimulateSkills.Goal(scenes=[scene]))
    first.cancel.set()
    with pytest.raises(CancelledError):
        first.end()
    assert second.error_code == ErrorCode.SIMULATOR_BUSY


def bad_goals() -> Iterator[tuple[Any, str]]:
    scene = scene_to_msg(scene_of(0))
    yield SimulateSkills.Goal(), 'no scene'
    wild = call_to_msg(CARRY)
    wild.parameters[0] = 9.0
    yield SimulateSkills.Goal(scenes=[scene], calls=[wild]), r'calls[0]'
    fly = call_to_msg(CARRY)
    fly.skill = 'fly'
    yield SimulateSkills.Goal(scenes=[scene], calls=[fly]), "unknown skill 'fly'"
    carry = call_to_msg(CARRY)
    yield SimulateSkills.Goal(scenes=[scene], calls=[carry, carry]), '1 scenes are paired with 2'
    beyond = SimulateSkills.Goal(scenes=[scene], calls=[carry], scene_index=[1], call_index=[0])
    yield beyond, 'scene_index has 1; there are 1 scenes'
    broken = scene_to_msg(scene_of(0))
    broken.objects[2].pose.position.z = math.nan
    yield SimulateSkills.Goal(scenes=[broken], calls=[carry]), 'scenes[0].objects[2].pose'


@pytest.mark.parametrize(('goal', 'text'), list(bad_goals()))
def test_bad_goal_is_refused_with_code_and_message(
    client: Node, remote: RosSimulator, goal: Any, text: str
) -> None:
    result = refusal(client, goal)
    assert result.error_code == ErrorCode.SIMULATOR_INVALID_GOAL
    assert text in result.error_msg
    assert not result.rollouts.poses


@pytest.mark.parametrize(
    ('goal', 'text'),
    [
        (
            SimulateSkills.Goal(scene_index=[0] * 20_001, call_index=[0] * 20_001),
            'the length of scene_index is 20001; at most 20000 is allowed (limits.rollouts)',
        ),
        (
            SimulateSkills.Goal(scenes=[SceneMsg(objects=[SceneObjectMsg()] * 61)]),
            'the length of scenes[0].objects is 61; at most 60 is allowed (limits.objects)',
        ),
        (SimulateSkills.Goal(settle=Duration(sec=26)), 'settle is 26; at most 25 is allowed'),
    ],
)
def test_a_goal_over_a_limit_is_refused_with_its_own_code(
    client: Node, remote: RosSimulator, goal: Any, text: str
) -> None:
    result = refusal(client, goal)
    assert (result.error_code, text in result.error_msg) == (
        ErrorCode.SIMULATOR_OVER_LIMIT,
        True,
    ), result.error_msg


def test_rollouts_of_different_scenes_round_trip() -> None:
    scenes = [scene_of(0), sample_tabletop(TabletopConfig(inside=2), np.random.default_rng(5))]
    rollouts = MujocoSimulator().simulate(scenes, [CARRY, CARRY], seed=0)
    back = msg_to_rollouts(rollouts_to_msg(rollouts, [0, 1], [0, 1]), scenes)
    assert [r.model_dump_json() for r in back] == [r.model_dump_json() for r in rollouts]
