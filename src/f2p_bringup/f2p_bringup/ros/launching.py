# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node table as launch descriptions: one per subsystem, and two that put them together.

Each is one group with a scope of its own: what it declares, sets and remaps is gone behind it, so
that a launch file that includes one of ours keeps its own values.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from launch.actions import (
    DeclareLaunchArgument,
    GroupAction,
    IncludeLaunchDescription,
    OpaqueFunction,
    SetEnvironmentVariable,
    SetLaunchConfiguration,
)
from launch.conditions import IfCondition
from launch.launch_context import LaunchContext
from launch.launch_description import LaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import (
    AndSubstitution,
    EnvironmentVariable,
    EqualsSubstitution,
    FileContent,
    LaunchConfiguration,
    NotEqualsSubstitution,
    NotSubstitution,
    OrSubstitution,
    PathJoinSubstitution,
    PythonExpression,
)
from launch_ros.actions import Node, PushROSNamespace, SetRemap
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

from f2p_bringup.environment import NODE_VARIABLES, PROFILE_VARIABLES
from f2p_bringup.home import home
from f2p_bringup.launch_arguments import Argument, ARGUMENTS, arguments_of, Sim
from f2p_bringup.node_table import (
    COMMON_PARAMETERS_FILE,
    NODES,
    NodeSpec,
    Robot,
    Subsystem,
    WITHOUT_ROBOT,
)
from f2p_bringup.ros.installed import supplied
from f2p_bringup.ros.respawning import RESPAWN_DELAY_S, supervised
from f2p_bringup.security_policy import ENCLAVES

_SHARE = FindPackageShare('f2p_bringup')
_CONFIG = PathJoinSubstitution([_SHARE, 'config'])
_SIM = LaunchConfiguration('sim', default=Sim.NONE.value)
_COMPUTED: dict[str, Any] = {
    'config': _CONFIG,
    'params_file': PathJoinSubstitution([LaunchConfiguration('config'), COMMON_PARAMETERS_FILE]),
    'use_sim_time': PythonExpression(["'false' if '", _SIM, "' == 'none' else 'true'"]),
    'require_approval': PythonExpression(["'true' if '", _SIM, "' == 'none' else 'false'"]),
}
"""Defaults that depend on the installation or on another argument."""

_IN_A_REPLAY = {'sim': Sim.NONE.value, 'use_sim_time': 'true', 'input': 'any'}
"""There is no robot; the bag makes the time, and has one of the camera inputs."""

_KILL_S = '3.0'
"""Time to end after SIGTERM before SIGKILL [s]."""

_ROBOT_FILE = [LaunchConfiguration('config'), '/robots/', LaunchConfiguration('robot'), '.yaml']


def mobile_manipulator() -> LaunchDescription:
    """Returns everything that runs with a robot, simulated or real."""
    parts = (Subsystem.ROBOT, *WITHOUT_ROBOT, Subsystem.VIEWING)
    return _scoped(*_declared(arguments_of(*parts)), *(_included(part) for part in parts))


def replay() -> LaunchDescription:
    """Returns everything that runs on a bag instead of a robot; the bag makes the time."""
    parts = (*WITHOUT_ROBOT, Subsystem.VIEWING)
    arguments = arguments_of(Subsystem.REPLAY, *parts)
    return _scoped(
        *_declared([a for a in arguments if a.name not in _IN_A_REPLAY]),
        *(_included(part, **_IN_A_REPLAY) for part in parts),
        *_started(Subsystem.REPLAY),
    )


def subsystem(part: Subsystem, *others: Node) -> LaunchDescription:
    """Returns the nodes of one subsystem with the arguments they have.

    Args:
        part: Which one.
        *others: Nodes of other projects that belong to it.
    """
    return _scoped(*_declared(arguments_of(part)), *_started(part, *others))


def viewing() -> LaunchDescription:
    """Returns the viewers, each if it is asked for, and the nodes that draw for them."""
    window = AndSubstitution(
        LaunchConfiguration('use_rviz'), NotSubstitution(LaunchConfiguration('headless'))
    )
    rviz = Node(
        package='rviz2',
        executable='rviz2',
        arguments=['-d', PathJoinSubstitution([_SHARE, 'rviz', 'f2p.rviz'])],
        parameters=[_clock()],
        condition=IfCondition(window),
    )
    foxglove = Node(
        package='foxglove_bridge',
        executable='foxglove_bridge',
        parameters=[_clock()],
        condition=IfCondition(LaunchConfiguration('use_foxglove')),
    )
    return subsystem(Subsystem.VIEWING, _robot_model(), rviz, foxglove)


def _robot_model() -> Node:
    """The frames of our robot's links; a real robot brings its own robot_state_publisher."""
    description = FileContent(PathJoinSubstitution([_CONFIG, 'robots', 'f2p', 'robot.urdf']))
    is_ours = NotEqualsSubstitution(_SIM, Sim.NONE.value)
    return Node(
        package='robot_state_publisher',
        executable='robot_state_publisher',
        parameters=[
            {'robot_description': ParameterValue(description, value_type=str)},
            _clock(),
        ],
        condition=IfCondition(AndSubstitution(_is_viewed(), is_ours)),
    )


