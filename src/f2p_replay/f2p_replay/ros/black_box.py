# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Our own black box: the last seconds in memory, a bag for each failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node

from f2p_core.failure import Failure
from f2p_replay.contract import FAILURE, Need, Topic, topics_of_camera
from f2p_replay.recording import Recording
from f2p_replay.ros.recorder_config import RecorderConfig
from f2p_replay.ros.topics import message_class, qos_profile
from f2p_replay.window import Recorded, Window

_MEGABYTE = 2**20
"""Bytes per megabyte as it stands in the parameter."""

_QUEUE = 20
"""Messages of a topic that may wait while a bag is written."""


class BlackBox:
    """Listens to the contract's topics from now on; messages stay as they are on the wire.

    Args:
        node: The listening node.
        config: What is kept and written.
    """

    def __init__(self, node: Node, config: RecorderConfig) -> None:
        self._node = node
        self._config = config
        self._window = Window(
            config.window_s, round(config.window_mb * _MEGABYTE), config.window_interval_s
        )
        # One group: messages enter the window in the order of the clock.
        group = MutuallyExclusiveCallbackGroup()
        for topic in topics_of_camera(config.camera):
            if topic != FAILURE:  # each bag gets its own failure, not those before
                node.create_subscription(
                    message_class(topic),
                    topic.name,
                    self._receiver(topic),
                    qos_profile(self._listening(topic)),
                    callback_group=group,
                    raw=True,
                )

    def record(self, path: Path, failure: Failure, message: Recorded) -> Recording:
        """Begins a bag with the window before a failure; what follows is for it to go on with.

        Args:
            path: Folder of the new bag.
            failure: What happened.
            message: The failure as it was received.

        Raises:
            RecordingError: If the bag is there already or cannot be written.
        """
        return Recording(
            path,
            failure,
            message,
            self._window,
            self._config.frame_interval_s,
            self._node.get_namespace().rstrip('/'),
        )

    def _receiver(self, topic: Topic) -> Callable[[bytes], None]:
        def receive(data: bytes) -> None:
            self._window.add(Recorded(topic, self._node.get_clock().now().nanoseconds, data))

        return receive

    def _listening(self, topic: Topic) -> Topic:
        """The topic as it is listened to: bursts wait, and cameras may be best effort."""
        delivery = topic.delivery._replace(depth=max(_QUEUE, topic.delivery.depth))
        is_camera = topic.need is Need.ONE_CAMERA
        if is_camera and self._config.input_reliability == 'best_effort':
            delivery = delivery._replace(reliable=False)
        return topic._replace(delivery=delivery)
