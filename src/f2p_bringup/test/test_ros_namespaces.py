# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Two robots in one ROS domain, each in its namespace: neither hears the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.msg import Scene, SceneObservation
from f2p_msgs.srv import ResetWorld
from rclpy.node import Node

from f2p_bringup.node_table import NODES
from f2p_bringup.processes import child_environment, ProcessGroup
from f2p_bringup.ros.stack import node_command
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import Latest, wait_until

TIMEOUT_S = 120.0
OBJECTS = {'left': 1, 'right': 3}
"""In the container of each world."""

OTHER = {'left': 'right', 'right': 'left'}
PER_ROBOT = ('clock', 'tf', 'points', 'joint_states', 'scene', 'relations', 'world/truth')
STARTED = [spec for spec in NODES if spec.executable in ('world', 'perception')]


class Graph(NamedTuple):
    """What an onlooker without a namespace hears of both."""

    node: Node
    scene: dict[str, Latest[SceneObservation]]
    truth: dict[str, Latest[Scene]]


@pytest.fixture(scope='module')
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    directory = tmp_path_factory.mktemp('two')
    commands = []
    for namespace, objects in OBJECTS.items():
        overrides = directory / f'{namespace}.yaml'
        overrides.write_text(f'/**/world:\n  ros__parameters: {{objects: {objects}}}\n')
        for spec in STARTED:
            command = node_command(spec, overrides, namespace)
            commands.append(command._replace(name=f'{namespace}_{spec.executable}'))
    with (
        own_network(),
        ProcessGroup(commands, child_environment(), directory),
        BackgroundNode('onlooker') as node,
    ):
        graph = Graph(node, {n: Latest() for n in OBJECTS}, {n: Latest() for n in OBJECTS})
        for name in OBJECTS:
            node.create_subscription(
                SceneObservation, f'{name}/scene', graph.scene[name].put, LATCHED
            )
            node.create_subscription(Scene, f'{name}/world/truth', graph.truth[name].put, LATCHED)
        yield graph


@pytest.mark.parametrize('name', OBJECTS)
def test_each_robot_sees_its_own_objects(graph: Graph, name: str) -> None:
    there, elsewhere = (ids(world_of(graph, n)) for n in (name, OTHER[name]))
    assert there != elsewhere
    graph.scene[name].wait(lambda m: ids(m.scene) == there, TIMEOUT_S, f'all of {there}')


@pytest.mark.parametrize('topic', PER_ROBOT)
def test_every_topic_is_there_once_per_robot(graph: Graph, topic: str) -> None:
    for name in OBJECTS:
        place = f'/{name}/{topic}'
        wait_until(lambda p=place: graph.node.count_publishers(p) == 1, TIMEOUT_S, place)
    assert graph.node.count_publishers(f'/{topic}') == 0


def test_what_happens_to_one_leaves_the_other_alone(graph: Graph) -> None:
    of_right = world_of(graph, 'right')
    reset = ServiceCaller(graph.node, ResetWorld, 'left/world/reset')
    answer = reset.call(ResetWorld.Request(scene=of_right, seed=1), timeout_s=TIMEOUT_S)
    assert answer.error_code == 0, answer.error_msg
    graph.truth['left'].wait(lambda m: ids(m) == ids(of_right), TIMEOUT_S, 'the new scene')
    before_ns = msg_to_time_ns(of_right.header.stamp)
    later = graph.truth['right'].wait(
        lambda m: msg_to_time_ns(m.header.stamp) > before_ns, TIMEOUT_S, 'a later scene'
    )
    assert ids(later) == ids(of_right)


def world_of(graph: Graph, name: str) -> Scene:
    """Returns the true scene of a robot's world."""
    return graph.truth[name].wait(lambda _: True, TIMEOUT_S, f'the world of {name}')


def ids(scene: Scene) -> set[str]:
    return {item.object_id for item in scene.objects}
