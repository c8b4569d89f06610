# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The arguments of the launch files as a table, and the files as the node table asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_bringup.launch_arguments import Argument, ARGUMENTS, arguments_of, Sim
from f2p_bringup.node_table import NODES, NodeSpec, Robot, stack_of, Subsystem, WITHOUT_ROBOT

FILES = {path.name for path in (Path(__file__).parents[1] / 'launch').iterdir()}
TOGETHER = {'mobile_manipulator.launch.py', 'replay.launch.py'}
PROMISED = (
    'sim', 'robot', 'device', 'params_file', 'use_sim_time', 'namespace', 'use_rviz',
    'use_foxglove', 'headless', 'log_level', 'auto_learn', 'require_approval',
)  # fmt: skip


@pytest.mark.parametrize('argument', ARGUMENTS.values(), ids=lambda a: a.name)
def test_an_argument_says_what_it_is_for(argument: Argument) -> None:
    assert argument.description[0].isupper() or argument.description.startswith('mujoco')
    assert not argument.description.endswith('.')
    assert argument.default is None or not argument.choices or argument.default in argument.choices
    assert argument.kind is not bool or argument.choices == ('true', 'false')


def test_there_are_the_promised_ones() -> None:
    assert set(PROMISED) <= set(ARGUMENTS)
    assert ARGUMENTS['sim'].choices == ('mujoco', 'isaacgym', 'none') == tuple(Sim)


@pytest.mark.parametrize('spec', NODES, ids=lambda spec: spec.executable)
def test_what_a_node_takes_sets_a_parameter(spec: NodeSpec) -> None:
    assert all(ARGUMENTS[name].parameter for name in spec.arguments)
    assert spec.is_managed == ('autostart' in spec.arguments)


def test_a_subsystem_has_the_arguments_of_its_nodes() -> None:
    names = [argument.name for argument in arguments_of(Subsystem.LEARNING)]
    assert {'models', 'autostart', 'require_approval', 'namespace', 'config'} <= set(names)
    assert not {'auto_learn', 'sim', 'use_rviz', 'bag'} & set(names)
    assert names.index('config') < names.index('params_file')  # whose default is in that folder


def test_every_subsystem_has_its_file() -> None:
    # The replay has no file for its node alone: it needs all the others.
    parts = [part for part in Subsystem if part != Subsystem.REPLAY]
    assert {f'{part}.launch.py' for part in parts} | TOGETHER == FILES


@pytest.mark.parametrize('robot', Robot)
def test_a_stack_has_no_node_of_the_other_robot(robot: Robot) -> None:
    stack = stack_of(robot)
    assert [s for s in stack if s.robot is not None] == [s for s in NODES if s.robot == robot]
    assert {s.subsystem for s in stack} <= {Subsystem.ROBOT, *WITHOUT_ROBOT}
    assert {s for s in NODES if s.subsystem in WITHOUT_ROBOT} <= set(stack)
