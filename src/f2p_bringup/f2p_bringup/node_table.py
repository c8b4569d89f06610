# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The one description of the system; ``f2p up`` and the launch files are views of it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Subsystem(StrEnum):
    """What starts together; each has a launch file of its name."""

    ROBOT = 'robot'
    PERCEPTION = 'perception'
    SIMULATION = 'simulation'
    LEARNING = 'learning'
    PLANNING = 'planning'
    VIEWING = 'viewing'
    REPLAY = 'replay'


WITHOUT_ROBOT = (
    Subsystem.PERCEPTION,
    Subsystem.SIMULATION,
    Subsystem.LEARNING,
    Subsystem.PLANNING,
)
"""What needs no robot: it runs in a replay as well."""


class Robot(StrEnum):
    """Whose body it is: a stand-in of this project, or one of metal."""

    SIMULATED = 'simulated'
    REAL = 'real'


class NodeSpec(NamedTuple):
    """One node.

    Attributes:
        package: ROS package of its executable.
        executable: Name of the executable, also the name of the node.
        subsystem: What it starts with. ``f2p up`` starts all but viewing and replay.
        purpose: What it does, in a few words.
        is_managed: A lifecycle node; it configures and activates itself (parameter ``autostart``).
        robot: The only kind of robot it is started with; ``None``: with any.
        makes_time: Publishes the simulated time, which it cannot follow therefore.
        is_needed: Whether the others are of no use without it: where it cannot run, all end.
        arguments: Launch arguments that set parameters of it (``launch_arguments``).
    """

    package: str
    executable: str
    subsystem: Subsystem
    purpose: str
    is_managed: bool = False
    robot: Robot | None = None
    makes_time: bool = False
    is_needed: bool = True
    arguments: tuple[str, ...] = ()

    @property
    def parameters_file(self) -> str:
        """Name of its file in the config folder."""
        return f'{self.executable}.yaml'

    @property
    def parameters_key(self) -> str:
        """What its parameters stand under in a file: good in every namespace."""
        return f'/**/{self.executable}'

    @property
    def uses_models(self) -> bool:
        """Whether it reads or writes the model store (parameter ``models_directory``)."""
        return 'models' in self.arguments


NODES = (
    NodeSpec(
        'f2p_sim', 'world', Subsystem.ROBOT, 'the simulated robot and its camera',
        robot=Robot.SIMULATED, makes_time=True,
    ),
    NodeSpec(
        'f2p_moveit', 'executor', Subsystem.ROBOT, 'skills on a real robot, through MoveIt',
        robot=Robot.REAL, arguments=('robot',),
    ),
    NodeSpec(
        'f2p_replay', 'recorder', Subsystem.ROBOT, 'a bag of what led to each failure',
        is_needed=False, arguments=('failures',),
    ),
    NodeSpec(
        'f2p_replay', 'player', Subsystem.REPLAY, 'a bag in place of a robot',
        makes_time=True, arguments=('bag', 'rate', 'loop', 'start_paused', 'learn'),
    ),
    NodeSpec(
        'f2p_perception', 'perception', Subsystem.PERCEPTION, 'from clouds to objects',
        arguments=('input',),
    ),
    NodeSpec(
        'f2p_sim', 'simulator', Subsystem.SIMULATION, 'skills in simulated scenes',
        is_managed=True, arguments=('autostart',),
    ),
    NodeSpec(
        'f2p_svi', 'scene_generator', Subsystem.LEARNING, 'scenes and actions by SVGD',
        is_managed=True, arguments=('autostart', 'models', 'device'),
    ),
    NodeSpec(
        'f2p_learning', 'learner', Subsystem.LEARNING, 'from a failure to a better model',
        is_managed=True, arguments=('autostart', 'models', 'runs', 'failures', 'require_approval'),
    ),
    NodeSpec(
        'f2p_planner', 'failure_detector', Subsystem.PLANNING, 'did a skill do as predicted',
        is_managed=True, arguments=('autostart',),
    ),
    NodeSpec(
        'f2p_planner', 'planner', Subsystem.PLANNING, 'plans, executes, learns, replans',
        is_managed=True, arguments=('autostart', 'models', 'auto_learn'),
    ),
    NodeSpec(
        'f2p_viz', 'markers', Subsystem.VIEWING, 'what is seen and expected, drawn',
        is_needed=False,
    ),
)  # fmt: skip

COMMON_PARAMETERS_FILE = 'common.yaml'
"""Parameters of every node: simulated time, and what one goal may ask for at most."""


def stack_of(robot: Robot | None) -> tuple[NodeSpec, ...]:
    """Returns the nodes that run with a robot, in the order they are started.

    Args:
        robot: Its kind; ``None``: a bag is played in its place.
    """
    started = (Subsystem.REPLAY if robot is None else Subsystem.ROBOT, *WITHOUT_ROBOT)
    return tuple(
        spec for spec in NODES if spec.subsystem in started and spec.robot in (None, robot)
    )
