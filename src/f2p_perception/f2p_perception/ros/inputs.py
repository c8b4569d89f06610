# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The two kinds of input: a cloud, or a depth image with intrinsics and labels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
import threading
from typing import Any

from f2p_core.errors import InvalidInputError
from f2p_core.ros.conversions.clouds import msg_to_points
from f2p_core.ros.conversions.images import msg_to_depth_m, msg_to_intrinsics, msg_to_labels
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_perception.cloud import Cloud, cloud_from_depth
from f2p_perception.errors import PerceptionCode, PerceptionError

_KEPT = 8
"""Incomplete groups of messages that are kept; older ones will not be completed."""


def cloud_of(message: Any) -> Cloud:
    """Returns the cloud of a PointCloud2.

    Raises:
        PerceptionError: If it cannot be read.
    """
    try:
        points = msg_to_points(message)
    except InvalidInputError as error:
        raise PerceptionError(PerceptionCode.BAD_CLOUD, str(error)) from error
    header = message.header
    return Cloud(points.xyz, points.instance, header.frame_id, msg_to_time_ns(header.stamp))


def cloud_of_images(depth: Any, info: Any, labels: Any) -> Cloud:
    """Returns the cloud of a depth image, its CameraInfo and its label image.

    Raises:
        PerceptionError: If one cannot be read, or their sizes differ.
    """
    try:
        camera = msg_to_intrinsics(info)
        depth_m, label_image = msg_to_depth_m(depth), msg_to_labels(labels)
    except InvalidInputError as error:
        raise PerceptionError(PerceptionCode.BAD_CLOUD, str(error)) from error
    stamp_ns = msg_to_time_ns(depth.header.stamp)
    return cloud_from_depth(depth_m, label_image, camera, depth.header.frame_id, stamp_ns)


class SameStamp:
    """Joins messages of several topics that carry the same stamp.

    Args:
        topics: Names of the topics that belong together.
        on_complete: Called with the messages, in the order of ``topics``.
    """

    def __init__(self, topics: tuple[str, ...], on_complete: Callable[..., None]) -> None:
        self._topics = topics
        self._on_complete = on_complete
        self._waiting: OrderedDict[int, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, topic: str, message: Any) -> None:
        """Takes a message; the last one of a stamp triggers ``on_complete``."""
        stamp_ns = msg_to_time_ns(message.header.stamp)
        with self._lock:
            group = self._waiting.setdefault(stamp_ns, {})
            group[topic] = message
            if len(group) == len(self._topics):
                del self._waiting[stamp_ns]
            while len(self._waiting) > _KEPT:
                self._waiting.popitem(last=False)
        if len(group) == len(self._topics):
            self._on_complete(*(group[t] for t in self._topics))
