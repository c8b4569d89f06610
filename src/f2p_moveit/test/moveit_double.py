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

from pathlib import Path
import sys
import time
from types import ModuleType
from typing import Any

from bound import Bound, bound, readwrite
from geometry_msgs.msg import PoseStamped
from kinematic_robot import Vector
from message_doubles import moveit_msgs, MoveItErrorCodes, NavigateToPose
from moveit_core_double import (
    AllowedCollisionMatrix,
    ExecutionStatus,
    matrix_of,
    MotionPlanResponse,
    PlanningScene,
    RobotModel,
    RobotState,
    RobotTrajectory,
    World,
)
from moveit_monitor_double import PlanningSceneMonitor, TrajectoryExecutionManager
import numpy as np
import yaml

from f2p_sim.robot import JOINT_NAMES, LIFT

_PIPELINES = {'ompl': '', 'pilz_industrial_motion_planner': 'LIN'}


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
            matrix_of(self._goal.pose), self._start
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
            solved: Vector | None = robot.solve(matrix_of(self._goal.pose), self._start)
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
