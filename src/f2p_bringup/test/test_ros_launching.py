# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The launch files, against the nodes' parameters; and read and run by launch where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import importlib
from operator import attrgetter
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any, NamedTuple

import psutil
import pytest
import yaml

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_bringup.environment import PROFILE_VARIABLES
from f2p_bringup.home import HOME_VARIABLE
from f2p_bringup.launch_arguments import ARGUMENTS
from f2p_bringup.node_table import (
    COMMON_PARAMETERS_FILE,
    NODES,
    NodeSpec,
    Robot,
    stack_of,
    Subsystem,
)
from f2p_bringup.ros.parameter_files import CONFIGS
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.waiting import wait_until

FOLDER = Path(__file__).parents[1] / 'launch'
COMMON = FOLDER.parent / 'config' / COMMON_PARAMETERS_FILE
FILES = sorted(path.name for path in FOLDER.iterdir())
START_S = 120.0
STOP_S = 60.0
RUN = (
    'import sys\n'
    'from launch import LaunchService\n'
    'from launch.actions import IncludeLaunchDescription\n'
    'from launch.launch_description import LaunchDescription\n'
    'from launch.launch_description_sources import PythonLaunchDescriptionSource\n'
    'service = LaunchService()\n'
    'pairs = [tuple(a.split(":=")) for a in sys.argv[2:]]\n'
    'source = PythonLaunchDescriptionSource(sys.argv[1])\n'
    'include = IncludeLaunchDescription(source, launch_arguments=pairs)\n'
    'service.include_launch_description(LaunchDescription([include]))\n'
    'sys.exit(service.run())\n'
)
"""What the command ``ros2 launch`` does with a file and its arguments."""


@pytest.mark.parametrize('spec', NODES, ids=lambda spec: spec.executable)
def test_arguments_set_parameters_that_the_node_has(spec: NodeSpec) -> None:
    config = CONFIGS[spec.executable]()
    for argument in (ARGUMENTS[name] for name in spec.arguments):
        assert type(attrgetter(argument.parameter)(config)) is argument.kind, argument.name


class Started(NamedTuple):
    """A node as launch would start it."""

    namespace: str
    remaps: dict[str, str]
    parameters: dict[str, Any]
    environment: dict[str, str]


def started(file: str, **arguments: str) -> dict[str, Started]:
    """Returns the nodes that launch would start, by executable."""
    context = launch_module('launch').LaunchContext()
    context.launch_configurations.update(arguments)
    source = launch_module('launch.launch_description_sources').PythonLaunchDescriptionSource
    description = source(str(FOLDER / file)).get_launch_description(context)
    return dict(nodes_of(description, context))


def launch_module(name: str) -> Any:
    for package in ('launch', 'launch_ros'):
        pytest.importorskip(package)
    return importlib.import_module(name)


def nodes_of(entity: Any, context: Any) -> Iterator[tuple[str, Started]]:
    if not isinstance(entity, launch_module('launch_ros.actions').Node):
        for part in entity.visit(context) or ():
            yield from nodes_of(part, context)
    elif entity.condition is None or entity.condition.evaluate(context):
        entity._perform_substitutions(context)
        remaps = dict(entity.expanded_remapping_rules or ())
        parameters = parameters_of(entity, context)
        yield entity.node_executable, Started(
            entity.expanded_node_namespace, remaps, parameters, dict(context.environment)
        )


def parameters_of(node: Any, context: Any) -> dict[str, Any]:
    """Returns what the parameter files of a node say together, later ones over earlier ones."""
    context.extend_locals({'ros_specific_arguments': {'name': '', 'ns': ''}})
    line = [''.join(p.perform(context) for p in item) for item in node.cmd[1:]]
    files = [line[i + 1] for i, word in enumerate(line) if word == '--params-file']
    values: dict[str, Any] = {}
    for file in files:
        (content,) = yaml.safe_load(Path(file).read_text()).values()
        values.update(content['ros__parameters'])
    return values


def names(nodes: Iterable[NodeSpec]) -> set[str]:
    return {spec.executable for spec in nodes}


@pytest.mark.parametrize('file', FILES)
def test_launch_reads_it_and_every_argument_has_its_words(file: str) -> None:
    context = launch_module('launch').LaunchContext()
    source = launch_module('launch.launch_description_sources').PythonLaunchDescriptionSource
    description = source(str(FOLDER / file)).get_launch_description(context)
    arguments = {a.name: a for a in description.get_launch_arguments()}
    assert {'config', 'namespace', 'params_file'} <= set(arguments) <= set(ARGUMENTS)
    for name, argument in arguments.items():
        assert argument.description.startswith(ARGUMENTS[name].description)
        assert tuple(argument.choices or ()) == ARGUMENTS[name].choices


@pytest.mark.parametrize(('sim', 'robot'), [('mujoco', Robot.SIMULATED), ('none', Robot.REAL)])
def test_it_starts_the_nodes_of_the_table(sim: str, robot: Robot) -> None:
    nodes = started('mobile_manipulator.launch.py', sim=sim)
    assert set(nodes) == names(stack_of(robot))
    owner_decides = nodes['learner'].parameters['require_approval']
    follows_clock = nodes['planner'].parameters['use_sim_time']
    assert (owner_decides, follows_clock) == (robot is Robot.REAL, robot is Robot.SIMULATED)


