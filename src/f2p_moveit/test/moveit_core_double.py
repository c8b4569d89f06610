# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The half of MoveIt's double that bindings put into ``moveit.core``; see moveit_double.py."""

from __future__ import annotations

from collections.abc import Callable
import threading
from typing import Any
import xml.etree.ElementTree as ET

from bound import Bound, bound
from kinematic_robot import KinematicRobot, Vector
from message_doubles import CollisionObject, MoveItErrorCodes
from message_doubles import RobotTrajectory as RobotTrajectoryMsg
import numpy as np
from numpy.typing import NDArray
from shape_msgs.msg import SolidPrimitive
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from f2p_core.pose import Pose
from f2p_sim.robot import FINGERS, JOINT_NAMES

_HAND_LINK = 'finger_left'
_ROW_S = 0.1
_SIZES = {SolidPrimitive.BOX: 3, SolidPrimitive.CYLINDER: 2, SolidPrimitive.SPHERE: 1}
_WITHIN_M = 0.001


class World:
    """What is behind the double: the robot, and how fast its time passes.

    Attributes:
        robot: The kinematic robot.
        row_s: Real time one row of a trajectory takes [s].
        on_moved: Called after every execution.
        obeys_stop: Whether stopping an execution ends it.
    """

    def __init__(self, robot: KinematicRobot) -> None:
        self.robot = robot
        self.row_s = 0.0
        self.on_moved: Callable[[KinematicRobot], None] = lambda _: None
        self.obeys_stop = True
        self.stop = threading.Event()
        self.collisions: list[str] = []


class RobotModel(Bound):
    def __init__(self, urdf: str, srdf: str) -> None:
        self._links = {str(x.get('name')) for x in ET.fromstring(urdf).findall('link')}
        tree = ET.fromstring(srdf)
        self._groups = [str(g.get('name')) for g in tree.findall('group')]
        self._states = {
            (str(s.get('group')), str(s.get('name'))): {
                str(j.get('name')): float(j.get('value', 0)) for j in s
            }
            for s in tree.findall('group_state')
        }

    @bound
    def has_joint_model_group(self, joint_model_group_name: str) -> bool:
        return joint_model_group_name in self._groups


class RobotState(Bound):
    @bound
    def __init__(self, robot_model: RobotModel) -> None:
        self._model = robot_model
        self._positions = dict.fromkeys(JOINT_NAMES, 0.0)

    def __copy__(self) -> RobotState:
        other = RobotState(self._model)
        other._positions = dict(self._positions)
        return other

    @property
    def joint_positions(self) -> dict[str, float]:
        return dict(self._positions)

    @joint_positions.setter
    def joint_positions(self, positions: dict[str, float]) -> None:
        for name, value in positions.items():
            if name not in self._positions:
                raise RuntimeError(f'Variable {name!r} is not known to model')
            self._positions[name] = float(value)

    @bound
    def update(self, force: bool = False, type: str = 'all') -> None:  # noqa: A002 - its name
        if type not in ('all', 'links_only', 'collisions_only'):
            raise ValueError('Invalid category')


class AllowedCollisionMatrix(Bound):
    def __init__(self) -> None:
        self._allowed: dict[frozenset[str], bool] = {}

    @bound
    def get_entry(self, name1: str, name2: str) -> tuple[bool, str]:
        pair = frozenset((name1, name2))
        return pair in self._allowed, 'ALWAYS' if self._allowed.get(pair) else 'NEVER'

    @bound
    def set_entry(self, name1: str, name2: str, allowed: bool) -> None:
        self._allowed[frozenset((name1, name2))] = allowed

    @bound
    def remove_entry(self, name1: str, name2: str) -> None:
        self._allowed.pop(frozenset((name1, name2)), None)

    @bound
    def clear(self) -> None:
        self._allowed.clear()


