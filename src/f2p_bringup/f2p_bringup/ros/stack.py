# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The nodes of the table as processes on a network of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
import os
from pathlib import Path
import time
from typing import NamedTuple

from lifecycle_msgs.srv import GetState
from rclpy.node import Node
import yaml

from f2p_bringup.environment import node_environment
from f2p_bringup.errors import BringupError
from f2p_bringup.node_table import COMMON_PARAMETERS_FILE, NodeSpec, Robot, stack_of
from f2p_bringup.processes import Command, ProcessGroup, STOP_S
from f2p_bringup.ros.installed import executable, share_file
from f2p_core.control import Control, UNCONTROLLED
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import joined_network, local_environment, own_network
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import DeadlineError, wait_until

Overrides = Mapping[str, Mapping[str, object]]
"""Parameter values per node name, on top of those of the config folder."""

START_TIMEOUT_S = 120.0
"""For all nodes to be active [s]: several times what a busy machine takes."""

_ANSWER_S = 5.0
"""For a node to say its state [s]; it answers in milliseconds or hangs."""

_NO_FILES_OF_RCL = '--disable-external-lib-logs'

_REMAPPED = ('tf', 'tf_static', 'clock')
"""Topics with absolute names, one per robot if there are namespaces."""


class Place(NamedTuple):
    """Where a stack lives.

    Attributes:
        namespace: Of all its nodes and topics, without slashes around it; empty: none.
        domain: ROS domain; ``None``: a free one of its own.
    """

    namespace: str = ''
    domain: int | None = None


ALONE = Place()


class Stack(NamedTuple):
    """The running system.

    Attributes:
        client: A node of ours in the same network, free to call and listen.
        domain: The ROS domain.
        group: The processes.
    """

    client: Node
    domain: int
    group: ProcessGroup

    def how_to_join(self) -> str:
        """Returns the shell command that puts another terminal into the same network."""
        variables = (f'{name}={value}' for name, value in local_environment(self.domain).items())
        return 'export ' + ' '.join(variables)


@contextmanager
def running_stack(
    log_directory: Path,
    *,
    overrides: Overrides,
    robot: Robot | None = Robot.SIMULATED,
    place: Place = ALONE,
    control: Control = UNCONTROLLED,
    client_name: str = 'f2p',
    stop_s: float = STOP_S,
) -> Iterator[Stack]:
    """Starts the nodes, waits until all are active, and takes them down after the block.

    Args:
        log_directory: Where the output of each node goes.
        overrides: Parameters that differ from the config folder.
        robot: What there is to act with; ``None``: a bag is played in its place.
        place: Where they live.
        control: Told how many nodes are active.
        client_name: Name of the node that the block gets.
        stop_s: Time the nodes get to end before they are asked more firmly [s].

    Raises:
        BringupError: If a node is not installed, ends, or is not active in time.
    """
    nodes = stack_of(robot)
    log_directory.mkdir(parents=True, exist_ok=True)
    commands = [
        node_command(spec, _written(spec, overrides, log_directory), place.namespace)
        for spec in nodes
    ]
    network = own_network() if place.domain is None else joined_network(place.domain)
    with network as domain:
        environment = node_environment(
            {**os.environ, **local_environment(domain)}, share_file('config', 'fastdds.xml')
        )
        # The client comes after the processes: they are forked before any thread runs.
        with (
            ProcessGroup(commands, environment, log_directory, stop_s=stop_s) as group,
            BackgroundNode(client_name, namespace=place.namespace) as client,
        ):
            _wait_for_all(client, nodes, group, control)
            yield Stack(client, domain, group)


def node_command(spec: NodeSpec, overrides: Path, namespace: str) -> Command:
    """Returns the command line of a node.

    Args:
        spec: The node.
        overrides: A parameter file laid over those of the config folder.
        namespace: As in ``Place``.
    """
    files = (COMMON_PARAMETERS_FILE, spec.parameters_file)
    # What they say is in our logs, which stay small; the files of rcl do not.
    arguments = [str(executable(spec.package, spec.executable)), '--ros-args', _NO_FILES_OF_RCL]
    for path in (*(share_file('config', name) for name in files), overrides):
        arguments += ['--params-file', str(path)]
    if namespace:
        arguments += ['-r', f'__ns:=/{namespace}']
        for topic in _REMAPPED:
            arguments += ['-r', f'/{topic}:={topic}']
    return Command(spec.executable, arguments, spec.is_needed)


def _written(spec: NodeSpec, overrides: Overrides, directory: Path) -> Path:
    """Writes a node's overrides as a parameter file, with the key that the others have.

    A later file wins only under the same key, and the command line cannot spell that one.
    """
    path = directory / spec.parameters_file
    values = dict(overrides.get(spec.executable, {}))
    content = {spec.parameters_key: {'ros__parameters': values}} if values else {}
    path.write_text(yaml.safe_dump(content), encoding='utf-8')
    return path


def _wait_for_all(
    client: Node, nodes: Sequence[NodeSpec], group: ProcessGroup, control: Control
) -> None:
    waiting = {spec.executable: _readiness(client, spec) for spec in nodes}
    control.report('start nodes', 0, len(nodes))
    deadline = time.monotonic() + START_TIMEOUT_S

    def one_more() -> bool:
        for name in group.check():
            waiting.pop(name, None)  # whoever keeps the stack alive tells of it
        ready = [name for name, is_ready in waiting.items() if is_ready()]
        for name in ready:
            del waiting[name]
            control.report('start nodes', len(nodes) - len(waiting), len(nodes))
        return bool(ready) or not waiting

    while waiting:
        try:
            wait_until(one_more, max(0.0, deadline - time.monotonic()), 'the nodes')
        except DeadlineError as error:
            raise BringupError(
                f'not active after {START_TIMEOUT_S:g} s: {", ".join(waiting)}; '
                'the reason is in the log of each'
            ) from error


def _readiness(client: Node, spec: NodeSpec) -> Callable[[], bool]:
    if not spec.is_managed:
        return lambda: _is_there(client, spec)
    caller = ServiceCaller(client, GetState, f'{spec.executable}/get_state')

    def is_active() -> bool:
        if not _is_there(client, spec):
            return False
        try:
            answer = caller.call(GetState.Request(), timeout_s=_ANSWER_S)
        except DeadlineError:
            return False
        return bool(answer.current_state.label == 'active')

    return is_active


def _is_there(client: Node, spec: NodeSpec) -> bool:
    wanted = (spec.executable, client.get_namespace())
    return wanted in client.get_node_names_and_namespaces()
