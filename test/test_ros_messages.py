# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The messages cross real DDS between processes and come back as they were."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
import json
import os
from pathlib import Path
import subprocess
import sys
import time

from ament_index_python.packages import get_package_share_directory
from f2p_msgs import action as actions
from f2p_msgs import msg as messages
from f2p_msgs import srv as services
from f2p_msgs.msg import Failure, Scene, SceneObject, Shape, Violation
import pytest
import rclpy
from rclpy.node import Node
from rclpy.serialization import deserialize_message, serialize_message
from rosbags.typesys import get_typestore, Stores

ECHO = Path(__file__).with_name('echo_failure.py')
SOURCES = Path(__file__).resolve().parent.parent / 'src' / 'f2p_msgs'
DEADLINE_S = 30.0


def failure() -> Failure:
    """Returns a failure with about as much evidence as a real one, 8 objects of 256 points."""
    failure_id = '0d6c9f60-3b4b-4b57-8f6a-111111111111'
    message = Failure(failure_id=failure_id, schema_version=Failure.SCHEMA_VERSION)
    shape = Shape(kind='open_box', dimensions_m=[0.3, 0.2, 0.1, 0.01, 0.12])
    objects = [
        SceneObject(object_id=f'object_{i}', shape=shape, mass_kg=0.1 * i) for i in range(8)
    ]
    for observation in (message.before, message.after):
        observation.header.frame_id = 'map'
        observation.scene = Scene(objects=objects)
        observation.seen = [True] * 8
        observation.cloud_sizes = [256] * 8
        observation.clouds = array('f', (0.001 * i for i in range(8 * 256 * 3)))
    for state in (message.relations_before, message.relations_observed):
        state.relation_names = ['inside', 'contact']
        state.margin = array('f', [0.25] * 128)
        state.observed = [True, False] * 64
    message.violated = [Violation(relation='inside', subject_id='a', object_id='b')]
    return message


@pytest.fixture
def node() -> Iterator[Node]:
    rclpy.init()
    node = rclpy.create_node('asker')
    yield node
    node.destroy_node()
    rclpy.try_shutdown()


@pytest.fixture
def echo() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, str(ECHO)]) as process:
        try:
            yield process
            process.terminate()
            process.wait(DEADLINE_S)
        finally:
            process.kill()


def test_a_failure_crosses_processes_unchanged(node: Node, echo: subprocess.Popen[bytes]) -> None:
    received: list[Failure] = []
    publisher = node.create_publisher(Failure, 'failure', 1)
    node.create_subscription(Failure, 'failure_echo', received.append, 1)
    sent = failure()
    deadline = time.monotonic() + DEADLINE_S
    published = False
    while not received and time.monotonic() < deadline:
        if not published and publisher.get_subscription_count():
            publisher.publish(sent)
            published = True
        rclpy.spin_once(node, timeout_sec=0.05)
        assert echo.poll() is None, 'the echoing process ended'
    assert received, f'nothing came back on domain {os.environ["ROS_DOMAIN_ID"]}'
    assert received[0] == sent


def test_a_failure_stays_below_one_megabyte() -> None:
    data = serialize_message(failure())
    assert len(data) < 1_000_000
    assert deserialize_message(data, Failure) == failure()


@pytest.mark.parametrize(
    ('module', 'kind'), [(messages, 'msg'), (services, 'srv'), (actions, 'action')]
)
def test_every_interface_was_built(module: object, kind: str) -> None:
    for path in SOURCES.glob(f'{kind}/*'):
        assert hasattr(module, path.stem), f'{path.name} was not built'


def test_the_transform_message_is_that_of_tf2() -> None:
    share = Path(get_package_share_directory('tf2_msgs'))
    description = json.loads((share / 'msg' / 'TFMessage.json').read_text())
    hashes = {entry['type_name']: entry['hash_string'] for entry in description['type_hashes']}
    store = get_typestore(Stores.ROS2_JAZZY)
    expected = store.hash_rihs01('tf2_msgs/msg/TFMessage')
    assert hashes['tf2_msgs/msg/TFMessage'] == expected
