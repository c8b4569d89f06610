# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Poses, shapes, objects, robot states and scenes."""

from __future__ import annotations

import math
from typing import Any

from f2p_core.errors import InvalidInputError, OverLimitError
from f2p_core.geometry.parts import shape_from_dimensions
from f2p_core.geometry.shapes import MAX_DIMENSIONS, Shape, SHAPES
from f2p_core.messages.reading import check_frame, check_schema, reading
from f2p_core.pose import Pose
from f2p_core.scene import Doubt, MAX_OBJECTS, RobotState, Scene, SceneObject

SCENE_SCHEMA = 2
"""The ``schema_version`` of f2p_msgs/Scene that is read here."""

DOUBTS = {
    None: 0,
    Doubt.UNKNOWN: 1,
    Doubt.TOO_FEW_POINTS: 2,
    Doubt.NO_SHAPE_FITS: 3,
    Doubt.AMBIGUOUS: 4,
    Doubt.NOT_RIGID: 5,
    Doubt.FOREIGN: 6,
}
"""Per doubt its constant in f2p_msgs/SceneObject."""

_DOUBT_OF = {constant: doubt for doubt, constant in DOUBTS.items()}


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
    kind = message.kind
    if kind not in SHAPES:
        raise InvalidInputError(f'{what}.kind is {kind!r}; known: {", ".join(SHAPES.names)}')
    size = len(SHAPES[kind].usual_m)
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
            mass_kg=_assumed(message.mass_kg, 'mass_kg'),
            friction=_assumed(message.friction, 'friction'),
            fixed=message.fixed,
            confidence=message.confidence,
            doubt=_doubt(message),
            mass_std_kg=_known(message.mass_std_kg),
            friction_std=_known(message.friction_std),
            centre_of_mass_m=_known_vector(message.centre_of_mass_m),
            centre_of_mass_std_m=_known_vector(message.centre_of_mass_std_m),
        )


def _known(value: float) -> float | None:
    """A number that may be NaN, which says that it is unknown."""
    return None if math.isnan(value) else float(value)


def _known_vector(values: Any) -> tuple[float, float, float] | None:
    x, y, z = (float(v) for v in values)
    return None if all(math.isnan(v) for v in (x, y, z)) else (x, y, z)


def _assumed(value: float, field: str) -> float:
    """A number, or what is assumed of an object where it is unknown."""
    assumed: float = SceneObject.model_fields[field].default
    return assumed if math.isnan(value) else float(value)


def _doubt(message: Any) -> Doubt | None:
    """Why an object is not understood; a reason this version does not know is ``UNKNOWN``."""
    return None if message.understood else _DOUBT_OF.get(message.reason) or Doubt.UNKNOWN


def msg_to_robot(message: Any, what: str = 'robot') -> RobotState:
    """Reads a robot configuration.

    Raises:
        InvalidInputError: If a number is not finite, or a joint has no position.
    """
    joints = message.joints
    base = msg_to_pose(message.base[0], f'{what}.base') if len(message.base) else None
    with reading(what):
        return RobotState(
            joint_names=tuple(joints.name), position=tuple(joints.position), base_map=base
        )


def msg_to_scene(message: Any, what: str = 'scene') -> Scene:
    """Reads a scene.

    Raises:
        InvalidInputError: Naming the field that cannot be used: another schema, wrong frame,
            unknown shape, a number that is not finite, an id that is used twice.
        OverLimitError: If it has more than ``MAX_OBJECTS`` objects; none of them is read.
    """
    check_schema(message.schema_version, SCENE_SCHEMA, what)
    check_frame(message.header.frame_id, what)
    count = len(message.objects)
    if count > MAX_OBJECTS:
        raise OverLimitError(f'{what} has {count} objects; at most {MAX_OBJECTS} are read')
    objects = tuple(
        msg_to_object(o, f'{what}.objects[{i}]') for i, o in enumerate(message.objects)
    )
    robot = msg_to_robot(message.robot, f'{what}.robot') if message.has_robot else None
    with reading(what):
        return Scene(objects=objects, robot=robot)
