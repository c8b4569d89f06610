# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The arguments of the launch files: names, defaults, descriptions, choices, in one table."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from f2p_bringup.node_table import NODES, Subsystem
from f2p_bringup.processes import STOP_S


class Sim(StrEnum):
    """Values of the argument ``sim``: whose body it is, and what simulates for learning."""

    MUJOCO = 'mujoco'
    ISAAC_GYM = 'isaacgym'
    NONE = 'none'


_BOOLEAN = ('true', 'false')


class Argument(NamedTuple):
    """One argument.

    Attributes:
        name: As in ``name:=value``.
        default: Its value where none is given; ``None``: the launch file computes it, or, for
            ``bag``, it must be given.
        description: One sentence.
        choices: The allowed values; empty: any.
        parameter: Parameter it sets in the nodes whose ``NodeSpec`` has it; empty: none.
        kind: Type of that parameter.
    """

    name: str
    default: str | None
    description: str
    choices: tuple[str, ...] = ()
    parameter: str = ''
    kind: type[bool] | type[float] | type[str] = str


_ALL = (
    Argument(
        'sim', Sim.MUJOCO.value,
        'mujoco: a simulated robot; isaacgym: the same, but simulate_skills is left to an Isaac '
        'Gym worker of yours (this version has none); none: there is a real robot',
        tuple(sim.value for sim in Sim),
    ),
    Argument(
        'robot', 'f2p',
        'With sim:=none: the robot, by the name of its file in the folder robots of config',
        parameter='robot_file',
    ),
    Argument(
        'device', 'auto',
        'Where scenes and actions are searched for; auto: on the GPU if there is one',
        ('auto', 'cpu', 'cuda'), 'generator.device',
    ),
    Argument('config', None, 'Folder of the parameter files; unless given: the installed one'),
    Argument(
        'params_file', None,
        'A parameter file (YAML) laid over those of config; arguments that set a parameter win '
        'over it',
    ),
    Argument(
        'use_sim_time', None, 'Follow the clock; unless given: true, but false with sim:=none',
        _BOOLEAN,
    ),
    Argument('namespace', '', 'Namespace of nodes, topics, tf and clock: one per robot'),
    Argument('use_rviz', 'false', 'Show objects, relations and plans in RViz', _BOOLEAN),
    Argument(
        'use_foxglove', 'false', 'Offer everything to Foxglove on port 8765', _BOOLEAN
    ),
    Argument('headless', 'false', 'Open no window: RViz stays out', _BOOLEAN),
    Argument(
        'log_level', 'info', 'Least severe messages that are logged',
        ('debug', 'info', 'warn', 'error', 'fatal'),
    ),
    Argument(
        'stop_timeout', f'{STOP_S:g}',
        'Time [s] the nodes get to end after Ctrl-C; then SIGTERM, and SIGKILL 3 s later',
        kind=float,
    ),
    Argument(
        'auto_learn', 'true', 'The planner requests learning where a prediction was wrong',
        _BOOLEAN, 'auto_learn', bool,
    ),
    Argument(
        'require_approval', None,
        'A new model waits for review_model; unless given: false with a simulated robot, '
        'else true',
        _BOOLEAN, 'require_approval', bool,
    ),
    Argument(
        'models', None,
        'Model store; learning writes to it; unless given: models in F2P_HOME, else in f2p in '
        'your data folder, which begins with the installed model',
        parameter='models_directory',
    ),
    Argument(
        'runs', None, 'Folder of learning runs; unless given: runs beside models',
        parameter='runs_directory',
    ),
    Argument(
        'failures', None, 'Folder of failures and their bags; unless given: failures in runs',
        parameter='library_directory',
    ),
    Argument('points', 'points', 'Topic of the point cloud'),
    Argument(
        'input', 'points', 'Camera input of perception; any: whichever of the two comes',
        ('points', 'depth', 'any'), 'input',
    ),
    Argument('clock', 'clock', 'Topic of the simulated time; /clock: one for all namespaces'),
    Argument(
        'autostart', 'true', 'Lifecycle nodes configure and activate themselves',
        _BOOLEAN, 'autostart', bool,
    ),
    Argument('bag', None, 'The bag to replay: a folder, or its .mcap file', parameter='bag'),
    Argument(
        'rate', '1.0', 'Speed of the replay, 0.1 to 10 times real time',
        parameter='rate', kind=float,
    ),
    Argument('loop', 'false', 'Begin again at the end', _BOOLEAN, 'loop', bool),
    Argument(
        'start_paused', 'false', 'Wait for the service of the player', _BOOLEAN,
        'start_paused', bool,
    ),
    Argument(
        'learn', 'true', 'Learn from the failures of the bag', _BOOLEAN, 'learn', bool
    ),
)  # fmt: skip

ARGUMENTS = {argument.name: argument for argument in _ALL}

_OF_EVERY_NODE = (
    'params_file', 'use_sim_time', 'namespace', 'log_level', 'config', 'points', 'clock',
    'stop_timeout',
)  # fmt: skip
_OF_SUBSYSTEM = {
    Subsystem.ROBOT: ('sim',),
    Subsystem.VIEWING: ('sim', 'use_rviz', 'use_foxglove', 'headless'),
}


def arguments_of(*subsystems: Subsystem) -> tuple[Argument, ...]:
    """Returns the arguments that some subsystems have together, in the order of the table."""
    wanted = {*_OF_EVERY_NODE}
    for subsystem in subsystems:
        wanted.update(_OF_SUBSYSTEM.get(subsystem, ()))
    for spec in NODES:
        if spec.subsystem in subsystems:
            wanted.update(spec.arguments)
    return tuple(argument for argument in _ALL if argument.name in wanted)
