# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node table as a launch description."""

from __future__ import annotations

from typing import Any

from launch.actions import DeclareLaunchArgument, SetEnvironmentVariable
from launch.conditions import IfCondition
from launch.launch_description import LaunchDescription
from launch.substitutions import EqualsSubstitution, LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from f2p_bringup.node_table import COMMON_PARAMETERS_FILE, NODES, NodeSpec

_CONFIG = PathJoinSubstitution([FindPackageShare('f2p_bringup'), 'config'])


def mobile_manipulator() -> LaunchDescription:
    """Returns the launch description of all nodes, with its arguments."""
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'sim',
                default_value='mujoco',
                description='mujoco: a simulated robot; none: there is a real one',
                choices=['mujoco', 'none'],
            ),
            DeclareLaunchArgument(
                'use_sim_time',
                default_value='true',
                description='Follow /clock; false on a real robot',
                choices=['true', 'false'],
            ),
            DeclareLaunchArgument(
                'config', default_value=_CONFIG, description='Folder of the parameter files'
            ),
            DeclareLaunchArgument(
                'models', default_value='models', description='Model store; learning writes to it'
            ),
            DeclareLaunchArgument(
                'points', default_value='points', description='Topic of the point cloud'
            ),
            DeclareLaunchArgument(
                'namespace', default_value='', description='Namespace of all nodes'
            ),
            DeclareLaunchArgument(
                'autostart',
                default_value='true',
                description='Lifecycle nodes configure and activate themselves',
                choices=['true', 'false'],
            ),
            DeclareLaunchArgument('log_level', default_value='info', description='Log level'),
            SetEnvironmentVariable('RCUTILS_LOGGING_BUFFERED_STREAM', '1'),
            SetEnvironmentVariable(
                'FASTRTPS_DEFAULT_PROFILES_FILE', PathJoinSubstitution([_CONFIG, 'fastdds.xml'])
            ),
            *(_node(spec) for spec in NODES),
        ]
    )


def _node(spec: NodeSpec) -> Node:
    folder = LaunchConfiguration('config')
    is_simulation = IfCondition(EqualsSubstitution(LaunchConfiguration('sim'), 'mujoco'))
    overrides: dict[str, Any] = {}
    if not spec.is_simulated:
        overrides['use_sim_time'] = LaunchConfiguration('use_sim_time')
    if spec.uses_models:
        overrides['models_directory'] = LaunchConfiguration('models')
    if spec.is_managed:
        overrides['autostart'] = LaunchConfiguration('autostart')
    return Node(
        package=spec.package,
        executable=spec.executable,
        name=spec.executable,
        namespace=LaunchConfiguration('namespace'),
        parameters=[
            PathJoinSubstitution([folder, COMMON_PARAMETERS_FILE]),
            PathJoinSubstitution([folder, spec.parameters_file]),
            overrides,
        ],
        remappings=[('points', LaunchConfiguration('points'))],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
        output='screen',
        condition=is_simulation if spec.is_simulated else None,
    )