class PlanningScene(Bound):
    def __init__(self, world: World, model: RobotModel) -> None:
        self._world = world
        self._model = model
        self._acm = AllowedCollisionMatrix()
        self._objects: dict[str, tuple[Vector, list[tuple[Vector, Vector]]]] = {}
        self._attached: dict[str, tuple[Vector, list[tuple[Vector, Vector]]]] = {}
        self._touch: dict[str, set[str]] = {}

    @property
    def current_state(self) -> RobotState:
        state = RobotState(self._model)
        state.joint_positions = self._world.robot.joints()
        return state

    @property
    def allowed_collision_matrix(self) -> AllowedCollisionMatrix:
        return self._acm

    @bound
    def apply_collision_object(
        self, collision_object_msg: CollisionObject, color_msg: None = None
    ) -> None:
        message = collision_object_msg
        assert message.header.frame_id == 'map', message.header.frame_id
        assert message.operation == CollisionObject.ADD
        assert len(message.primitives) == len(message.primitive_poses)
        pose = matrix_of(message.pose)
        parts = [
            (matrix_of(p), _half(s))
            for p, s in zip(message.primitive_poses, message.primitives, strict=True)
        ]
        self._objects[message.id] = (pose, parts)

    @bound
    def remove_all_collision_objects(self) -> None:
        self._objects.clear()

    def touched(self, q: Vector) -> str:
        """Returns what hand and held objects run into, empty if nothing (not bound)."""
        tool = self._world.robot.tool(q)
        for name, point in self._points(tool, float(q[FINGERS].mean())):
            for object_id, (pose, parts) in self._objects.items():
                if self._may_touch(name, object_id):
                    continue
                if any(_is_within(point, pose @ part, half) for part, half in parts):
                    return f'{name} in {object_id}'
        return ''

    def _points(self, tool: Vector, opening_m: float) -> list[tuple[str, NDArray[Any]]]:
        local = [
            (0.0, y, z)
            for y in (opening_m + 0.006, -opening_m - 0.006)
            for z in (0.019, 0.0, -0.06)
        ]
        points = [(_HAND_LINK, _at(tool, p)) for p in (*local, (0.0, 0.0, -0.13))]
        for object_id, (in_tool, parts) in self._attached.items():
            for part, half in parts:
                corners = np.array(np.meshgrid(*[(-1, 1)] * 3)).reshape(3, -1).T * (half * 0.98)
                points += [(object_id, _at(tool @ in_tool @ part, c)) for c in corners]
        return points

    def _may_touch(self, name: str, object_id: str) -> bool:
        return bool(self._acm._allowed.get(frozenset((name, object_id))))


class ExecutionStatus(Bound):
    def __init__(self, status: str) -> None:
        self._status = status

    @property
    def status(self) -> str:
        return self._status

    def __bool__(self) -> bool:
        return self._status == 'SUCCEEDED'


class RobotTrajectory(Bound):
    """A trajectory; made by plans only."""

    def __init__(self, joints: list[str], rows: list[Vector]) -> None:
        self._joints = joints
        self._rows = rows

    @bound
    def get_robot_trajectory_msg(
        self, joint_filter: list[str] | None = None
    ) -> RobotTrajectoryMsg:
        message = JointTrajectory(joint_names=self._joints)
        columns = [JOINT_NAMES.index(name) for name in self._joints]
        for i, row in enumerate(self._rows):
            point = JointTrajectoryPoint(positions=row[columns].tolist())
            point.time_from_start.nanosec = round(1e9 * _ROW_S * i) % 10**9
            point.time_from_start.sec = int(_ROW_S * i)
            message.points.append(point)
        return RobotTrajectoryMsg(joint_trajectory=message)


class MotionPlanResponse(Bound):
    def __init__(self, trajectory: RobotTrajectory | None, code: int) -> None:
        self._trajectory = trajectory
        self._code = code

    @property
    def trajectory(self) -> RobotTrajectory | None:
        return self._trajectory

    @property
    def error_code(self) -> MoveItErrorCodes:
        return MoveItErrorCodes(val=self._code)

    def __bool__(self) -> bool:
        return self._code == MoveItErrorCodes.SUCCESS


def matrix_of(pose: Any) -> Vector:
    p, q = pose.position, pose.orientation
    value = Pose(position_m=(p.x, p.y, p.z), quaternion_xyzw=(q.x, q.y, q.z, q.w))
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = value.rotation(), value.position_m
    return matrix


def _half(primitive: SolidPrimitive) -> Vector:
    """Half sizes of a primitive's box; dimensions as shape_msgs orders them [m]."""
    d = list(primitive.dimensions)
    assert len(d) == _SIZES[primitive.type]
    if primitive.type == SolidPrimitive.BOX:
        return np.array(d) / 2
    if primitive.type == SolidPrimitive.CYLINDER:
        height, radius = d
        return np.array([radius, radius, height / 2])
    return np.array([d[0]] * 3)


def _at(frame: Vector, point: Any) -> NDArray[Any]:
    return frame[:3, :3] @ np.asarray(point) + frame[:3, 3]


def _is_within(point: NDArray[Any], pose: Vector, half: Vector) -> bool:
    local = pose[:3, :3].T @ (point - pose[:3, 3])
    return bool((np.abs(local) < half - _WITHIN_M).all())
