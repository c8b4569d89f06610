# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A double of moveit_py that plans and moves the kinematic robot.

Classes, methods, parameters and what they return are transcribed from the bindings of moveit_py
2.12.4 (moveit2, branch jazzy, 4d841063574c31a21f69ae12a39fddb77a7eb984), files under
moveit_py/src/moveit: moveit_ros/moveit_cpp/{moveit_cpp,planning_component}.cpp,
moveit_ros/planning_scene_monitor/planning_scene_monitor.cpp,
moveit_ros/trajectory_execution_manager/trajectory_execution_manager.cpp,
moveit_core/{planning_scene/planning_scene,robot_state/robot_state,robot_model/robot_model,
robot_trajectory/robot_trajectory,planning_interface/planning_response,
controller_manager/controller_manager,collision_detection/collision_matrix}.cpp. A wrong name or
argument raises as pybind11 does. Members the executor does not use are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import sys
import threading
import time
from types import ModuleType
from typing import Any
import xml.etree.ElementTree as ET

from bound import Bound, bound, readwrite
from geometry_msgs.msg import PoseStamped
from kinematic_robot import KinematicRobot, Vector
from message_doubles import (
    AttachedCollisionObject,
    CollisionObject,
    moveit_msgs,
    MoveItErrorCodes,
    NavigateToPose,
)
from message_doubles import (
    RobotTrajectory as RobotTrajectoryMsg,
)
import numpy as np
from numpy.typing import NDArray
from shape_msgs.msg import SolidPrimitive
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint
import yaml

from f2p_core.pose import Pose
from f2p_sim.robot import FINGERS, JOINT_NAMES, LIFT

