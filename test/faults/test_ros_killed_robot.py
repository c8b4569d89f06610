# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A robot comes to rest when its planner dies or is cancelled, and nobody says so too early."""

from __future__ import annotations

from collections.abc import Iterator
import time

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.msg import ErrorCode
from killing import KNOWN_WITHIN_S
from rclpy.node import Node
from robot import Robot, running_robot

from f2p_core.errors import CancelledError
from f2p_core.ros.testing import wait_active
from f2p_core.ros.waiting import ServerLostError

REST_S = 27.0
"""Within this the slow robot of this test rests when its planner died [s]: the lease of 7 s, 1 s
until its client counts as gone, and 12 s until it has let go, five times what another takes. Left
alone it moves for 37 s."""


@pytest.fixture(scope='module')
def robot(client: Node) -> Iterator[Robot]:
    with running_robot(client) as running:
        yield running


def test_a_cancelled_goal_ends_when_the_robot_stands(robot: Robot) -> None:
    goal = robot.pursue()
    goal.cancel.set()
    with pytest.raises(CancelledError):
        goal.end()
    ended_s = time.monotonic()
    assert robot.joints.wait_until_standing() <= ended_s


def test_a_robot_whose_planner_is_killed_comes_to_rest(robot: Robot, client: Node) -> None:
    goal = robot.pursue()
    killed_s = time.monotonic()
    robot.planner.restart()
    with pytest.raises(ServerLostError):
        goal.end_within(KNOWN_WITHIN_S)
    assert robot.joints.wait_until_standing() < killed_s + REST_S
    wait_active(client, 'planner')


def test_a_goal_whose_executor_is_killed_says_that_the_robot_may_be_moving(robot: Robot) -> None:
    goal = robot.pursue()
    robot.world.restart()
    result = goal.end_within(KNOWN_WITHIN_S)
    assert result.error_code == ErrorCode.PLANNER_MAY_BE_MOVING
    assert 'the robot may still be moving: the result of execute_skill' in result.error_msg
