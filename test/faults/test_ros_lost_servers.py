# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Who waits for a server that dies, is started again or hangs learns so within 10 s."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import FineTune
from f2p_msgs.srv import ReviewModel
from killing import COUNTER, in_background, KNOWN_WITHIN_S, Server
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rclpy.node import Node

from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import BackgroundGoal, wait_active
from f2p_core.ros.waiting import ServerLostError

TIMEOUT_S = 120.0
"""Deadline of what is asked [s]: none of it may be waited for so long."""

ENDLESS = FineTune.Goal(
    overrides=[
        Parameter(
            name='ticks',
            value=ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=10_000),
        )
    ]
)
"""Counts for longer than the deadline."""


@pytest.fixture
def counter(client: Node) -> Iterator[Server]:
    with Server(COUNTER) as server:
        wait_active(client, 'counter')
        yield server


@pytest.fixture(scope='module')
def count(client: Node) -> ActionCaller:
    return ActionCaller(client, FineTune, 'count')


def running(count: ActionCaller) -> BackgroundGoal:
    goal = BackgroundGoal(count, ENDLESS, TIMEOUT_S)
    goal.wait_for_feedback()
    return goal


def test_the_goal_of_a_server_that_is_started_again_is_lost(
    counter: Server, count: ActionCaller
) -> None:
    goal = running(count)
    counter.restart()
    with pytest.raises(ServerLostError, match='count will not come: its server vanished'):
        goal.end_within(KNOWN_WITHIN_S)


def test_the_request_of_a_server_that_is_started_again_is_lost(
    counter: Server, client: Node
) -> None:
    refuse = ServiceCaller(client, ReviewModel, 'refuse')
    assert refuse.call(ReviewModel.Request(version=1), timeout_s=TIMEOUT_S).error_msg
    counter.hang()
    request = ReviewModel.Request(version=2)
    answer = in_background(lambda: refuse.call(request, timeout_s=TIMEOUT_S))
    counter.restart()
    with pytest.raises(ServerLostError, match='the answer of refuse will not come'):
        answer.result(KNOWN_WITHIN_S)


def test_the_goal_of_a_server_that_stays_away_is_lost(
    counter: Server, count: ActionCaller
) -> None:
    goal = running(count)
    counter.kill()
    with pytest.raises(ServerLostError):
        goal.end_within(KNOWN_WITHIN_S)


def test_the_goal_of_a_server_that_hangs_is_lost(counter: Server, count: ActionCaller) -> None:
    goal = running(count)
    counter.hang()
    with pytest.raises(ServerLostError):
        goal.end_within(KNOWN_WITHIN_S)
