# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Two robots in one ROS domain, each in its namespace: neither hears the other, both learn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import shutil
from typing import Any, NamedTuple

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import LearnFromFailure
from f2p_msgs.msg import ErrorCode, ModelVersion, Scene, SceneObservation
from f2p_msgs.srv import ResetWorld
from rclpy.node import Node
import yaml

from f2p_bringup.node_table import NODES
from f2p_bringup.processes import child_environment, ProcessGroup
from f2p_bringup.ros.stack import node_command
from f2p_bringup.settings import merged, store_settings
from f2p_core.files import read_failure
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import BackgroundGoal, wait_active
from f2p_core.ros.waiting import Latest, wait_until
from f2p_effects.store import ModelStore

ROOT = Path(__file__).parents[3]
TIMEOUT_S = 180.0
OBJECTS = {'left': 1, 'right': 3}
"""In the container of each world."""

OTHER = {'left': 'right', 'right': 'left'}
PER_ROBOT = (
    'clock', 'tf', 'points', 'joint_states', 'scene', 'relations', 'world/truth', 'model_version',
)  # fmt: skip
ACTING = ('world', 'perception')
LEARNING = ('simulator', 'scene_generator', 'learner')
STARTED = [spec for spec in NODES if spec.executable in (*ACTING, *LEARNING)]
ENOUGH = {'learning.n_calls': 3, 'learning.max_rounds': 1}
"""Settings of a small run that learns all the same."""

LEARNING_S = 600.0


class Graph(NamedTuple):
    """What an onlooker without a namespace hears of both, and where they keep what they make."""

    node: Node
    scene: dict[str, Latest[SceneObservation]]
    truth: dict[str, Latest[Scene]]
    version: dict[str, Latest[ModelVersion]]
    directory: Path

    def store(self, name: str) -> ModelStore:
        return ModelStore(self.directory / name / 'models')


def parameter_file(directory: Path, objects: int) -> Path:
    """Writes the parameters of one robot's nodes, which have a copy of the models."""
    models = Path(shutil.copytree(ROOT / 'models', directory / 'models'))
    of_test = {'world': {'objects': objects}, 'learner': ENOUGH, 'scene_generator': {'threads': 1}}
    settings = merged(store_settings(models, directory), of_test)
    content = {f'/**/{node}': {'ros__parameters': values} for node, values in settings.items()}
    path = directory / 'parameters.yaml'
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.fixture(scope='module')
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    directory = tmp_path_factory.mktemp('two')
    commands = []
    for namespace, objects in OBJECTS.items():
        (directory / namespace).mkdir()
        parameters = parameter_file(directory / namespace, objects)
        for spec in STARTED:
            command = node_command(spec, parameters, namespace)
            commands.append(command._replace(name=f'{namespace}_{spec.executable}'))
    with (
        own_network(),
        ProcessGroup(commands, child_environment(), directory),
        BackgroundNode('onlooker') as node,
    ):
        scene, truth, version = ({n: Latest() for n in OBJECTS} for _ in range(3))
        graph = Graph(node, scene, truth, version, directory)
        for name in OBJECTS:
            heard: tuple[tuple[Any, str, Latest[Any]], ...] = (
                (SceneObservation, 'scene', scene[name]),
                (Scene, 'world/truth', truth[name]),
                (ModelVersion, 'model_version', version[name]),
            )
            for kind, topic, latest in heard:
                node.create_subscription(kind, f'{name}/{topic}', latest.put, LATCHED)
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


def test_both_learn_at_once_each_into_its_own_models(graph: Graph) -> None:
    """The same failure with the same seed: neither run changes what comes out of the other."""
    failure = failure_to_msg(read_failure(ROOT / 'examples' / 'failure_filled_carry.json'))
    goal = LearnFromFailure.Goal(failures=[failure], seed=3, publish=True)
    running = {}
    for name in OBJECTS:
        for node in LEARNING:
            wait_active(graph.node, f'{name}/{node}')
        caller = ActionCaller(graph.node, LearnFromFailure, f'{name}/learn_from_failure')
        running[name] = BackgroundGoal(caller, goal, LEARNING_S)
    digests = set()
    for name, run in running.items():
        result = run.end()
        assert (result.error_code, result.learned) == (ErrorCode.NONE, True), result.error_msg
        active = graph.version[name].wait(lambda m: m.version == 2, TIMEOUT_S, f'model of {name}')
        digests.add(active.digest)
        assert (graph.store(name).versions(), graph.store(name).active_version()) == ((1, 2), 2)
    assert len(digests) == 1


def world_of(graph: Graph, name: str) -> Scene:
    """Returns the true scene of a robot's world."""
    return graph.truth[name].wait(lambda _: True, TIMEOUT_S, f'the world of {name}')


def ids(scene: Scene) -> set[str]:
    return {item.object_id for item in scene.objects}
