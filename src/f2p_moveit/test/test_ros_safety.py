# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What stops the robot for good: force, no force, a protective stop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip('rclpy')

from geometry_msgs.msg import WrenchStamped
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import EVENTS, SENSOR_IN
from f2p_core.ros.waiting import wait_until
from f2p_moveit.errors import UnsafeError
from f2p_moveit.robot_file import read_robot_file
from f2p_moveit.ros.safety import Joints, Safety

TIMEOUT_S = 60.0
ROBOTS = Path(__file__).parents[2] / 'f2p_bringup' / 'config' / 'robots'
LIMITS = read_robot_file(ROBOTS / 'f2p.yaml').limits


@pytest.fixture(scope='module')
def node() -> Iterator[Node]:
    with own_network(), BackgroundNode('robot') as node:
        yield node


def problem(watched: Safety | Joints) -> str:
    try:
        watched.check() if isinstance(watched, Safety) else watched.positions()
    except UnsafeError as error:
        return str(error)
    return ''


def test_a_force_is_awaited_limited_and_grows_old(node: Node) -> None:
    now_s = [0.0]
    limits = LIMITS.model_copy(update={'force_n': 40.0})
    safety = Safety(node, limits, lambda: now_s[0], Diagnostics(node))
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
        now_s[0] += 2 * LIMITS.stale_s
        return problem(safety).startswith('force_unknown')

    wait_until(is_old, TIMEOUT_S, 'the force to grow old')


def test_a_protective_stop_holds_until_it_is_released(node: Node) -> None:
    safety = Safety(node, LIMITS, lambda: 0.0, Diagnostics(node))
    publisher = node.create_publisher(Bool, 'protective_stop', EVENTS)
    assert problem(safety) == ''

    def sees(stopped: bool) -> bool:
        publisher.publish(Bool(data=stopped))
        return problem(safety).startswith('protective_stop') == stopped

    wait_until(lambda: sees(True), TIMEOUT_S, 'the stop')
    wait_until(lambda: sees(False), TIMEOUT_S, 'its release')


def test_joints_may_come_in_parts_and_grow_old(node: Node) -> None:
    now_s = [0.0]
    joints = Joints(node, ('arm', 'finger'), 3.0, lambda: now_s[0], Diagnostics(node))
    publisher = node.create_publisher(JointState, 'joint_states', EVENTS)
    assert problem(joints).startswith("joints_unknown: nothing of 'arm'")

    def hears(name: str, expected: str) -> bool:
        publisher.publish(JointState(name=[name, 'wheel'], position=[0.5, 7.0]))
        return problem(joints).startswith(expected)

    wait_until(lambda: hears('arm', "joints_unknown: nothing of 'finger'"), TIMEOUT_S, 'the arm')
    wait_until(lambda: hears('finger', '') and not problem(joints), TIMEOUT_S, 'the finger')
    assert joints.positions() == {'arm': 0.5, 'finger': 0.5, 'wheel': 7.0}

    def is_old() -> bool:
        now_s[0] += 10.0
        return problem(joints).startswith('joints_unknown')

    wait_until(is_old, TIMEOUT_S, 'the joints to grow old')
