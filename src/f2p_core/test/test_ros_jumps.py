# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Nodes notice that time jumped back, and forget what belongs to the time before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip('rclpy')

from rclpy.node import Node
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock

from f2p_core.pose import upright_pose
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.ros.jumps import on_jump_back
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import CLOCK_OUT
from f2p_core.ros.tf import StampedPose, transform_lookup, TransformSender
from f2p_core.ros.tf_buffer import TransformError
from f2p_core.ros.waiting import wait_until

TIMEOUT_S = 60.0
SECOND_NS = 10**9


@pytest.fixture
def node() -> Iterator[Node]:
    with own_network(), BackgroundNode('jumping') as node:
        node.set_parameters([Parameter('use_sim_time', value=True)])
        yield node


class Time:
    """Sets the time of the node by /clock."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._publisher = node.create_publisher(Clock, '/clock', CLOCK_OUT)

    def set(self, time_s: float) -> None:
        """Publishes a time until the node has it."""
        wanted_ns = round(time_s * SECOND_NS)

        def arrived() -> bool:
            self._publisher.publish(Clock(clock=time_to_msg(wanted_ns)))
            return bool(self._node.get_clock().now().nanoseconds == wanted_ns)

        wait_until(arrived, TIMEOUT_S, 'the time')


def test_only_a_jump_back_is_one(node: Node) -> None:
    jumps: list[int] = []
    registration = on_jump_back(node, lambda: jumps.append(1))
    time = Time(node)
    for time_s in (10.0, 20.0, 19.95, 30.0):
        time.set(time_s)
    assert jumps == []
    time.set(12.0)
    assert jumps == [1]
    registration.unregister()


def test_the_lookup_forgets_what_moved(node: Node) -> None:
    time, lookup = Time(node), transform_lookup(node)
    sender = TransformSender(node, [StampedPose('base', 'camera', upright_pose(0.5, 0.0, 1.0))])
    time.set(20.0)

    def known(target: str, source: str) -> bool:
        try:
            lookup.lookup(target, source, 20 * SECOND_NS)
        except TransformError:
            return False
        return True

    def arrived() -> bool:
        sender.send([StampedPose('map', 'base', upright_pose(1.0, 0.0, 0.0))], 20 * SECOND_NS)
        return known('map', 'camera')

    wait_until(arrived, TIMEOUT_S, 'the transforms')

    def forgotten() -> bool:
        time.set(21.0)
        time.set(10.0)
        return not known('map', 'base')

    wait_until(forgotten, TIMEOUT_S, 'what was on its way to be forgotten too')
    assert known('base', 'camera')
