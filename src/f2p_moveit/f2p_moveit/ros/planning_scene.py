# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Observed objects as collision objects of MoveIt, and which of them may touch what."""

from __future__ import annotations

from collections.abc import Iterable
import math
from typing import Any

from geometry_msgs.msg import Pose as PoseMsg
from moveit_msgs.msg import AttachedCollisionObject, CollisionObject
from shape_msgs.msg import SolidPrimitive

from f2p_core.geometry.parts import shape_parts
from f2p_core.geometry.shapes import Part
from f2p_core.messages.reading import FRAME_MAP
from f2p_core.pose import Pose
from f2p_core.ros.conversions.scene import pose_to_msg
from f2p_core.scene import SceneObject


def collision_object(item: SceneObject) -> CollisionObject:
    """Returns an object as the convex parts its shape consists of, in ``map``.

    An open box is its floor, walls and handle, so that a hand can reach in.
    """
    message = CollisionObject(id=item.object_id, operation=CollisionObject.ADD)
    message.header.frame_id = FRAME_MAP
    message.pose = pose_to_msg(item.pose_map)
    for part in shape_parts(item.shape):
        message.primitives.append(_primitive(part))
        message.primitive_poses.append(_part_pose(part))
    return message


def attached_object(
    object_id: str, link: str, touch_links: Iterable[str]
) -> AttachedCollisionObject:
    """Returns the message that makes an object of the scene part of a link."""
    named = CollisionObject(id=object_id, operation=CollisionObject.ADD)
    return AttachedCollisionObject(link_name=link, object=named, touch_links=list(touch_links))


def detached_object(object_id: str, link: str) -> AttachedCollisionObject:
    """Returns the message that makes an attached object part of the scene again."""
    named = CollisionObject(id=object_id, operation=CollisionObject.REMOVE)
    return AttachedCollisionObject(link_name=link, object=named)


class Touching:
    """The pairs that may touch, over and above what the robot's description allows."""

    def __init__(self) -> None:
        self._pairs: set[tuple[str, str]] = set()

    def allow(self, matrix: Any, pairs: Iterable[tuple[str, str]]) -> None:
        """Allows pairs in an allowed collision matrix."""
        for first, second in pairs:
            matrix.set_entry(first, second, True)
            self._pairs.add((first, second))

    def forbid_all(self, matrix: Any) -> None:
        """Takes back what was allowed."""
        for first, second in self._pairs:
            matrix.remove_entry(first, second)
        self._pairs.clear()


def _primitive(part: Part) -> SolidPrimitive:
    x, y, z = part.half_m
    match part.kind:
        case 'box':
            return SolidPrimitive(type=SolidPrimitive.BOX, dimensions=[2 * x, 2 * y, 2 * z])
        case 'cylinder':
            return SolidPrimitive(type=SolidPrimitive.CYLINDER, dimensions=[2 * z, x])
        case 'sphere':
            return SolidPrimitive(type=SolidPrimitive.SPHERE, dimensions=[x])


def _part_pose(part: Part) -> PoseMsg:
    half = part.yaw_rad / 2
    turn = (0.0, 0.0, math.sin(half), math.cos(half))
    return pose_to_msg(Pose(position_m=part.centre_m, quaternion_xyzw=turn))
