# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""MoveIt's settings for the robot: file name to content, as of MoveIt 2.12 (Jazzy)."""

from __future__ import annotations

from f2p_moveit.description.srdf import GROUPS
from f2p_sim.robot import JOINT_NAMES, MAX_ACCELERATION, MAX_SPEED

Settings = dict[str, object]

OMPL = 'ompl'
PILZ = 'pilz_industrial_motion_planner'
"""Names of the two planning pipelines: paths free of collision, and straight lines."""

_REQUEST_ADAPTERS = [
    f'default_planning_request_adapters/{adapter}'
    for adapter in (
        'ResolveConstraintFrames',
        'ValidateWorkspaceBounds',
        'CheckStartStateBounds',
        'CheckStartStateCollision',
    )
]
_MANAGER = 'moveit_simple_controller_manager'
_RETIME = 'default_planning_response_adapters/AddTimeOptimalParameterization'
_VALIDATE = 'default_planning_response_adapters/ValidateSolution'


def moveit_settings() -> dict[str, Settings]:
    """Returns the content of each YAML file."""
    return {
        'kinematics.yaml': _kinematics(),
        'joint_limits.yaml': _joint_limits(),
        'pilz_cartesian_limits.yaml': _cartesian_limits(),
        'ompl_planning.yaml': _ompl(),
        'pilz_planning.yaml': _pilz(),
        'moveit_controllers.yaml': _controllers(),
        'moveit_py.yaml': _moveit_py(),
    }


def _kinematics() -> Settings:
    return {
        'arm': {
            'kinematics_solver': 'kdl_kinematics_plugin/KDLKinematicsPlugin',
            'kinematics_solver_search_resolution': 0.005,
            'kinematics_solver_timeout': 0.05,
        }
    }


def _joint_limits() -> Settings:
    limits = {
        name: {
            'has_velocity_limits': True,
            'max_velocity': float(speed),
            'has_acceleration_limits': True,
            'max_acceleration': float(acceleration),
        }
        for name, speed, acceleration in zip(
            JOINT_NAMES, MAX_SPEED, MAX_ACCELERATION, strict=True
        )
    }
    return {'joint_limits': limits}


def _cartesian_limits() -> Settings:
    """Limits of straight lines [m/s, m/s², rad/s]."""
    return {
        'cartesian_limits': {
            'max_trans_vel': 0.8,
            'max_trans_acc': 2.0,
            'max_trans_dec': -2.0,
            'max_rot_vel': 1.5,
        }
    }


def _ompl() -> Settings:
    return {
        'planning_plugins': ['ompl_interface/OMPLPlanner'],
        'request_adapters': _REQUEST_ADAPTERS,
        'response_adapters': [_RETIME, _VALIDATE],
        'planner_configs': {'RRTConnect': {'type': 'geometric::RRTConnect', 'range': 0.0}},
        **{
            group: {
                'planner_configs': ['RRTConnect'],
                'default_planner_config': 'RRTConnect',
                'longest_valid_segment_fraction': 0.005,
            }
            for group in GROUPS
        },
    }


def _pilz() -> Settings:
    return {
        'planning_plugins': ['pilz_industrial_motion_planner/CommandPlanner'],
        'default_planner_config': 'PTP',
        'request_adapters': _REQUEST_ADAPTERS,
        'response_adapters': [_VALIDATE],
    }


def _controllers() -> Settings:
    names = [f'{group}_controller' for group in GROUPS]
    manager: Settings = {'controller_names': names}
    for name, joints in zip(names, GROUPS.values(), strict=True):
        manager[name] = {
            'type': 'FollowJointTrajectory',
            'action_ns': 'follow_joint_trajectory',
            'default': True,
            'joints': list(joints),
        }
    return {
        'moveit_controller_manager': f'{_MANAGER}/MoveItSimpleControllerManager',
        _MANAGER: manager,
    }


def _moveit_py() -> Settings:
    return {
        'planning_scene_monitor_options': {
            'name': 'planning_scene_monitor',
            'robot_description': 'robot_description',
            'wait_for_initial_state_timeout': 10.0,
        },
        'planning_pipelines': {'pipeline_names': [OMPL, PILZ]},
        'plan_request_params': {
            'planning_attempts': 4,
            'planning_pipeline': OMPL,
            'planner_id': '',
            'planning_time': 2.0,
            'max_velocity_scaling_factor': 0.5,
            'max_acceleration_scaling_factor': 0.5,
        },
        'trajectory_execution': {
            'allowed_execution_duration_scaling': 2.0,
            'allowed_goal_duration_margin': 2.0,
            'allowed_start_tolerance': 0.02,
            'execution_duration_monitoring': True,
        },
    }
