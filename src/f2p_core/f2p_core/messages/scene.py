# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Poses, shapes, objects, robot states and scenes."""

from __future__ import annotations

from typing import Any

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.parts import shape_from_dimensions
from f2p_core.geometry.shapes import MAX_DIMENSIONS, Shape
from f2p_core.messages.reading import check_frame, check_schema, reading
from f2p_core.pose import Pose
from f2p_core.scene import RobotState, Scene, SceneObject

SCENE_SCHEMA = 1
"""The ``schema_version`` of f2p_msgs/Scene that is read here."""

SHAPES: dict[str, tuple[int, int]] = {
    'box': (0, 3),
    'cylinder': (1, 2),
    'sphere': (2, 1),
    'cup': (3, 3),
    'open_box': (4, 5),
    'shelf': (5, 4),
    'table': (6, 3),
}
"""Per kind its constant in f2p_msgs/Shape and the number of its dimensions."""

_KINDS = {constant: (kind, size) for kind, (constant, size) in SHAPES.items()}


def msg_to_pose(message: Any, what: str = 'pose') -> Pose:
    """Reads a pose.

    Raises:
        InvalidInputError: If a number is not finite or the quaternion is not a unit one.
    """
    p, q = message.position, message.orientation
    with reading(what):
        return Pose(position_m=(p.x, p.y, p.z), quaternion_xyzw=(q.x, q.y, q.z, q.w))


def msg_to_shape(message: Any, what: str = 'shape') -> Shape:
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
        return shape_from_dimensions(kind, (*map(float, message.dimensions_m), *padding))


def msg_to_object(message: Any, what: str = 'object') -> SceneObject:
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


def msg_to_robot(message: Any, what: str = 'robot') -> RobotState:
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


def msg_to_scene(message: Any, what: str = 'scene') -> Scene:
    """Reads a scene.

    Raises:
        InvalidInputError: Naming the field that cannot be used: newer schema, wrong frame, unknown
            shape, a number that is not finite, an id that is used twice.
    """
    check_schema(message.schema_version, SCENE_SCHEMA, what)
    check_frame(message.header.frame_id, what)
    objects = tuple(
        msg_to_object(o, f'{what}.objects[{i}]') for i, o in enumerate(message.objects)
    )
    robot = msg_to_robot(message.robot, f'{what}.robot') if message.has_robot else None
    with reading(what):
        return Scene(objects=objects, robot=robot)
