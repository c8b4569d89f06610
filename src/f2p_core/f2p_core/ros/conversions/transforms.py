# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Stamped transforms, judged as tf2 judges them: what it takes is taken, the rest is refused."""

from __future__ import annotations

from collections.abc import Sequence
import math
from typing import Any, NamedTuple

from geometry_msgs.msg import Quaternion, Transform, TransformStamped, Vector3
from tf2_msgs.msg import TFMessage

from f2p_core.errors import InvalidInputError
from f2p_core.pose import Pose
from f2p_core.ros.conversions.time import time_to_msg

NORM_TOLERANCE = 0.01
"""A quaternion whose squared norm is off 1 by less is normalised, by more refused, as by tf2."""


class StampedPose(NamedTuple):
    """The pose of frame ``child`` in frame ``parent``."""

    parent: str
    child: str
    pose: Pose


def transforms_to_msg(poses: Sequence[StampedPose], stamp_ns: int) -> TFMessage:
    """Returns transforms with one stamp [ns]."""
    message = TFMessage()
    for parent, child, pose in poses:
        x, y, z = pose.position_m
        qx, qy, qz, qw = pose.quaternion_xyzw
        item = TransformStamped(
            child_frame_id=child,
            transform=Transform(
                translation=Vector3(x=x, y=y, z=z), rotation=Quaternion(x=qx, y=qy, z=qz, w=qw)
            ),
        )
        item.header.frame_id = parent
        item.header.stamp = time_to_msg(stamp_ns)
        message.transforms.append(item)
    return message


def msg_to_stamped_pose(message: Any) -> StampedPose:
    """Reads a TransformStamped; a leading slash of a frame's name is dropped, as by tf2.

    Raises:
        InvalidInputError: If a frame has no name or is its own parent, or as
            ``msg_to_transform``.
    """
    parent = message.header.frame_id.removeprefix('/')
    child = message.child_frame_id.removeprefix('/')
    if not parent or not child or parent == child:
        raise InvalidInputError(
            f'the transform from {child!r} to {parent!r} needs the names of two frames'
        )
    return StampedPose(
        parent,
        child,
        msg_to_transform(message.transform, f'the transform from {child!r} to {parent!r}'),
    )


def msg_to_transform(message: Any, what: str = 'the transform') -> Pose:
    """Reads a transform.

    Raises:
        InvalidInputError: If a number is not finite or the quaternion is far from a unit one.
    """
    t, q = message.translation, message.rotation
    position_m, xyzw = (t.x, t.y, t.z), (q.x, q.y, q.z, q.w)
    if not all(map(math.isfinite, (*position_m, *xyzw))):
        raise InvalidInputError(f'{what} holds a number that is not finite')
    norm = math.hypot(*xyzw)
    if not abs(norm * norm - 1.0) < NORM_TOLERANCE:
        raise InvalidInputError(
            f'{what} has a quaternion (x, y, z, w) of norm {norm:.4g}; it must be 1'
        )
    x, y, z, w = (v / norm for v in xyzw)
    return Pose(position_m=position_m, quaternion_xyzw=(x, y, z, w))
