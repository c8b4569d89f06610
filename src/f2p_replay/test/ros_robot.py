# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A robot's topics for the tests: small frames, and a real failure record."""

from __future__ import annotations

from pathlib import Path
import subprocess
import threading
from typing import Any

from geometry_msgs.msg import TransformStamped
import numpy as np
from rclpy.duration import Duration
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, JointState
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

from f2p_core.failure import Failure
from f2p_core.files import read_failure
from f2p_core.ros.conversions.failure import failure_to_msg, model_to_msg, ModelRef
from f2p_core.ros.conversions.images import depth_to_msg, labels_to_msg
from f2p_core.ros.conversions.observation import observation_to_msg
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.ros.waiting import wait_until
from f2p_replay.contract import Topic, topics_of_camera
from f2p_replay.ros.topics import message_class, qos_profile

TIMEOUT_S = 60.0
FAILURE = read_failure(
    Path(__file__).resolve().parents[3] / 'examples' / 'failure_filled_carry.json'
)
PLAYED = topics_of_camera('depth')


class Robot:
    """Publishes on every topic of the contract.

    Args:
        node: The publishing node.
        topics: Those of the contract it has.
    """

    def __init__(self, node: Node, topics: tuple[Topic, ...] = PLAYED) -> None:
        self._publishers = {
            t.name: node.create_publisher(message_class(t), t.name, qos_profile(_queued(t)))
            for t in topics
        }

    def wait_for_listeners(self) -> None:
        """Waits until somebody listens to every topic."""
        publishers = self._publishers.values()
        wait_until(
            lambda: all(p.get_subscription_count() for p in publishers), TIMEOUT_S, 'listeners'
        )

    def wait_until_received(self) -> None:
        """Waits until all that was published has arrived."""
        for publisher in self._publishers.values():
            assert publisher.wait_for_all_acked(Duration(seconds=TIMEOUT_S))

    def look(self, stamp_ns: int) -> None:
        """Publishes one camera frame and what belongs to it."""
        header = Header(stamp=time_to_msg(stamp_ns), frame_id='camera')
        self.send('depth', depth_to_msg(header, np.full((4, 6), 1.5)))
        self.send('labels', labels_to_msg(header, np.ones((4, 6))))
        self.send('camera_info', CameraInfo(header=header, width=6, height=4))
        moved = TransformStamped(header=header, child_frame_id='base_link')
        self.send('/tf', TFMessage(transforms=[moved]))
        self.send('joint_states', JointState(header=header, name=['lift'], position=[0.5]))
        seen = FAILURE.before.model_copy(update={'stamp_ns': stamp_ns})
        self.send('scene', observation_to_msg(seen))

    def announce(self) -> None:
        """Publishes what is latched: a transform and the model."""
        self.send('/tf_static', TFMessage(transforms=[TransformStamped(child_frame_id='camera')]))
        self.send('model_version', model_to_msg(ModelRef(1, 'a' * 64)))

    def fail(self, failure: Failure = FAILURE) -> None:
        """Publishes a failure."""
        self.send('failure', failure_to_msg(failure))

    def send(self, name: str, message: Any) -> None:
        """Publishes a message on one topic."""
        self._publishers[name].publish(message)


def wait_for_log(process: subprocess.Popen[str], text: str) -> None:
    """Reads what a node logs until a text comes; one that never says it is killed."""
    assert process.stderr is not None
    watchdog = threading.Timer(TIMEOUT_S, process.kill)
    watchdog.start()
    try:
        assert any(text in line for line in process.stderr), f'{text!r} was not logged'
    finally:
        watchdog.cancel()


def _queued(topic: Topic) -> Topic:
    """The topic with a queue for all the tests send at once."""
    return topic._replace(delivery=topic.delivery._replace(depth=100))
