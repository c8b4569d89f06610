# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Messages and bags for the tests, made without ROS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from f2p_core.bags import Bag, message_types
from f2p_replay.contract import CONTRACT, FAILURE, Topic
from f2p_replay.window import Recorded
from f2p_replay.writing import write_bag

BAGS = sorted((Path(__file__).resolve().parents[3] / 'examples' / 'bags').glob('*/'))
SECOND_NS = 10**9
BY_NAME = {topic.name: topic for topic in CONTRACT}


def image(name: str, stamp_s: float, pixels: int = 4, time_s: float | None = None) -> Recorded:
    """A frame of one row, received at its stamp unless said otherwise."""
    types = message_types().types
    stamp_ns = round(stamp_s * SECOND_NS)
    header = types['std_msgs/msg/Header'](
        stamp=types['builtin_interfaces/msg/Time'](stamp_ns // SECOND_NS, stamp_ns % SECOND_NS),
        frame_id='camera',
    )
    message = types['sensor_msgs/msg/Image'](
        header, 1, pixels, 'mono8', 0, pixels, np.zeros(pixels, dtype=np.uint8)
    )
    return recorded(BY_NAME[name], message, stamp_s if time_s is None else time_s)


def transform(name: str, time_s: float) -> Recorded:
    """An empty transform message on ``/tf`` or ``/tf_static``."""
    message = message_types().types['tf2_msgs/msg/TFMessage'](transforms=[])
    return recorded(BY_NAME[name], message, time_s)


def model_version(version: int, time_s: float) -> Recorded:
    """The announcement of a model."""
    types = message_types().types
    stamp = types['builtin_interfaces/msg/Time'](0, 0)
    message = types['f2p_msgs/msg/ModelVersion'](
        stamp, version, 'a' * 64, 1, '', '', stamp, ''
    )
    return recorded(BY_NAME['model_version'], message, time_s)


def recorded(topic: Topic, message: object, time_s: float) -> Recorded:
    """A message as the recorder keeps it."""
    data = bytes(message_types().serialize_cdr(message, topic.type_name))
    padded = data + bytes(-len(data) % 4)  # as it is on the wire
    return Recorded(topic, round(time_s * SECOND_NS), padded)


def failures(time_s: float) -> Iterator[Recorded]:
    """The failures of the shipped bags, received at a time."""
    for path in BAGS:
        with Bag(path) as bag:
            for message in bag.messages(['/failure']):
                yield Recorded(FAILURE, round(time_s * SECOND_NS), message.data)


def complete(time_s: float = 20.0) -> list[Recorded]:
    """The messages of a small complete failure bag."""
    intrinsics = message_types().types['sensor_msgs/msg/CameraInfo']
    depth, labels = image('depth', time_s), image('labels', time_s)
    return [transform('/tf', time_s), depth, labels, _info(intrinsics, time_s), failure(time_s)]


def failure(time_s: float) -> Recorded:
    """One real failure."""
    return next(failures(time_s))


def bag_of(path: Path, messages: Sequence[Recorded], namespace: str = '') -> Path:
    """Writes a bag and returns its folder."""
    write_bag(path, messages, namespace)
    return path


def _info(intrinsics: type, time_s: float) -> Recorded:
    types = message_types().types
    header = types['std_msgs/msg/Header'](
        types['builtin_interfaces/msg/Time'](int(time_s), 0), 'camera'
    )
    region = types['sensor_msgs/msg/RegionOfInterest'](0, 0, 0, 0, False)
    zeros = np.zeros
    message = intrinsics(
        header, 1, 4, 'plumb_bob', zeros(5), zeros(9), zeros(9), zeros(12), 0, 0, region
    )
    return recorded(BY_NAME['camera_info'], message, time_s)
