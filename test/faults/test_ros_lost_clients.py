# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A server stops a goal whose client is gone, and a caller ends no sooner than its goal."""

from __future__ import annotations

import threading
import time
from typing import Any

from killing import KNOWN_WITHIN_S, ROOT, Server
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import FineTune
from f2p_msgs.msg import ErrorCode
from rclpy.node import Node

from f2p_core.errors import CancelledError
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.errors import ErrorMap
from f2p_core.ros.testing import BackgroundGoal
from f2p_core.ros.waiting import DeadlineError, StillRunningError, wait_until

TIMEOUT_S = 120.0
"""Deadline of what is asked [s]."""

SLOW_S = 5.0
"""How long a slow robot needs to stop [s]."""

BRIEF_S = 1.5
"""How long the others need [s]."""

SHORT_S = 0.5
"""Patience that is too short for any of them [s]."""

_POLICY = Policy(ErrorMap(ErrorCode.LEARNER_UNKNOWN, {}), ErrorCode.LEARNER_CANCELLED, None, {}, 0)


class SlowServer:
    """Serves ``brake`` for ever, and needs some time to stop.

    Attributes:
        stop_s: How long it needs [s].
        began, ended: Set when a goal has begun, and when it has ended.
    """

    def __init__(self, node: Node) -> None:
        self.stop_s = 0.0
        self.began, self.ended = threading.Event(), threading.Event()
        serve_action(node, FineTune, 'brake', self._run, _POLICY)

    def _run(self, goal: Any, task: Task) -> Any:
        self.ended.clear()
        self.began.set()
        wait_until(task.control.should_stop, TIMEOUT_S, 'the stop')
        time.sleep(self.stop_s)  # a robot that brakes
        self.ended.set()
        raise CancelledError('stopped')


@pytest.fixture(scope='module')
def server(client: Node) -> SlowServer:
    return SlowServer(client)


@pytest.fixture
def slow(server: SlowServer) -> SlowServer:
    server.began.clear()
    server.stop_s = BRIEF_S
    return server


@pytest.mark.parametrize('script', ['our_goal.py', 'one_goal.py'])
def test_the_goal_of_a_client_that_is_killed_stops(server: SlowServer, script: str) -> None:
    server.began.clear()
    server.stop_s = 0.0
    with Server((str(ROOT / 'test' / 'faults' / script),)) as process:
        assert server.began.wait(TIMEOUT_S)
        process.kill()
        assert server.ended.wait(KNOWN_WITHIN_S)


def test_a_cancelled_call_ends_after_its_goal(client: Node, slow: SlowServer) -> None:
    slow.stop_s = SLOW_S
    caller = ActionCaller(client, FineTune, 'brake')
    goal = BackgroundGoal(caller, FineTune.Goal(), TIMEOUT_S)
    assert slow.began.wait(TIMEOUT_S)
    goal.cancel.set()
    with pytest.raises(CancelledError):
        goal.end()
    assert slow.ended.is_set()


def test_a_call_that_is_too_late_ends_after_its_goal(client: Node, slow: SlowServer) -> None:
    caller = ActionCaller(client, FineTune, 'brake')
    with pytest.raises(DeadlineError, match='the result of brake did not come'):
        caller.call(FineTune.Goal(), timeout_s=SHORT_S)
    assert slow.ended.is_set()


def test_a_goal_that_goes_on_for_too_long_is_said_to(client: Node, slow: SlowServer) -> None:
    caller = ActionCaller(client, FineTune, 'brake', end_timeout_s=SHORT_S)
    with pytest.raises(StillRunningError, match=r'brake was cancelled and goes on: .* 0\.5 s'):
        caller.call(FineTune.Goal(), timeout_s=SHORT_S)
    assert not slow.ended.is_set()
    assert slow.ended.wait(TIMEOUT_S)
