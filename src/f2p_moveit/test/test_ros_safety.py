# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What stops the robot for good: force, no force, a protective stop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip('rclpy')

from geometry_msgs.msg import WrenchStamped
from rclpy.node import Node
from std_msgs.msg import Bool

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import EVENTS, SENSOR_IN
from f2p_core.ros.waiting import wait_until
from f2p_moveit.errors import UnsafeError
from f2p_moveit.ros.safety import Safety, STALE_S

TIMEOUT_S = 60.0


@pytest.fixture(scope='module')
def node() -> Iterator[Node]:
    with own_network(), BackgroundNode('robot') as node:
        yield node


def problem(safety: Safety) -> str:
    try:
        safety.check()
    except UnsafeError as error:
        return str(error)
    return ''


def test_a_force_is_awaited_limited_and_grows_old(node: Node) -> None:
    now_s = [0.0]
    safety = Safety(node, 40.0, lambda: now_s[0])
    publisher = node.create_publisher(WrenchStamped, 'wrench', SENSOR_IN)
    assert problem(safety).startswith('force_unknown')
    message = WrenchStamped()

    def press(x: float, y: float, expected: str) -> bool:
        message.wrench.force.x, message.wrench.force.y = x, y
        publisher.publish(message)
        return problem(safety).startswith(expected) and (problem(safety) != '') == bool(expected)

    wait_until(lambda: press(3.0, 4.0, ''), TIMEOUT_S, 'a small force')
    wait_until(lambda: press(30.0, -40.0, 'force_limit: 50 N'), TIMEOUT_S, 'a large force')
    wait_until(lambda: press(0.0, 0.0, ''), TIMEOUT_S, 'no force')

    def is_old() -> bool:  # a message that was on its way makes it new once more
        now_s[0] += 2 * STALE_S
        return problem(safety).startswith('force_unknown')

    wait_until(is_old, TIMEOUT_S, 'the force to grow old')


def test_a_protective_stop_holds_until_it_is_released(node: Node) -> None:
    safety = Safety(node, None, lambda: 0.0)
    publisher = node.create_publisher(Bool, 'protective_stop', EVENTS)
    assert problem(safety) == ''

    def sees(stopped: bool) -> bool:
        publisher.publish(Bool(data=stopped))
        return problem(safety).startswith('protective_stop') == stopped

    wait_until(lambda: sees(True), TIMEOUT_S, 'the stop')
    wait_until(lambda: sees(False), TIMEOUT_S, 'its release')