def test_isaac_gym_takes_the_place_of_the_simulator_alone() -> None:
    nodes = started('mobile_manipulator.launch.py', sim='isaacgym')
    assert set(nodes) == names(stack_of(Robot.SIMULATED)) - {'simulator'}
    assert nodes['planner'].parameters['use_sim_time']
    assert not nodes['learner'].parameters['require_approval']


def test_a_namespace_has_its_own_transforms_and_clock() -> None:
    for node in started('mobile_manipulator.launch.py', namespace='robot1').values():
        assert node.namespace == '/robot1'
        own = {'/tf': 'tf', '/tf_static': 'tf_static', '/clock': 'clock', 'points': 'points'}
        assert node.remaps == own


def test_what_is_given_wins_over_the_file_and_the_file_over_the_folder(tmp_path: Path) -> None:
    mine = tmp_path / 'mine.yaml'
    mine.write_text('/**/planner:\n  ros__parameters: {threads: 2, auto_learn: true}\n')
    planner = started('planning.launch.py', params_file=str(mine), auto_learn='false')['planner']
    assert (planner.parameters['threads'], planner.parameters['auto_learn']) == (2, False)
    assert planner.parameters['learning_timeout_s'] == 3600.0


@pytest.mark.parametrize(
    ('argument', 'value', 'message'),
    [
        ('sim', 'gazebo', r'"gazebo" is not valid. Valid options are: .*mujoco'),
        ('device', 'tpu', r'"tpu" is not valid. Valid options are: .*cuda'),
        ('params_file', '/no/such.yaml', r'/no/such\.yaml'),
        ('namespace', '1st', r'namespace is invalid: .*1st'),
    ],
)
def test_a_wrong_argument_is_refused(argument: str, value: str, message: str) -> None:
    launch_module('launch')
    with pytest.raises(Exception, match=message):
        started('mobile_manipulator.launch.py', **{argument: value})


def test_a_parent_keeps_its_values_variables_and_remaps() -> None:
    context = launch_module('launch').LaunchContext()
    mine = {'namespace': 'mine', 'params_file': '/mine.yaml'}
    context.launch_configurations.update(mine)
    environment = dict(os.environ)
    actions = launch_module('launch.actions')
    source = launch_module('launch.launch_description_sources').PythonLaunchDescriptionSource
    file = str(FOLDER / 'mobile_manipulator.launch.py')
    include = actions.IncludeLaunchDescription(
        source(file), launch_arguments={'params_file': str(COMMON), 'objects': '3'}.items()
    )
    group = actions.GroupAction([include])  # what an include is given stays, as launch has it
    assert dict(nodes_of(group, context))
    assert (dict(context.launch_configurations), dict(os.environ)) == (mine, environment)


@pytest.mark.parametrize('name', PROFILE_VARIABLES)
def test_a_dds_profile_of_the_user_is_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in PROFILE_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv('MALLOC_ARENA_MAX', '7')
    monkeypatch.setenv(name, '/mine.xml')
    (perception,) = started('perception.launch.py').values()
    assert [perception.environment[v] for v in PROFILE_VARIABLES] == ['/mine.xml', '/mine.xml']
    assert perception.environment['MALLOC_ARENA_MAX'] == '7'
    monkeypatch.delenv(name)
    (perception,) = started('perception.launch.py').values()
    profiles = {perception.environment[v] for v in PROFILE_VARIABLES}
    assert [Path(profile).name for profile in profiles] == ['fastdds.xml']


def test_models_and_runs_have_one_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path))
    nodes = started('mobile_manipulator.launch.py')
    models = tmp_path / 'f2p' / 'models'
    for name in ('planner', 'learner', 'scene_generator'):
        assert nodes[name].parameters['models_directory'] == str(models)
    assert nodes['learner'].parameters['runs_directory'] == str(tmp_path / 'f2p' / 'runs')
    failures = str(tmp_path / 'f2p' / 'runs' / 'failures')
    for name in ('learner', 'recorder'):
        assert nodes[name].parameters['library_directory'] == failures
    assert (models / 'v0001' / 'weights.safetensors').exists()


def test_viewers_come_when_they_are_asked_for() -> None:
    markers = names(s for s in NODES if s.subsystem is Subsystem.VIEWING)
    assert not started('viewing.launch.py')
    seen = started('viewing.launch.py', use_rviz='true', use_sim_time='true')
    assert set(seen) == markers | {'rviz2', 'robot_state_publisher'}
    assert all(node.parameters['use_sim_time'] for node in seen.values())
    foxglove = {'foxglove_bridge', 'robot_state_publisher'}
    assert set(started('viewing.launch.py', use_foxglove='true')) == markers | foxglove
    beside_a_real_robot = started('viewing.launch.py', use_rviz='true', sim='none')
    assert set(beside_a_real_robot) == markers | {'rviz2'}
    assert 'rviz2' not in started('viewing.launch.py', use_rviz='true', headless='true')


def test_a_launched_node_is_in_its_namespace_and_ends_with_launch() -> None:
    launch_module('launch')
    command = [sys.executable, '-c', RUN, str(FOLDER / 'perception.launch.py'), 'namespace:=left']
    with own_network(), BackgroundNode('onlooker') as node:
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                place = ('perception', '/left')
                wait_until(
                    lambda: place in node.get_node_names_and_namespaces(), START_S, 'the node'
                )
                children = psutil.Process(process.pid).children(recursive=True)
                process.send_signal(signal.SIGINT)
                assert process.wait(STOP_S) == 0
            finally:
                process.kill()
        assert children
        assert not [child for child in children if child.is_running()]