def _is_viewed() -> OrSubstitution:
    return OrSubstitution(LaunchConfiguration('use_rviz'), LaunchConfiguration('use_foxglove'))


def _scoped(*actions: Any) -> LaunchDescription:
    return LaunchDescription([GroupAction(list(actions))])


def _declared(arguments: Sequence[Argument]) -> list[DeclareLaunchArgument]:
    runs = str(home() / 'runs')
    computed = _COMPUTED | {
        'models': str(home() / 'models'),
        'runs': runs,
        'failures': [LaunchConfiguration('runs', default=runs), '/failures'],
    }
    return [
        DeclareLaunchArgument(
            argument.name,
            default_value=computed.get(argument.name, argument.default),
            description=argument.description,
            choices=list(argument.choices) or None,
        )
        for argument in arguments
    ]


def _included(part: Subsystem, **values: str) -> IncludeLaunchDescription:
    file = PathJoinSubstitution([_SHARE, 'launch', f'{part}.launch.py'])
    return IncludeLaunchDescription(
        PythonLaunchDescriptionSource(file), launch_arguments=values.items()
    )


def _started(part: Subsystem, *others: Node) -> list[Any]:
    """Returns the nodes of a subsystem in their namespace, tf and clock included."""
    specs = [spec for spec in NODES if spec.subsystem == part]
    return [
        # Of a parameter file that is missing, nodes are started without it but for a warning.
        SetLaunchConfiguration('params', FileContent(LaunchConfiguration('params_file'))),
        *_variables(),
        PushROSNamespace(LaunchConfiguration('namespace')),
        SetRemap('/tf', 'tf'),
        SetRemap('/tf_static', 'tf_static'),
        SetRemap('/clock', LaunchConfiguration('clock')),
        SetRemap('points', LaunchConfiguration('points')),
        OpaqueFunction(function=_nodes, args=[specs]),
        *others,
    ]


def _variables() -> list[SetEnvironmentVariable]:
    """Sets the variables of ``environment.node_environment``, where the user has set none."""
    new, old = PROFILE_VARIABLES
    profile: Any = PathJoinSubstitution([_CONFIG, 'fastdds.xml'])
    for name in (old, new):
        profile = EnvironmentVariable(name, default_value=profile)
    defaults = {**NODE_VARIABLES, new: profile, old: EnvironmentVariable(new)}
    return [
        SetEnvironmentVariable(name, EnvironmentVariable(name, default_value=value))
        for name, value in defaults.items()
    ]


def _nodes(context: LaunchContext, specs: Sequence[NodeSpec]) -> list[Node]:
    """Called when they start: how long they get to end is asked for when that scope is gone."""
    if any(spec.uses_models for spec in specs):
        supplied(Path(LaunchConfiguration('models').perform(context)))
    stop_s = LaunchConfiguration('stop_timeout').perform(context)
    return [_node(spec, stop_s) for spec in specs]


def _node(spec: NodeSpec, stop_s: str) -> Node:
    folder = LaunchConfiguration('config')
    return Node(
        package=spec.package,
        executable=spec.executable,
        name=spec.executable,
        parameters=[
            PathJoinSubstitution([folder, COMMON_PARAMETERS_FILE]),
            PathJoinSubstitution([folder, spec.parameters_file]),
            LaunchConfiguration('params_file'),
            _overrides(spec),
        ],
        arguments=[
            *('--ros-args', '--log-level', LaunchConfiguration('log_level')),
            *('--enclave', f'{ENCLAVES}/{spec.executable}'),  # its keys, where security is enabled
        ],
        output='screen',
        respawn=True,
        respawn_delay=RESPAWN_DELAY_S,
        on_exit=supervised(spec),
        sigterm_timeout=stop_s,
        sigkill_timeout=_KILL_S,
        condition=_condition(spec),
    )


def _condition(spec: NodeSpec) -> IfCondition | None:
    if spec.robot is Robot.REAL:
        return IfCondition(EqualsSubstitution(_SIM, Sim.NONE.value))
    if spec.robot is Robot.SIMULATED:
        return IfCondition(NotEqualsSubstitution(_SIM, Sim.NONE.value))
    if spec.subsystem == Subsystem.SIMULATION:
        return IfCondition(NotEqualsSubstitution(_SIM, Sim.ISAAC_GYM.value))
    if spec.subsystem == Subsystem.VIEWING:
        return IfCondition(_is_viewed())
    return None


def _clock() -> dict[str, Any]:
    """Returns the parameter that says which clock a node follows; a value serves one node only."""
    return {'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)}


def _overrides(spec: NodeSpec) -> dict[str, Any]:
    """Returns the parameters that arguments set."""
    overrides = {} if spec.makes_time else _clock()
    for name in spec.arguments:
        argument = ARGUMENTS[name]
        value = _ROBOT_FILE if name == 'robot' else LaunchConfiguration(name)
        overrides[argument.parameter] = ParameterValue(value, value_type=argument.kind)
    return overrides
