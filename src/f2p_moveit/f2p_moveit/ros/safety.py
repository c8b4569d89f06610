# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What stops the robot for good: too much force, or somebody's protective stop."""

from __future__ import annotations

from collections.abc import Callable
import math

from geometry_msgs.msg import WrenchStamped
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from std_msgs.msg import Bool

from f2p_core.ros.qos import EVENTS, SENSOR_IN
from f2p_core.ros.waiting import Latest
from f2p_moveit.errors import UnsafeError

STALE_S = 1.0
"""A force older than this counts as unknown [s]."""


class Safety:
    """Watches ``wrench`` and ``protective_stop``.

    ROS Subscriptions:
        wrench (geometry_msgs/WrenchStamped): force at the wrist [N]; only with a force limit.
        protective_stop (std_msgs/Bool): true while the robot must not move.

    Args:
        node: The listening node.
        force_n: Limit of the force [N]; ``None``: none is measured.
        clock: Steady time [s].
    """

    def __init__(self, node: Node, force_n: float | None, clock: Callable[[], float]) -> None:
        self._force_n = force_n
        self._clock = clock
        self._force: Latest[tuple[float, float]] = Latest()
        self._stop: Latest[bool] = Latest()
        group = ReentrantCallbackGroup()
        node.create_subscription(
            Bool, 'protective_stop', self._on_stop, EVENTS, callback_group=group
        )
        if force_n is not None:
            node.create_subscription(
                WrenchStamped, 'wrench', self._on_wrench, SENSOR_IN, callback_group=group
            )

    def check(self) -> None:
        """Raises unless the robot may move.

        Raises:
            UnsafeError: ``protective_stop``, ``force_limit`` or ``force_unknown``.
        """
        if self._stop.get():
            raise UnsafeError('protective_stop: the robot was stopped; look at it, then release')
        if self._force_n is None:
            return
        measured = self._force.get()
        if measured is None or self._clock() - measured[1] > STALE_S:
            raise UnsafeError(
                f'force_unknown: nothing on the topic wrench for {STALE_S:g} s; start the sensor, '
                'or set limits.force_n to null in the robot file'
            )
        if measured[0] > self._force_n:
            raise UnsafeError(
                f'force_limit: {measured[0]:.0f} N at the wrist are more than {self._force_n:g} N'
            )

    def _on_stop(self, message: Bool) -> None:
        self._stop.put(message.data)

    def _on_wrench(self, message: WrenchStamped) -> None:
        force = message.wrench.force
        self._force.put((math.hypot(force.x, force.y, force.z), self._clock()))
