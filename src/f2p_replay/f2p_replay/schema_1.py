# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What version 1 of our messages said, said in version 2: one message, or one JSON document.

Version 1 knew one robot only, whose joints it had as fields without names, and shapes by number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rosbags.interfaces import Nodetype

from f2p_core.bags import FAILURE_TYPE, message_types, OUR_PACKAGE
from f2p_core.messages.failure import recorded_in
from f2p_core.messages.time import NS_PER_S
from f2p_core.pose import planar_rows

JSON = dict[str, Any]
MODEL_TYPE = f'{OUR_PACKAGE}/msg/ModelVersion'

_BASE = ('base_x', 'base_y', 'base_yaw')
_ARM = (
    'shoulder_pan',
    'shoulder_lift',
    'upper_arm_roll',
    'elbow_flex',
    'forearm_roll',
    'wrist_flex',
    'wrist_roll',
)
_JOINTS = ('lift', *_ARM, 'finger_left', 'finger_right')
_SHAPES = ('box', 'cylinder', 'sphere', 'cup', 'open_box', 'shelf', 'table')
_SCHEMA = 2
"""Version of failures and scenes that is written."""
_NAMED, _ACTIVE = 0, 1
"""States of ``ModelVersion``: only named, and active."""


def upgraded(old: Any, type_name: str) -> Any:
    """Returns a message of version 1 as one of version 2.

    Args:
        old: As the definitions in its bag have it; a message of ROS is returned as it is.
        type_name: For example ``f2p_msgs/msg/Scene``.
    """
    if not type_name.startswith(f'{OUR_PACKAGE}/'):
        return old
    store = message_types()
    values = _RULES[type_name](old) if type_name in _RULES else {}
    for name, (node, details) in store.fielddefs[type_name][1]:
        if name not in values:
            values[name] = _field(getattr(old, name), node, details)
    message: Any = store.types[type_name](**values)
    if type_name == FAILURE_TYPE:
        return replace(message, digest=recorded_in(message).digest)
    return message


def upgraded_announcement(old: Any) -> Any:
    """Returns the announcement of a model of version 1: on its topic it is the active one."""
    return replace(upgraded(old, MODEL_TYPE), state=_ACTIVE)


def upgraded_failure(document: JSON) -> JSON:
    """Returns the JSON form of a failure of version 1 as that of version 2, without a digest."""
    seen = {
        name: {**document[name], 'scene': upgraded_scene(document[name]['scene'])}
        for name in ('before', 'after')
    }
    return {
        **document,
        **seen,
        'schema_version': _SCHEMA,
        'commanded': _json_motion(document['commanded']),
        'achieved': _json_motion(document['achieved']),
        'robot_before': _json_robot(document['robot_before']),
    }


def upgraded_scene(document: JSON) -> JSON:
    """Returns the JSON form of a scene of version 1 as that of version 2."""
    robot = document['robot']
    return {
        **document,
        'schema_version': _SCHEMA,
        'robot': None if robot is None else _json_robot(robot),
    }


def _field(value: Any, node: Nodetype, details: Any) -> Any:
    """The value of a field that both versions have."""
    if node == Nodetype.NAME:
        return upgraded(value, details)
    if node in (Nodetype.ARRAY, Nodetype.SEQUENCE) and details[0][0] == Nodetype.NAME:
        return [upgraded(item, details[0][1]) for item in value]
    return value


def _make(type_name: str, **values: Any) -> Any:
    return message_types().types[type_name](**values)


def _no_time() -> Any:
    return _make('builtin_interfaces/msg/Time', sec=0, nanosec=0)


def _no_header() -> Any:
    return _make('std_msgs/msg/Header', stamp=_no_time(), frame_id='')


def _pose(row: NDArray[np.float64]) -> Any:
    x, y, z, qx, qy, qz, qw = row.tolist()
    return _make(
        'geometry_msgs/msg/Pose',
        position=_make('geometry_msgs/msg/Point', x=x, y=y, z=z),
        orientation=_make('geometry_msgs/msg/Quaternion', x=qx, y=qy, z=qz, w=qw),
    )


def _shape(old: Any) -> JSON:
    return {'kind': _SHAPES[old.kind]}


