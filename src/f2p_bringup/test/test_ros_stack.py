# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p up`` from outside: what an independent ROS process sees of the whole stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import re
import shutil
import signal
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from action_msgs.msg import GoalStatus
from f2p_msgs.action import LearnFromFailure
from f2p_msgs.msg import ErrorCode, SceneObservation
import psutil
from rcl_interfaces.srv import GetParameters, ListParameters
from rclpy.action import get_action_names_and_types, get_action_server_names_and_types_by_node
from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python

from f2p_bringup.node_table import Robot, stack_of
from f2p_bringup.ros.parameter_files import CONFIGS
from f2p_core.files import read_failure
from f2p_core.ros.action_client import LockedActionClient
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.parameters import parameter_names
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import Latest, wait_for_future, wait_until
from f2p_effects.store import ModelStore

ROOT = Path(__file__).parents[3]
TIMEOUT_S = 120.0
STOP_S = 30.0
F2P = 'import sys; from f2p_bringup.cli import main; sys.exit(main())'

TOPICS = {
    'scene': ('perception', 'f2p_msgs/msg/SceneObservation'),
    'relations': ('perception', 'f2p_msgs/msg/SymbolicState'),
    'plan': ('planner', 'f2p_msgs/msg/SkillPlan'),
    'prediction': ('planner', 'f2p_msgs/msg/SymbolicState'),
    'failure': ('failure_detector', 'f2p_msgs/msg/Failure'),
    'model_version': ('learner', 'f2p_msgs/msg/ModelVersion'),
    'points': ('world', 'sensor_msgs/msg/PointCloud2'),
    'joint_states': ('world', 'sensor_msgs/msg/JointState'),
    'clock': ('world', 'rosgraph_msgs/msg/Clock'),
    'world/truth': ('world', 'f2p_msgs/msg/Scene'),
}
SERVICES = {
    'check_effect': ('failure_detector', 'f2p_msgs/srv/CheckEffect'),
    'request_learning': ('learner', 'f2p_msgs/srv/RequestLearning'),
    'review_model': ('learner', 'f2p_msgs/srv/ReviewModel'),
    'correct_failure': ('learner', 'f2p_msgs/srv/CorrectFailure'),
    'perception/forget': ('perception', 'std_srvs/srv/Trigger'),
    'world/reset': ('world', 'f2p_msgs/srv/ResetWorld'),
}
ACTIONS = {
    'achieve_goal': ('planner', 'f2p_msgs/action/AchieveGoal'),
    'execute_skill': ('world', 'f2p_msgs/action/ExecuteSkill'),
    'learn_from_failure': ('learner', 'f2p_msgs/action/LearnFromFailure'),
    'fine_tune': ('learner', 'f2p_msgs/action/FineTune'),
    'generate_scenes': ('scene_generator', 'f2p_msgs/action/GenerateScenes'),
    'simulate_skills': ('simulator', 'f2p_msgs/action/SimulateSkills'),
}
OF_ROS = {'use_sim_time', 'start_type_description_service'}
"""Parameters that every node has from rclpy."""


class Stack(NamedTuple):
    """A running ``f2p up`` and our own node in its network."""

    process: subprocess.Popen[str]
    node: Node
    models: ModelStore


def f2p_up(directory: Path, *settings: str) -> list[str]:
    """Returns the command line of ``f2p up`` on the models of a directory."""
    chosen = [item for setting in settings for item in ('--set', setting)]
    places = ['--models', str(directory / 'models'), '--out', str(directory / 'out')]
    return [sys.executable, '-c', F2P, 'up', *places, *chosen]


