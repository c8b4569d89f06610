# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The nodes of the table as processes on a network of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
import time
from typing import NamedTuple

from lifecycle_msgs.srv import GetState
from rclpy.node import Node

from f2p_bringup.errors import BringupError
from f2p_bringup.node_table import COMMON_PARAMETERS_FILE, NODES, NodeSpec
from f2p_bringup.processes import child_environment, Command, ProcessGroup
from f2p_bringup.ros.installed import executable, share_file
from f2p_core.progress import ignore_progress, OnProgress, Progress
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import local_environment, own_network
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import DeadlineError, wait_until

Overrides = Mapping[str, Mapping[str, object]]
"""Parameter values per node name, on top of those of the config folder."""

START_TIMEOUT_S = 120.0
_ANSWER_S = 5.0


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
    nodes: Sequence[NodeSpec] = NODES,
    on_progress: OnProgress = ignore_progress,
    client_name: str = 'f2p',
) -> Iterator[Stack]:
    """Starts the nodes, waits until all are active, and takes them down after the block.

    Args:
        log_directory: Where the output of each node goes.
        overrides: Parameters that differ from the config folder.
        nodes: What to start.
        on_progress: Told how many nodes are active.
        client_name: Name of the node that the block gets.

    Raises:
        BringupError: If a node is not installed, ends, or is not active in time.
    """
    commands = [_command(spec, overrides.get(spec.executable, {})) for spec in nodes]
    with own_network() as domain:
        environment = child_environment(
            **local_environment(domain),
            FASTRTPS_DEFAULT_PROFILES_FILE=str(share_file('config', 'fastdds.xml')),
            RCUTILS_LOGGING_BUFFERED_STREAM='1',
            PYTHONUNBUFFERED='1',
        )
        # The client comes after the processes: they are forked before any thread runs.
        with (
            ProcessGroup(commands, environment, log_directory) as group,
            BackgroundNode(client_name) as client,
        ):
            _wait_for_all(client, nodes, group, on_progress)
            yield Stack(client, domain, group)


def _command(spec: NodeSpec, values: Mapping[str, object]) -> Command:
    files = (COMMON_PARAMETERS_FILE, spec.parameters_file)
    # With the node's name, else the files, which have it, would win over these.
    node = spec.executable
    given = [item for n, v in values.items() for item in ('-p', f'{node}:{n}:={yaml_value(v)}')]
    arguments = [str(executable(spec.package, spec.executable)), '--ros-args']
    for name in files:
        arguments += ['--params-file', str(share_file('config', name))]
    return Command(spec.executable, [*arguments, *given])


def yaml_value(value: object) -> str:
    """Returns a parameter value as the command line takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | Path):
        return "'" + str(value).replace("'", "''") + "'"  # a path stays a string
    if isinstance(value, tuple | list):
        return '[' + ', '.join(yaml_value(v) for v in value) + ']'
    return repr(value)


def _wait_for_all(
    client: Node, nodes: Sequence[NodeSpec], group: ProcessGroup, on_progress: OnProgress
) -> None:
    waiting = {spec.executable: _readiness(client, spec) for spec in nodes}
    on_progress(Progress('start nodes', 0, len(nodes)))
    deadline = time.monotonic() + START_TIMEOUT_S

    def one_more() -> bool:
        group.check()
        ready = [name for name, is_ready in waiting.items() if is_ready()]
        for name in ready:
            del waiting[name]
            on_progress(Progress('start nodes', len(nodes) - len(waiting), len(nodes)))
        return bool(ready)

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
        return lambda: spec.executable in client.get_node_names()
    caller = ServiceCaller(client, GetState, f'{spec.executable}/get_state')

    def is_active() -> bool:
        if spec.executable not in client.get_node_names():
            return False
        try:
            answer = caller.call(GetState.Request(), timeout_s=_ANSWER_S)
        except DeadlineError:
            return False
        return bool(answer.current_state.label == 'active')

    return is_active