def _object(old: Any) -> JSON:
    return {
        'confidence': 1.0,
        'understood': True,
        'reason': 0,
        'mass_std_kg': math.nan,
        'friction_std': math.nan,
        'centre_of_mass_m': np.full(3, math.nan),
        'centre_of_mass_std_m': np.full(3, math.nan),
        'mesh': [],
        'solids': [],
        'solid_poses': [],
    }


def _scene(old: Any) -> JSON:
    return {'schema_version': _SCHEMA} if old.has_robot else _no_robot()


def _no_robot() -> JSON:
    joints = _joint_state((), np.zeros(0))
    robot = _make(f'{OUR_PACKAGE}/msg/RobotState', joints=joints, base=[])
    return {'schema_version': _SCHEMA, 'robot': robot}


def _joint_state(names: tuple[str, ...], position: NDArray[np.float64]) -> Any:
    return _make(
        'sensor_msgs/msg/JointState',
        header=_no_header(),
        name=list(names),
        position=position,
        velocity=np.zeros(0),
        effort=np.zeros(0),
    )


def _robot(old: Any) -> JSON:
    position = np.array([old.lift_m, *old.arm_rad, old.finger_m, old.finger_m])
    return {
        'joints': _joint_state(_JOINTS, position),
        'base': [_pose(planar_rows(np.array([old.base_map]))[0])],
    }


def _motion(old: Any) -> JSON:
    rows = np.asarray(old.position).reshape(len(old.time_s), len(old.joint_names))
    names, position, base = _without_base(tuple(old.joint_names), rows)
    points = [
        _make(
            'trajectory_msgs/msg/JointTrajectoryPoint',
            positions=row,
            velocities=np.zeros(0),
            accelerations=np.zeros(0),
            effort=np.zeros(0),
            time_from_start=_duration(float(time_s)),
        )
        for time_s, row in zip(old.time_s, position, strict=True)
    ]
    joints = _make(
        'trajectory_msgs/msg/JointTrajectory',
        header=_no_header(),
        joint_names=list(names),
        points=points,
    )
    return {'joints': joints, 'base': [_pose(row) for row in base]}


def _duration(time_s: float) -> Any:
    sec, nanosec = divmod(round(time_s * NS_PER_S), NS_PER_S)
    return _make('builtin_interfaces/msg/Duration', sec=sec, nanosec=nanosec)


def _without_base(
    names: tuple[str, ...], rows: NDArray[np.float64]
) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Splits positions (T, J) into those of the other joints, and poses (T, 7) of the base."""
    if names[: len(_BASE)] != _BASE:
        return names, rows, np.zeros((0, 7))
    return names[len(_BASE) :], rows[:, len(_BASE) :], planar_rows(rows[:, : len(_BASE)])


def _model(old: Any) -> JSON:
    return {
        'state': _NAMED,
        'parent': '',
        'who': '',
        'decided': _no_time(),
        'why': '',
    }


def _failure(old: Any) -> JSON:
    word = _make(f'{OUR_PACKAGE}/msg/Correction', kind=0, who='', note='', stamp=_no_time())
    return {'schema_version': _SCHEMA, 'digest': '', 'correction': word}


def _json_robot(old: JSON) -> JSON:
    (base,) = planar_rows(np.array([old['base_map']])).tolist()
    return {
        'joint_names': _JOINTS,
        'position': [old['lift_m'], *old['arm_rad'], old['finger_m'], old['finger_m']],
        'base_map': {'position_m': base[:3], 'quaternion_xyzw': base[3:]},
    }


def _json_motion(old: JSON) -> JSON:
    names = tuple(old['joint_names'])
    rows = np.array(old['position']).reshape(len(old['time_s']), len(names))
    kept, position, base = _without_base(names, rows)
    return {
        'joint_names': kept,
        'time_s': old['time_s'],
        'position': position.tolist(),
        'base_map': base.tolist(),
    }


_RULES: dict[str, Callable[[Any], JSON]] = {
    f'{OUR_PACKAGE}/msg/Shape': _shape,
    f'{OUR_PACKAGE}/msg/SceneObject': _object,
    f'{OUR_PACKAGE}/msg/Scene': _scene,
    f'{OUR_PACKAGE}/msg/RobotState': _robot,
    f'{OUR_PACKAGE}/msg/Motion': _motion,
    MODEL_TYPE: _model,
    FAILURE_TYPE: _failure,
}
"""Per type the fields that version 1 did not have, or had otherwise."""