@pytest.fixture(scope='module')
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All nodes as ``f2p up`` starts them, on a copy of the models."""
    directory = tmp_path_factory.mktemp('up')
    shutil.copytree(ROOT / 'models', directory / 'models')
    command = f2p_up(
        directory, 'world.objects=2', 'world.instance=false', 'learner.learning.max_rounds=1'
    )
    with subprocess.Popen(command, cwd=directory, stdout=subprocess.PIPE, text=True) as process:
        try:
            with BackgroundNode('outsider', domain_id=announced_domain(process)) as node:
                yield Stack(process, node, ModelStore(directory / 'models'))
        finally:
            process.terminate()


def announced_domain(process: subprocess.Popen[str]) -> int:
    """Reads what ``f2p up`` says until it names its ROS domain."""
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r'ROS_DOMAIN_ID=(\d+)', line)
        if found is not None:
            return int(found.group(1))
    raise AssertionError(f'f2p up ended with status {process.wait()}')


def test_all_nodes_are_seen(stack: Stack) -> None:
    wanted = {spec.executable for spec in stack_of(Robot.SIMULATED)}
    wait_until(lambda: wanted <= set(stack.node.get_node_names()), TIMEOUT_S, 'all nodes')


@pytest.mark.parametrize('name', TOPICS)
def test_topic_has_its_type_and_one_publisher(stack: Stack, name: str) -> None:
    wait_until(lambda: stack.node.count_publishers(f'/{name}') > 0, TIMEOUT_S, name)
    found = stack.node.get_publishers_info_by_topic(f'/{name}')
    assert [(p.node_name, p.topic_type) for p in found] == [TOPICS[name]]


@pytest.mark.parametrize('name', SERVICES)
def test_service_has_its_type_and_server(stack: Stack, name: str) -> None:
    owner, kind = SERVICES[name]

    def is_served() -> bool:
        of_owner = stack.node.get_service_names_and_types_by_node(owner, '/')
        return (f'/{name}', [kind]) in of_owner

    wait_until(is_served, TIMEOUT_S, f'{name} of {owner}')


@pytest.mark.parametrize('name', ACTIONS)
def test_action_has_its_type_and_server(stack: Stack, name: str) -> None:
    owner, kind = ACTIONS[name]
    action = (f'/{name}', [kind])
    wait_until(lambda: action in get_action_names_and_types(stack.node), TIMEOUT_S, name)
    assert action in get_action_server_names_and_types_by_node(stack.node, owner, '/')


def test_nobody_listens_to_the_truth(stack: Stack) -> None:
    assert stack.node.count_publishers('/world/truth') == 1
    assert stack.node.get_subscriptions_info_by_topic('/world/truth') == []


@pytest.mark.parametrize('name', [spec.executable for spec in stack_of(Robot.SIMULATED)])
def test_a_node_declares_exactly_the_parameters_of_its_file(stack: Stack, name: str) -> None:
    caller = ServiceCaller(stack.node, ListParameters, f'{name}/list_parameters')
    found = caller.call(ListParameters.Request(), timeout_s=TIMEOUT_S).result.names
    own = {n for n in found if not n.startswith('qos_overrides.')} - OF_ROS
    assert own == set(parameter_names(CONFIGS[name]))


@pytest.mark.parametrize(
    ('node', 'name', 'value'),
    [('world', 'objects', 2), ('world', 'instance', False), ('learner', 'learning.max_rounds', 1)],
)
def test_what_is_set_wins_over_the_file(stack: Stack, node: str, name: str, value: int) -> None:
    caller = ServiceCaller(stack.node, GetParameters, f'{node}/get_parameters')
    (found,) = caller.call(GetParameters.Request(names=[name]), timeout_s=TIMEOUT_S).values
    assert parameter_value_to_python(found) == value


def test_an_outsider_sends_and_cancels_a_learning_goal(stack: Stack) -> None:
    client = LockedActionClient(stack.node, LearnFromFailure, 'learn_from_failure')
    wait_until(client.server_is_ready, TIMEOUT_S, 'the action')
    failure = failure_to_msg(read_failure(ROOT / 'examples' / 'failure_filled_carry.json'))
    seen: list[Any] = []
    goal = LearnFromFailure.Goal(failures=[failure], publish=True)
    sent = client.send_goal_async(goal, seen.append)
    wait_for_future(sent, TIMEOUT_S, 'the answer')
    wait_until(lambda: bool(seen), TIMEOUT_S, 'feedback')
    sent.result().cancel_goal_async()
    ended = sent.result().get_result_async()
    wait_for_future(ended, TIMEOUT_S, 'the result')
    assert ended.result().status == GoalStatus.STATUS_CANCELED
    assert ended.result().result.error_code == ErrorCode.LEARNER_CANCELLED
    assert not ended.result().result.learned
    assert (stack.models.versions(), stack.models.active_version()) == ((1,), 1)


def test_a_killed_node_starts_again(stack: Stack) -> None:
    def others() -> set[psutil.Process]:
        return set(psutil.Process(stack.process.pid).children()) - before

    before = set(psutil.Process(stack.process.pid).children())
    (perception,) = (p for p in before if any(w.endswith('/perception') for w in p.cmdline()))
    perception.kill()
    wait_until(lambda: bool(others()), TIMEOUT_S, 'another perception')
    scene: Latest[Any] = Latest()
    stack.node.create_subscription(SceneObservation, 'scene', scene.put, LATCHED)
    scene.wait(lambda _: True, TIMEOUT_S, 'what it perceives')


def test_ctrl_c_leaves_no_process_behind(stack: Stack) -> None:
    children = psutil.Process(stack.process.pid).children(recursive=True)
    assert len(children) >= len(stack_of(Robot.SIMULATED))
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(STOP_S) == 130
    assert not [child for child in children if child.is_running()]
    for log in (stack.models.directory.parent / 'out' / 'log').glob('*.log'):
        text = log.read_text()
        assert 'Traceback' not in text, text
        assert 'never retrieved' not in text, text


def test_a_bad_parameter_ends_it_with_its_name(tmp_path: Path) -> None:
    shutil.copytree(ROOT / 'models', tmp_path / 'models')
    command = f2p_up(tmp_path, 'simulator.backend=magic')
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'simulator ended with status 2' in done.stderr
    assert "parameter backend = 'magic'; it must be one of: mujoco" in done.stderr
    assert 'Traceback' not in done.stderr