_PIPELINES = {'ompl': '', 'pilz_industrial_motion_planner': 'LIN'}
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
        pose = _matrix(message.pose)
        parts = [
            (_matrix(p), _half(s))
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


class _Locked(Bound):
    """Both context managers; the lock does not let one thread in twice, as the real one."""

    def __init__(self, scene: PlanningScene, lock: threading.Lock) -> None:
        self._scene = scene
        self._lock = lock

    def __enter__(self) -> PlanningScene:
        if not self._lock.acquire(timeout=60.0):
            raise RuntimeError('the planning scene is locked: a deadlock')
        return self._scene

    def __exit__(self, kind: object, value: object, traceback: object) -> None:
        self._lock.release()


class PlanningSceneMonitor(Bound):
    def __init__(self, scene: PlanningScene) -> None:
        self._scene = scene
        self._lock = threading.Lock()

    @bound
    def update_frame_transforms(self) -> None:
        pass

    @bound
    def read_only(self) -> _Locked:
        return _Locked(self._scene, self._lock)

    @bound
    def read_write(self) -> _Locked:
        return _Locked(self._scene, self._lock)

    @bound
    def process_attached_collision_object(
        self, attached_collision_object_msg: AttachedCollisionObject
    ) -> bool:
        message, scene = attached_collision_object_msg, self._scene
        if message.link_name not in scene._model._links:
            return False
        object_id = message.object.id
        tool = scene._world.robot.tool()
        if message.object.operation == CollisionObject.ADD:
            if object_id not in scene._objects:
                return False
            pose, parts = scene._objects.pop(object_id)
            scene._attached[object_id] = (np.linalg.inv(tool) @ pose, parts)
            return True
        if object_id not in scene._attached:
            return False
        in_tool, parts = scene._attached.pop(object_id)
        scene._objects[object_id] = (tool @ in_tool, parts)
        return True


class ExecutionStatus(Bound):
    def __init__(self, status: str) -> None:
        self._status = status

    @property
    def status(self) -> str:
        return self._status

    def __bool__(self) -> bool:
        return self._status == 'SUCCEEDED'


class TrajectoryExecutionManager(Bound):
    def __init__(self, world: World) -> None:
        self._world = world

    @bound
    def stop_execution(self, auto_clear: bool = True) -> None:
        self._world.stop.set()


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


class PlanRequestParameters(Bound):
    planner_id = readwrite('planner_id', str)
    planning_pipeline = readwrite('planning_pipeline', str)
    planning_attempts = readwrite('planning_attempts', int)
    planning_time = readwrite('planning_time', float)
    max_velocity_scaling_factor = readwrite('max_velocity_scaling_factor', float)
    max_acceleration_scaling_factor = readwrite('max_acceleration_scaling_factor', float)

    def __init__(self, *arguments: Any) -> None:
        # Bound without names of arguments: (moveit_cpp, ns).
        if len(arguments) != 2 or not isinstance(arguments[1], str):
            raise TypeError('__init__(): incompatible constructor arguments')
        if not isinstance(arguments[0], MoveItPy):
            raise TypeError('__init__(): incompatible constructor arguments')
        for name, value in arguments[0]._parameters['plan_request_params'].items():
            setattr(self, name, value)


class PlanningComponent(Bound):
    @bound
    def __init__(self, joint_model_group_name: str, moveit_py_instance: Any) -> None:
        model = moveit_py_instance._model
        if not model.has_joint_model_group(joint_model_group_name):
            raise RuntimeError(f'Joint model group {joint_model_group_name!r} not found')
        self._moveit = moveit_py_instance
        self._name = joint_model_group_name
        self._start: Vector | None = None
        self._goal: Any = None

    @property
    def planning_group_name(self) -> str:
        return str(self._name)

    @bound
    def set_start_state_to_current_state(self) -> None:
        self._start = self._moveit._world.robot.q.copy()

    @bound
    def set_goal_state(
        self,
        configuration_name: str | None = None,
        robot_state: RobotState | None = None,
        pose_stamped_msg: PoseStamped | None = None,
        pose_link: str | None = None,
        motion_plan_constraints: list[Any] | None = None,
    ) -> bool:
        given = [configuration_name, robot_state, pose_stamped_msg, motion_plan_constraints]
        if sum(g is not None for g in given) > 1:
            raise ValueError('Cannot specify more than one goal')
        if (pose_stamped_msg is None) != (pose_link is None):
            raise ValueError('Must specify both message and corresponding link')
        if all(g is None for g in given):
            raise ValueError('Must specify at least one argument')
        if configuration_name is not None:
            self._goal = self._moveit._model._states.get((self._name, configuration_name))
            return self._goal is not None
        if pose_stamped_msg is not None:
            assert pose_stamped_msg.header.frame_id == 'map'
            self._goal = pose_stamped_msg
            return pose_link in self._moveit._model._links
        self._goal = robot_state
        return True

    @bound
    def plan(
        self,
        single_plan_parameters: PlanRequestParameters | None = None,
        multi_plan_parameters: Any = None,
        planning_scene: PlanningScene | None = None,
        solution_selection_function: Any = None,
        stopping_criterion_callback: Any = None,
    ) -> MotionPlanResponse:
        assert self._start is not None
        assert single_plan_parameters is not None
        request = single_plan_parameters
        pipeline = request.planning_pipeline
        if _PIPELINES.get(pipeline) != request.planner_id:
            return MotionPlanResponse(None, MoveItErrorCodes.PLANNING_FAILED)
        if not 0.0 < request.max_velocity_scaling_factor <= 1.0:
            return MotionPlanResponse(None, MoveItErrorCodes.PLANNING_FAILED)
        rows = self._line() if pipeline == 'pilz_industrial_motion_planner' else self._free()
        if rows is None:
            return MotionPlanResponse(None, MoveItErrorCodes.NO_IK_SOLUTION)
        for q in rows:
            touched = self._moveit._scene.touched(q)
            if touched:
                self._moveit._world.collisions.append(touched)
                return MotionPlanResponse(None, MoveItErrorCodes.INVALID_MOTION_PLAN)
        joints = self._moveit._joints_of(self._name)
        return MotionPlanResponse(RobotTrajectory(joints, rows), MoveItErrorCodes.SUCCESS)

    def _line(self) -> list[Vector] | None:
        rows: list[Vector] | None = self._moveit._world.robot.line(
            _matrix(self._goal.pose), self._start
        )
        return rows

    def _free(self) -> list[Vector] | None:
        """Up, over and down: the way that is free in scenes of objects on tables."""
        start = self._start
        assert start is not None
        goal = self._end()
        if goal is None:
            return None
        if self._name != 'arm':
            return list(np.linspace(start, goal, 12))
        top = max(start[LIFT], goal[LIFT], 0.45)
        up, over = start.copy(), goal.copy()
        up[LIFT] = over[LIFT] = top
        legs = [np.linspace(a, b, 9) for a, b in ((start, up), (up, over), (over, goal))]
        return [q for leg in legs for q in leg]

    def _end(self) -> Vector | None:
        robot = self._moveit._world.robot
        if isinstance(self._goal, PoseStamped):
            solved: Vector | None = robot.solve(_matrix(self._goal.pose), self._start)
            return solved
        positions = (
            self._goal.joint_positions if isinstance(self._goal, RobotState) else self._goal
        )
        assert self._start is not None
        q = self._start.copy()
        for name in self._moveit._joints_of(self._name):
            q[JOINT_NAMES.index(name)] = positions[name]
        return q


class MoveItPy(Bound):
    _world: World

    @bound
    def __init__(
        self,
        node_name: str = 'moveit_py',
        name_space: str = '',
        launch_params_filepaths: list[str] | None = None,
        config_dict: dict[str, Any] | None = None,
        provide_planning_service: bool = True,
        remappings: dict[str, str] | None = None,
    ) -> None:
        assert launch_params_filepaths
        content = yaml.safe_load(Path(launch_params_filepaths[0]).read_text())
        self._parameters = content['/**']['ros__parameters']
        for pipeline in self._parameters['planning_pipelines']['pipeline_names']:
            assert self._parameters[pipeline]['planning_plugins']
        self._model = RobotModel(
            self._parameters['robot_description'], self._parameters['robot_description_semantic']
        )
        self._scene = PlanningScene(self._world, self._model)
        self._monitor = PlanningSceneMonitor(self._scene)
        self._manager = TrajectoryExecutionManager(self._world)

    @bound
    def get_planning_component(self, planning_component_name: str) -> PlanningComponent:
        return PlanningComponent(planning_component_name, self)

    @bound
    def get_planning_scene_monitor(self) -> PlanningSceneMonitor:
        return self._monitor

    @bound
    def get_trajectory_execution_manager(self) -> TrajectoryExecutionManager:
        return self._manager

    @bound
    def get_robot_model(self) -> RobotModel:
        return self._model

    @bound
    def execute(
        self, robot_trajectory: RobotTrajectory, controllers: list[str]
    ) -> ExecutionStatus:
        world = self._world
        world.stop.clear()
        try:
            for q in robot_trajectory._rows:
                if world.stop.is_set() and world.obeys_stop:
                    return ExecutionStatus('PREEMPTED')
                world.robot.step(q)
                time.sleep(world.row_s)  # a robot takes its time
        finally:
            world.on_moved(world.robot)
        is_there = np.abs(world.robot.q - robot_trajectory._rows[-1]).max() < 1e-3
        return ExecutionStatus('SUCCEEDED' if is_there else 'ABORTED')

    @bound
    def shutdown(self) -> None:
        pass

    def _joints_of(self, group: str) -> list[str]:
        controllers = self._parameters['moveit_simple_controller_manager']
        joints: list[str] = controllers[f'{group}_controller']['joints']
        return joints


def install(world: World) -> None:
    """Puts the double in place of moveit, moveit_msgs and nav2_msgs in this process."""
    MoveItPy._world = world
    core = {
        'robot_state': (RobotState,),
        'robot_model': (RobotModel,),
        'planning_scene': (PlanningScene,),
        'robot_trajectory': (RobotTrajectory,),
        'planning_interface': (MotionPlanResponse,),
        'controller_manager': (ExecutionStatus,),
        'collision_detection': (AllowedCollisionMatrix,),
    }
    planning = (
        MoveItPy,
        PlanningComponent,
        PlanRequestParameters,
        PlanningSceneMonitor,
        TrajectoryExecutionManager,
    )
    _add('moveit', ())
    _add('moveit.core', ())
    _add('moveit.planning', planning)
    for name, kinds in core.items():
        _add(f'moveit.core.{name}', kinds)
    _add('moveit_msgs', ())
    sys.modules['moveit_msgs.msg'] = moveit_msgs()
    _add('nav2_msgs', ())
    _add('nav2_msgs.action', (NavigateToPose,))


def _add(name: str, kinds: tuple[type, ...]) -> None:
    module = ModuleType(name)
    for kind in kinds:
        setattr(module, kind.__name__, kind)
    sys.modules[name] = module
    parent, _, leaf = name.rpartition('.')
    if parent:
        setattr(sys.modules[parent], leaf, module)


def _matrix(pose: Any) -> Vector:
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
