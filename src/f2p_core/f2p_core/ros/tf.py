# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Sending and looking up transforms: tf2_ros where it is installed, our own buffer elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from geometry_msgs.msg import TransformStamped
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.time import Time
from tf2_msgs.msg import TFMessage

from f2p_core.errors import InvalidInputError
from f2p_core.pose import Pose
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.conversions.transforms import (
    msg_to_stamped_pose,
    msg_to_transform,
    StampedPose,
    transforms_to_msg,
)
from f2p_core.ros.jumps import on_jump_back
from f2p_core.ros.logs import complain
from f2p_core.ros.qos import TF, TF_STATIC, TF_STATIC_IN
from f2p_core.ros.tf_buffer import TransformBuffer, TransformError

try:
    import tf2_ros
except ImportError:
    tf2_ros = None

__all__ = ['StampedPose', 'TransformLookup', 'TransformSender', 'transform_lookup']

# Not relative: tf2_ros uses these names, so the usual remaps of namespaced robots fit.
TF_TOPIC = '/tf'
TF_STATIC_TOPIC = '/tf_static'


class TransformSender:
    """Publishes transforms.

    Args:
        node: The publishing node.
        static: Transforms that never change, published once and latched.
    """

    def __init__(self, node: Node, static: Sequence[StampedPose] = ()) -> None:
        self._publisher = node.create_publisher(TFMessage, TF_TOPIC, TF)
        self._static = node.create_publisher(TFMessage, TF_STATIC_TOPIC, TF_STATIC)
        if static:
            self._static.publish(transforms_to_msg(static, 0))

    def send(self, poses: Sequence[StampedPose], stamp_ns: int) -> None:
        """Publishes moving transforms with one stamp [ns]."""
        self._publisher.publish(transforms_to_msg(poses, stamp_ns))


class TransformLookup(Protocol):
    """Answers where a frame was."""

    def lookup(self, target: str, source: str, stamp_ns: int) -> Pose:
        """Returns the pose of frame ``source`` in frame ``target`` at a time [ns], at once.

        Raises:
            TransformError: If it is not known.
        """


def transform_lookup(node: Node) -> TransformLookup:
    """Returns a lookup that listens to /tf and /tf_static from now on.

    Where time jumps back it forgets the moving transforms.
    """
    return _BufferLookup(node) if tf2_ros is None else _Tf2Lookup(node)


class _BufferLookup:
    """Lookup by our own buffer; a transform that tf2 would not take is dropped alone."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._buffer = TransformBuffer()
        self._jumps = on_jump_back(node, self._buffer.clear)
        self._listeners = (
            _Listener(node, TF_TOPIC, TF, partial(self._add, is_static=False)),
            _Listener(node, TF_STATIC_TOPIC, TF_STATIC_IN, partial(self._add, is_static=True)),
        )

    def _add(self, item: TransformStamped, *, is_static: bool) -> None:
        try:
            parent, child, pose = msg_to_stamped_pose(item)
            stamp_ns = msg_to_time_ns(item.header.stamp)
            self._buffer.add(parent, child, stamp_ns, pose, is_static=is_static)
        except InvalidInputError as error:
            dropped = ('transform', item.header.frame_id, item.child_frame_id)
            complain(self._node, f'{error}; it is dropped', dropped)

    def lookup(self, target: str, source: str, stamp_ns: int) -> Pose:
        return self._buffer.lookup(target, source, stamp_ns)


class _Tf2Lookup:
    """Lookup by tf2_ros."""

    def __init__(self, node: Node) -> None:
        self._buffer: Any = tf2_ros.Buffer()
        self._jumps = on_jump_back(node, self._buffer.clear)  # keeps the static ones too
        self._listener: Any = tf2_ros.TransformListener(self._buffer, node)

    def lookup(self, target: str, source: str, stamp_ns: int) -> Pose:
        try:
            found = self._buffer.lookup_transform(target, source, Time(nanoseconds=stamp_ns))
            return msg_to_transform(found.transform)
        except (tf2_ros.TransformException, InvalidInputError) as error:
            raise TransformError(
                f'no transform from {source!r} to {target!r} at {stamp_ns * 1e-9:.3f} s: {error}'
            ) from error


class _Listener:
    """Hands on every transform of a topic, in the order they came.

    A wake-up of rclpy's executor takes some milliseconds and handles one message; a robot sends
    hundreds a second. So each takes all that wait.
    """

    def __init__(
        self, node: Node, topic: str, qos: QoSProfile, add: Callable[[TransformStamped], None]
    ) -> None:
        self._add = add
        self._subscription = node.create_subscription(
            TFMessage, topic, self._receive, qos, callback_group=MutuallyExclusiveCallbackGroup()
        )

    def _receive(self, message: TFMessage) -> None:
        self._hand_on(message)
        handle = self._subscription.handle
        with handle:
            while (taken := handle.take_message(TFMessage, False)) is not None:
                self._hand_on(taken[0])

    def _hand_on(self, message: TFMessage) -> None:
        for item in message.transforms:
            self._add(item)
