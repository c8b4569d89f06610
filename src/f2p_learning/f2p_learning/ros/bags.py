# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Failures out of a bag: what was published on the topic ``failure``."""

from __future__ import annotations

from pathlib import Path

from f2p_msgs.msg import Failure as FailureMsg
from rclpy.serialization import deserialize_message
from rosbags.highlevel import AnyReader, AnyReaderError
from rosbags.rosbag2 import ReaderError

from f2p_core.failure import Failure
from f2p_core.ros.conversions.failure import msg_to_failure
from f2p_learning.errors import LearningError

FAILURE_TOPIC = 'failure'
_TYPE = 'f2p_msgs/msg/Failure'


class BagError(LearningError):
    """A bag that cannot be read or holds no failure."""


def failures_in_bag(path: Path) -> tuple[Failure, ...]:
    """Returns the failures of a bag, oldest first.

    Raises:
        BagError: If the bag cannot be read or has no failure in it.
        InvalidInputError: If a failure in it cannot be read.
    """
    try:
        with AnyReader([path]) as reader:
            found = [c for c in reader.connections if c.msgtype == _TYPE]
            raw = [bytes(data) for _, _, data in reader.messages(found)] if found else []
    except (AnyReaderError, ReaderError, OSError) as error:
        raise BagError(f'the bag {path} cannot be read: {error}') from error
    if not raw:
        raise BagError(f'the bag {path} holds no message of type {_TYPE}')
    return tuple(
        msg_to_failure(deserialize_message(data, FailureMsg), f'{path}: failure {i}')
        for i, data in enumerate(raw)
    )
