# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Messages of packages that cannot be installed everywhere: fields and constants, strictly.

Transcribed from moveit_msgs 2.6.0 (ec3ba4bfa2ec37df576bcf7a087e5a4ab88d79a4: CollisionObject,
AttachedCollisionObject, MoveItErrorCodes, RobotTrajectory) and from nav2_msgs, branch jazzy
(NavigateToPose), without members nobody here uses. A wrong field or type raises as in generated
classes: AttributeError or AssertionError.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from bound import fits
from geometry_msgs.msg import Pose, PoseStamped
from shape_msgs.msg import Mesh, Plane, SolidPrimitive
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory


class Message:
    """A message: ``FIELDS`` maps names to the types of their values."""

    FIELDS: ClassVar[dict[str, Any]] = {}

    def __init__(self, **values: Any) -> None:
        unknown = set(values) - set(self.FIELDS)
        assert not unknown, f'invalid arguments: {unknown}'
        for name, kind in self.FIELDS.items():
            origin = getattr(kind, '__origin__', None)
            default = [] if origin is list else kind()
            setattr(self, name, values.get(name, default))

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.FIELDS:
            raise AttributeError(f'{type(self).__name__!r} object has no attribute {name!r}')
        assert fits(value, self.FIELDS[name]), f'{name}: {value!r}'
        object.__setattr__(self, name, value)


class CollisionObject(Message):
    FIELDS: ClassVar[dict[str, Any]] = {
        'header': Header,
        'pose': Pose,
        'id': str,
        'primitives': list[SolidPrimitive],
        'primitive_poses': list[Pose],
        'meshes': list[Mesh],
        'mesh_poses': list[Pose],
        'planes': list[Plane],
        'plane_poses': list[Pose],
        'subframe_names': list[str],
        'subframe_poses': list[Pose],
        'operation': bytes,
    }
    ADD = b'\x00'
    REMOVE = b'\x01'
    APPEND = b'\x02'
    MOVE = b'\x03'


class AttachedCollisionObject(Message):
    FIELDS: ClassVar[dict[str, Any]] = {
        'link_name': str,
        'object': CollisionObject,
        'touch_links': list[str],
        'weight': float,
    }


class MoveItErrorCodes(Message):
    FIELDS: ClassVar[dict[str, Any]] = {'val': int, 'message': str, 'source': str}
    SUCCESS = 1
    PLANNING_FAILED = -1
    INVALID_MOTION_PLAN = -2
    NO_IK_SOLUTION = -31


class RobotTrajectory(Message):
    FIELDS: ClassVar[dict[str, Any]] = {'joint_trajectory': JointTrajectory}


class _Goal(Message):
    FIELDS: ClassVar[dict[str, Any]] = {'pose': PoseStamped, 'behavior_tree': str}


class _Result(Message):
    FIELDS: ClassVar[dict[str, Any]] = {'error_code': int, 'error_msg': str}


class NavigateToPose:
    """The action's types."""

    Goal = _Goal
    Result = _Result


def moveit_msgs() -> ModuleType:
    """Returns the module ``moveit_msgs.msg``."""
    module = ModuleType('moveit_msgs.msg')
    for kind in (CollisionObject, AttachedCollisionObject, MoveItErrorCodes, RobotTrajectory):
        setattr(module, kind.__name__, kind)
    return module
