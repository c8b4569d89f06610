# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Poses, shapes, objects, robot states and scenes."""

from __future__ import annotations

import math

from f2p_msgs.msg import RobotState as RobotStateMsg
from f2p_msgs.msg import Scene as SceneMsg
from f2p_msgs.msg import SceneObject as SceneObjectMsg
from f2p_msgs.msg import Shape as ShapeMsg
from geometry_msgs.msg import Point, Quaternion
from geometry_msgs.msg import Pose as PoseMsg
from sensor_msgs.msg import JointState
from std_msgs.msg import Header

from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.shapes import Shape, SHAPES
from f2p_core.messages.reading import floats, FRAME_MAP
from f2p_core.messages.scene import (
    DOUBTS,
    msg_to_object,
    msg_to_pose,
    msg_to_robot,
    msg_to_scene,
    msg_to_shape,
)
from f2p_core.pose import Pose
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.scene import RobotState, Scene, SceneObject

_UNKNOWN_VECTOR = (math.nan,) * 3
"""What the messages say of a vector that nobody knows."""

__all__ = [
    'map_header',
    'msg_to_object',
    'msg_to_pose',
    'msg_to_robot',
    'msg_to_scene',
    'msg_to_shape',
    'object_to_msg',
    'pose_to_msg',
    'robot_to_msg',
    'scene_to_msg',
    'shape_to_msg',
]


def map_header(stamp_ns: int) -> Header:
    """Returns a header of frame ``map`` with a stamp [ns]."""
    return Header(stamp=time_to_msg(stamp_ns), frame_id=FRAME_MAP)


def pose_to_msg(pose: Pose) -> PoseMsg:
    """Returns a pose; quaternions are xyzw on both sides."""
    x, y, z = pose.position_m
    qx, qy, qz, qw = pose.quaternion_xyzw
    return PoseMsg(position=Point(x=x, y=y, z=z), orientation=Quaternion(x=qx, y=qy, z=qz, w=qw))


def shape_to_msg(shape: Shape) -> ShapeMsg:
    """Returns a shape as its kind and as many dimensions as the kind has."""
    size = len(SHAPES[shape.kind].usual_m)
    return ShapeMsg(kind=shape.kind, dimensions_m=floats(dimensions_of(shape)[:size]))


def object_to_msg(scene_object: SceneObject) -> SceneObjectMsg:
    """Returns one object or piece of furniture."""
    return SceneObjectMsg(
        object_id=scene_object.object_id,
        shape=shape_to_msg(scene_object.shape),
        pose=pose_to_msg(scene_object.pose_map),
        mass_kg=scene_object.mass_kg,
        friction=scene_object.friction,
        fixed=scene_object.fixed,
        confidence=scene_object.confidence,
        understood=scene_object.understood,
        reason=DOUBTS[scene_object.doubt],
        mass_std_kg=_or_unknown(scene_object.mass_std_kg),
        friction_std=_or_unknown(scene_object.friction_std),
        centre_of_mass_m=scene_object.centre_of_mass_m or _UNKNOWN_VECTOR,
        centre_of_mass_std_m=scene_object.centre_of_mass_std_m or _UNKNOWN_VECTOR,
    )


def _or_unknown(value: float | None) -> float:
    return math.nan if value is None else value


def robot_to_msg(robot: RobotState) -> RobotStateMsg:
    """Returns a robot configuration."""
    return RobotStateMsg(
        joints=JointState(name=list(robot.joint_names), position=floats(robot.position)),
        base=[] if robot.base_map is None else [pose_to_msg(robot.base_map)],
    )


def scene_to_msg(scene: Scene, stamp_ns: int = 0) -> SceneMsg:
    """Returns a scene in frame ``map``."""
    return SceneMsg(
        header=map_header(stamp_ns),
        schema_version=SceneMsg.SCHEMA_VERSION,
        objects=[object_to_msg(o) for o in scene.objects],
        has_robot=scene.robot is not None,
        robot=RobotStateMsg() if scene.robot is None else robot_to_msg(scene.robot),
    )
