# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The graph of the running nodes is the one the access table describes: nothing more or less."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from rclpy.node import Node, NodeNameNonExistentError
import yaml

from f2p_bringup.access import Access, EVERY_NODE, MANAGED_NODE, NODES_ACCESS
from f2p_bringup.node_table import NODES
from f2p_bringup.ros.installed import executable
from f2p_core.files import write_scene
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.testing import node_process
from f2p_core.ros.waiting import DeadlineError, wait_until
from f2p_tasks.transport import transport_scene

ROOT = Path(__file__).parents[3]
TIMEOUT_S = 180.0
ROBOT, OTHER_CAMERA = '/robot', '/robot_with_another_camera'
REPLAYED, REAL = '/replayed', '/real_robot'
SPECS = {spec.executable: spec for spec in NODES}
HOMES = {'player': REPLAYED, 'executor': REAL}
"""Namespaces of those that take the place of a simulated robot."""

CAMERAS = {'perception': {'input': 'depth'}, 'recorder': {'camera': 'points'}}
"""What makes a node listen to the other kind of camera than by default."""
PLAYED = {'bag': ROOT / 'examples' / 'bags' / 'carry_2_objects', 'start_paused': True}
OPTIONAL = Access(
    publishes=('diagnostics',), subscribes=('clock',), requests=('rosbag2_recorder/snapshot',)
)
ABSENT = {
    'player': Access(publishes=('points', 'tf_static')),
    'executor': Access(
        publishes=('monitored_planning_scene',),
        subscribes=('tf', 'tf_static', 'attached_collision_object', 'trajectory_execution_event'),
        serves=('get_planning_scene',),
        calls=NODES_ACCESS['executor'].calls,
    ),
}
"""What the bag does not hold; what MoveIt does, whose double does nothing over ROS."""
GOAL_PARTS = ('send_goal', 'cancel_goal', 'get_result')
NEWS_PARTS = ('feedback', 'status')


@pytest.fixture(scope='module')
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node among all nodes of the table; those that can be are not configured."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp('run'))  # relative paths of the nodes lead nowhere else
    with own_network(), ExitStack() as running:
        for spec in SPECS.values():
            if spec.executable not in HOMES:
                options = {'autostart': False} if spec.is_managed else {}
                start(running, command_of(spec.executable), ROBOT, **options)
        for name, options in CAMERAS.items():
            start(running, command_of(name), OTHER_CAMERA, **options)
        start(running, command_of('player'), REPLAYED, **PLAYED)
        start(running, executor_with_double(Path.cwd()), REAL, robot_file=robot_file(Path.cwd()))
        yield running.enter_context(BackgroundNode('client'))
    os.chdir(before)


def command_of(name: str) -> tuple[str, ...]:
    """Returns what follows ``python`` to start a node."""
    return (str(executable(SPECS[name].package, name)),)


def executor_with_double(directory: Path) -> tuple[str, ...]:
    """Returns the same for the executor where MoveIt is not installed."""
    scene, truth = directory / 'scene.json', directory / 'truth.json'
    write_scene(scene, transport_scene(1, np.random.default_rng(0)))
    script = ROOT / 'src' / 'f2p_moveit' / 'test' / 'executor_with_moveit.py'
    return (str(script), str(scene), str(truth), '0.0', REAL)


def robot_file(directory: Path) -> Path:
    """Writes our robot's file with a limit of force: it listens to its force sensor then."""
    robots = ROOT / 'src' / 'f2p_bringup' / 'config' / 'robots'
    content = yaml.safe_load((robots / 'f2p.yaml').read_text())
    content['limits']['force_n'] = 40.0
    content['description'] = str(robots / 'f2p')
    path = directory / 'robot.yaml'
    path.write_text(yaml.safe_dump(content))
    return path


def start(running: ExitStack, command: tuple[str, ...], namespace: str, **options: object) -> None:
    """Starts a node in a namespace."""
    running.enter_context(node_process(command, '-r', f'__ns:={namespace}', **options))


def names(listing: list[tuple[str, list[str]]], namespace: str) -> set[str]:
    """Returns names relative to a namespace."""
    return {name.removeprefix(f'{namespace}/').removeprefix('/') for name, _ in listing}


def parts(actions: set[str], kinds: tuple[str, ...]) -> set[str]:
    """Returns the services or topics some actions consist of."""
    return {f'{action}/_action/{kind}' for action in actions for kind in kinds}


def actions_in(services: set[str]) -> set[str]:
    """Returns the actions whose goals go through some services."""
    return {s.removesuffix('/_action/send_goal') for s in services if s.endswith('/send_goal')}


def seen_access(client: Node, name: str, namespace: str) -> Access:
    """Returns what a running node does, by names relative to its namespace."""
    publishes = names(client.get_publisher_names_and_types_by_node(name, namespace), namespace)
    subscribes = names(client.get_subscriber_names_and_types_by_node(name, namespace), namespace)
    serves = names(client.get_service_names_and_types_by_node(name, namespace), namespace)
    requests = names(client.get_client_names_and_types_by_node(name, namespace), namespace)
    executes, calls = actions_in(serves), actions_in(requests)
    return Access(
        tuple(publishes - parts(executes, NEWS_PARTS)),
        tuple(subscribes - parts(calls, NEWS_PARTS)),
        tuple(serves - parts(executes, GOAL_PARTS)),
        tuple(requests - parts(calls, GOAL_PARTS)),
        tuple(executes),
        tuple(calls),
    )


def expected_access(name: str) -> Access:
    """Returns what the table says of a node, with what every node has, by relative names."""
    common = EVERY_NODE.joined(MANAGED_NODE) if SPECS[name].is_managed else EVERY_NODE
    full = NODES_ACCESS[name].joined(common)
    return Access(*(tuple(n.lstrip('/').replace('~', name) for n in group) for group in full))


def comparable(access: Access, name: str) -> Access:
    """Returns an access in order, without what depends on how or where a node is started."""
    pairs = zip(access, OPTIONAL.joined(ABSENT.get(name, Access())), strict=True)
    return Access(*(tuple(sorted(set(group) - {*optional})) for group, optional in pairs))


def running_access(client: Node, name: str) -> Access:
    """Returns what a node does, over both kinds of camera."""
    found = seen_access(client, name, HOMES.get(name, ROBOT))
    return found.joined(seen_access(client, name, OTHER_CAMERA)) if name in CAMERAS else found


@pytest.mark.parametrize('name', sorted(SPECS))
def test_a_node_does_what_the_table_says_and_nothing_else(client: Node, name: str) -> None:
    expected = comparable(expected_access(name), name)

    def is_as_described() -> bool:
        try:
            return comparable(running_access(client, name), name) == expected
        except NodeNameNonExistentError:
            return False  # not discovered yet

    try:
        wait_until(is_as_described, TIMEOUT_S, f'the graph of {name}')
    except DeadlineError:
        seen = comparable(running_access(client, name), name)
        assert seen._asdict() == expected._asdict(), 'see f2p_bringup/access.py'
