# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Poses, shapes, objects, robot states and scenes."""

from __future__ import annotations

from typing import Any

from f2p_msgs.msg import RobotState as RobotStateMsg
from f2p_msgs.msg import Scene as SceneMsg
from f2p_msgs.msg import SceneObject as SceneObjectMsg
from f2p_msgs.msg import Shape as ShapeMsg
from geometry_msgs.msg import Point, Quaternion
from geometry_msgs.msg import Pose as PoseMsg
from std_msgs.msg import Header

from f2p_core.errors import InvalidInputError
from f2p_core.parts import dimensions_of, shape_from_dimensions
from f2p_core.pose import Pose
from f2p_core.ros.conversions.reading import check_frame, check_schema, floats, FRAME_MAP, reading
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.scene import RobotState, Scene, SceneObject
from f2p_core.shapes import MAX_DIMENSIONS, Shape, ShapeKind

_SHAPES: dict[ShapeKind, tuple[int, int]] = {
    'box': (ShapeMsg.BOX, 3),
    'cylinder': (ShapeMsg.CYLINDER, 2),
    'sphere': (ShapeMsg.SPHERE, 1),
    'cup': (ShapeMsg.CUP, 3),
    'open_box': (ShapeMsg.OPEN_BOX, 5),
    'shelf': (ShapeMsg.SHELF, 4),
    'table': (ShapeMsg.TABLE, 3),
}
"""Per kind its constant in the message and the number of its dimensions."""

_KINDS = {constant: (kind, size) for kind, (constant, size) in _SHAPES.items()}


def map_header(stamp_ns: int) -> Header:
    """Returns a header of frame ``map`` with a stamp [ns]."""
    return Header(stamp=time_to_msg(stamp_ns), frame_id=FRAME_MAP)


def pose_to_msg(pose: Pose) -> PoseMsg:
    """Returns a pose; quaternions are xyzw on both sides."""
    x, y, z = pose.position_m
    qx, qy, qz, qw = pose.quaternion_xyzw
    return PoseMsg(position=Point(x=x, y=y, z=z), orientation=Quaternion(x=qx, y=qy, z=qz, w=qw))


def msg_to_pose(message: PoseMsg, what: str = 'pose') -> Pose:
    """Reads a pose.

    Raises:
        InvalidInputError: If a number is not finite or the quaternion is not a unit one.
    """
    p, q = message.position, message.orientation
    with reading(what):
        return Pose(position_m=(p.x, p.y, p.z), quaternion_xyzw=(q.x, q.y, q.z, q.w))


def shape_to_msg(shape: Shape) -> ShapeMsg:
    """Returns a shape as its kind and as many dimensions as the kind has."""
    constant, size = _SHAPES[shape.kind]
    return ShapeMsg(kind=constant, dimensions_m=floats(dimensions_of(shape)[:size]))


def msg_to_shape(message: ShapeMsg, what: str = 'shape') -> Shape:
    """Reads a shape.

    Raises:
        InvalidInputError: If the kind is unknown or the dimensions do not fit it.
    """
    if message.kind not in _KINDS:
        known = ', '.join(f'{constant} {kind}' for constant, (kind, _) in _KINDS.items())
        raise InvalidInputError(f'{what}.kind is {message.kind}; known: {known}')
    kind, size = _KINDS[message.kind]
    if len(message.dimensions_m) != size:
        raise InvalidInputError(
            f'{what}.dimensions_m has {len(message.dimensions_m)} entries; a {kind} has {size}'
        )
    with reading(f'{what}.dimensions_m'):
        padding = (0.0,) * (MAX_DIMENSIONS - size)
        return shape_from_dimensions(kind, (*message.dimensions_m, *padding))


def object_to_msg(scene_object: SceneObject) -> SceneObjectMsg:
    """Returns one object or piece of furniture."""
    return SceneObjectMsg(
        object_id=scene_object.object_id,
        shape=shape_to_msg(scene_object.shape),
        pose=pose_to_msg(scene_object.pose_map),
        mass_kg=scene_object.mass_kg,
        friction=scene_object.friction,
        fixed=scene_object.fixed,
    )


def msg_to_object(message: SceneObjectMsg, what: str = 'object') -> SceneObject:
    """Reads one object.

    Raises:
        InvalidInputError: Naming the field that cannot be used.
    """
    shape = msg_to_shape(message.shape, f'{what}.shape')
    pose = msg_to_pose(message.pose, f'{what}.pose')
    with reading(what):
        return SceneObject(
            object_id=message.object_id,
            shape=shape,
            pose_map=pose,
            mass_kg=message.mass_kg,
            friction=message.friction,
            fixed=message.fixed,
        )


def robot_to_msg(robot: RobotState) -> RobotStateMsg:
    """Returns a robot configuration."""
    return RobotStateMsg(
        base_map=list(robot.base_map),
        lift_m=robot.lift_m,
        arm_rad=list(robot.arm_rad),
        finger_m=robot.finger_m,
    )


def msg_to_robot(message: RobotStateMsg, what: str = 'robot') -> RobotState:
    """Reads a robot configuration.

    Raises:
        InvalidInputError: If a number is not finite.
    """
    values: dict[str, Any] = {
        'base_map': tuple(message.base_map.tolist()),
        'lift_m': message.lift_m,
        'arm_rad': tuple(message.arm_rad.tolist()),
        'finger_m': message.finger_m,
    }
    with reading(what):
        return RobotState(**values)


def scene_to_msg(scene: Scene, stamp_ns: int = 0) -> SceneMsg:
    """Returns a scene in frame ``map``."""
    return SceneMsg(
        header=map_header(stamp_ns),
        schema_version=SceneMsg.SCHEMA_VERSION,
        objects=[object_to_msg(o) for o in scene.objects],
        has_robot=scene.robot is not None,
        robot=RobotStateMsg() if scene.robot is None else robot_to_msg(scene.robot),
    )


def msg_to_scene(message: SceneMsg, what: str = 'scene') -> Scene:
    """Reads a scene.

    Raises:
        InvalidInputError: Naming the field that cannot be used: newer schema, wrong frame, unknown
            shape, a number that is not finite, an id that is used twice.
    """
    check_schema(message.schema_version, SceneMsg.SCHEMA_VERSION, what)
    check_frame(message.header.frame_id, what)
    objects = tuple(
        msg_to_object(o, f'{what}.objects[{i}]') for i, o in enumerate(message.objects)
    )
    robot = msg_to_robot(message.robot, f'{what}.robot') if message.has_robot else None
    with reading(what):
        return Scene(objects=objects, robot=robot)
