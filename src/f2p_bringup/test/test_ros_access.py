# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The graph of the running nodes is the one the access table describes: nothing more or less."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
import os
from pathlib import Path

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from rclpy.node import Node, NodeNameNonExistentError

from f2p_bringup.access import Access, EVERY_NODE, MANAGED_NODE, NODES_ACCESS
from f2p_bringup.node_table import NODES, NodeSpec, Robot, Subsystem
from f2p_bringup.ros.installed import executable
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.testing import node_process
from f2p_core.ros.waiting import DeadlineError, wait_until

TIMEOUT_S = 180.0
ROBOT, OTHER_CAMERA = '/robot', '/robot_with_another_camera'
SPECS = {
    spec.executable: spec
    for spec in NODES
    if spec.subsystem is not Subsystem.REPLAY and spec.robot is not Robot.REAL
}
"""Not the player, which needs a bag and publishes what is in it; nor what needs a real robot."""

CAMERAS = {'perception': {'input': 'depth'}, 'recorder': {'camera': 'points'}}
"""What makes a node listen to the other kind of camera than by default."""
OPTIONAL = Access(
    publishes=('diagnostics',), subscribes=('clock',), requests=('rosbag2_recorder/snapshot',)
)
GOAL_PARTS = ('send_goal', 'cancel_goal', 'get_result')
NEWS_PARTS = ('feedback', 'status')


@pytest.fixture(scope='module')
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node among all nodes of the table, which are there but not configured."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp('run'))  # relative paths of the nodes lead nowhere else
    with own_network(), ExitStack() as running:
        for spec in SPECS.values():
            options = {'autostart': False} if spec.is_managed else {}
            start(running, spec, ROBOT, **options)
        for name, options in CAMERAS.items():
            start(running, SPECS[name], OTHER_CAMERA, **options)
        yield running.enter_context(BackgroundNode('client'))
    os.chdir(before)


def start(running: ExitStack, spec: NodeSpec, namespace: str, **options: object) -> None:
    """Starts a node in a namespace."""
    command = (str(executable(spec.package, spec.executable)),)
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


def comparable(access: Access) -> Access:
    """Returns an access in order, without what depends on how a node is started."""
    pairs = zip(access, OPTIONAL, strict=True)
    return Access(*(tuple(sorted(set(group) - {*optional})) for group, optional in pairs))


def running_access(client: Node, name: str) -> Access:
    """Returns what a node does, over both kinds of camera."""
    found = seen_access(client, name, ROBOT)
    return found.joined(seen_access(client, name, OTHER_CAMERA)) if name in CAMERAS else found


@pytest.mark.parametrize('name', sorted(SPECS))
def test_a_node_does_what_the_table_says_and_nothing_else(client: Node, name: str) -> None:
    expected = comparable(expected_access(name))

    def is_as_described() -> bool:
        try:
            return comparable(running_access(client, name)) == expected
        except NodeNameNonExistentError:
            return False  # not discovered yet

    try:
        wait_until(is_as_described, TIMEOUT_S, f'the graph of {name}')
    except DeadlineError:
        seen = comparable(running_access(client, name))
        assert seen._asdict() == expected._asdict(), 'see f2p_bringup/access.py'
