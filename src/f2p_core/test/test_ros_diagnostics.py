# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""/diagnostics of a node in a namespace, as an onlooker gets it, and what the node's log says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
import subprocess
import threading
from typing import Any, NamedTuple

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from f2p_msgs.srv import ReviewModel
from rclpy.node import Node
from rosgraph_msgs.msg import Clock

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import CLOCK_OUT, EVENTS
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import node_process, stop_process, wait_active
from f2p_core.ros.waiting import wait_until

SCRIPT = (str(Path(__file__).parent / 'counting_node.py'),)
TIMEOUT_S = 90.0


class Seen:
    """The newest status of every name."""

    def __init__(self, node: Node) -> None:
        self._statuses: dict[str, Any] = {}
        self._lock = threading.Lock()
        node.create_subscription(DiagnosticArray, '/diagnostics', self._receive, EVENTS)

    def _receive(self, message: Any) -> None:
        with self._lock:
            self._statuses.update({status.name: status for status in message.status})

    def get(self, name: str) -> Any:
        with self._lock:
            return self._statuses.get(name)

    def wait(self, name: str, accept: Callable[[Any], bool]) -> Any:
        def is_seen() -> bool:
            status = self.get(name)
            return status is not None and accept(status)

        wait_until(is_seen, TIMEOUT_S, f'an accepted status of {name}')
        return self.get(name)


class Counter(NamedTuple):
    """A node in the namespace left that follows a clock, and who looks at it."""

    process: subprocess.Popen[str]
    client: Node
    seen: Seen


@pytest.fixture
def counter() -> Iterator[Counter]:
    remaps = ('-r', '__ns:=/left', '-r', '/clock:=clock')
    with own_network(), BackgroundNode('client') as client:
        seen = Seen(client)
        with node_process(SCRIPT, *remaps, use_sim_time=True) as process:
            wait_active(client, 'left/counter')
            yield Counter(process, client, seen)


def test_a_node_says_what_it_waits_for_and_that_it_came(counter: Counter) -> None:
    name = 'left/counter: topic /left/clock'
    missing = counter.seen.wait(name, lambda s: s.level == DiagnosticStatus.WARN)
    assert 'start the simulated world' in missing.message
    assert missing.hardware_id == 'left'
    publisher = counter.client.create_publisher(Clock, '/left/clock', CLOCK_OUT)
    ticks = iter(range(1, 10**9))

    def time_passes() -> bool:
        clock = Clock()
        clock.clock.sec = next(ticks)
        publisher.publish(clock)
        return bool(counter.seen.get(name).level == DiagnosticStatus.OK)

    wait_until(time_passes, TIMEOUT_S, 'the clock to be seen')
    status, log = stop_process(counter.process)
    assert status == 0
    assert 'topic /left/clock: waiting for' in log
    assert 'topic /left/clock: is there' in log


def test_the_last_failure_is_told(counter: Counter) -> None:
    name = 'left/counter: state'
    counter.seen.wait(name, lambda s: s.level == DiagnosticStatus.OK)
    refuse = ServiceCaller(counter.client, ReviewModel, 'left/refuse')
    refuse.call(ReviewModel.Request(version=7), timeout_s=TIMEOUT_S)
    failed = counter.seen.wait(name, lambda s: s.level == DiagnosticStatus.WARN)
    assert 'no model 7' in failed.message
    assert [v.key for v in failed.values] == ['last failure']
