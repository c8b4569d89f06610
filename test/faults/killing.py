# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Nodes that are killed and started again, on a network with the lease of the shipped profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, ExitStack
from pathlib import Path
import signal
import subprocess
import time
from typing import TypeVar
from xml.etree import ElementTree

import pytest
from rclpy.node import Node

from f2p_bringup.ros.installed import share_file
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.testing import node_process

ROOT = Path(__file__).parents[2]
COUNTER = (str(ROOT / 'src' / 'f2p_core' / 'test' / 'counting_node.py'),)
"""The smallest node with an action (``count``) and a service (``refuse``)."""

KNOWN_WITHIN_S = 10.0
"""How long a client may wait for who is gone [s]: what is promised."""

RESTART_S = 2.0
"""When a dead node is started again [s], as by ``f2p up``."""

_TRANSPORTS = ('userTransports', 'useBuiltinTransports')
"""What the tests leave out of the profile: killed processes would leave shared memory behind."""

T = TypeVar('T')


@contextmanager
def leased_network(
    directory: Path, patch: pytest.MonkeyPatch, name: str = 'client'
) -> Iterator[Node]:
    """Yields a node on a network of its own, where processes have the lease that we ship."""
    profile = directory / 'profile.xml'
    tree = ElementTree.parse(share_file('config', 'fastdds.xml'))
    space = tree.getroot().tag.partition('}')[0] + '}'
    ElementTree.register_namespace('', space.strip('{}'))
    for rtps in tree.iter(f'{space}rtps'):
        for child in [c for c in rtps if c.tag.removeprefix(space) in _TRANSPORTS]:
            rtps.remove(child)
    tree.write(profile, encoding='utf-8', xml_declaration=True)
    patch.setenv('FASTRTPS_DEFAULT_PROFILES_FILE', str(profile))
    with own_network(), BackgroundNode(name, threads=8) as node:
        yield node


class Server:
    """A node that can be killed and started again.

    Args:
        command: What follows ``python``.
        **options: Values of node parameters.
    """

    def __init__(self, command: Sequence[str], **options: object) -> None:
        self._command = command
        self._options = options
        self._processes = ExitStack()
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return self._processes.enter_context(node_process(self._command, **self._options))

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.close()

    def hang(self) -> None:
        """Stops it where it is."""
        self.process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Kills it as the kernel would."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Kills it and starts it again, as a supervisor does."""
        self.kill()
        time.sleep(RESTART_S)  # the time of the supervisor is what is tested
        self.process = self._start()


def in_background(work: Callable[[], T]) -> Future[T]:
    """Begins something in a thread of its own and returns at once."""
    pool = ThreadPoolExecutor(max_workers=1)
    future = pool.submit(work)
    pool.shutdown(wait=False)
    return future
