# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What stops the robot for good: too much force, a protective stop, joints nobody hears of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import math

from geometry_msgs.msg import WrenchStamped
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool

from f2p_core.health import Need
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.qos import EVENTS, SENSOR_IN
from f2p_core.ros.waiting import Latest
from f2p_moveit.errors import UnsafeError
from f2p_moveit.robot_file import Limits

Clock = Callable[[], float]
"""Steady time [s]."""


class Joints:
    """Where the joints are.

    ROS Subscriptions:
        joint_states (sensor_msgs/JointState): of all joints, in one message or in several.

    Args:
        node: The listening node.
        names: The joints that must be known.
        stale_s: A state older than this is unknown [s].
        clock: Steady time [s].
        diagnostics: Told what is awaited.
    """

    def __init__(
        self,
        node: Node,
        names: Sequence[str],
        stale_s: float,
        clock: Clock,
        diagnostics: Diagnostics,
    ) -> None:
        self._names = tuple(names)
        self._stale_s = stale_s
        self._clock = clock
        self._states: dict[str, tuple[float, float]] = {}
        self._need = diagnostics.topic(
            'joint_states', "start the robot's driver", stale_after_s=stale_s
        )
        node.create_subscription(
            JointState, 'joint_states', self._on_state, SENSOR_IN,
            callback_group=MutuallyExclusiveCallbackGroup(),  # in the order they came
        )  # fmt: skip

    def positions(self) -> dict[str, float]:
        """Returns the newest positions [m, rad], by name.

        Raises:
            UnsafeError: ``joints_unknown`` if one is missing or old.
        """
        states, now_s = dict(self._states), self._clock()
        for name in self._names:
            if name not in states or now_s - states[name][1] > self._stale_s:
                raise UnsafeError(
                    f'joints_unknown: nothing of {name!r} on the topic joint_states for '
                    f"{self._stale_s:g} s; start the robot's driver"
                )
        return {name: position for name, (position, _) in states.items()}

    def _on_state(self, message: JointState) -> None:
        now_s = self._clock()
        states = {
            name: (float(position), now_s)
            for name, position in zip(message.name, message.position, strict=False)
        }
        self._states = {**self._states, **states}
        if set(self._names) <= set(self._states):
            self._need.heard()


class Safety:
    """Watches ``wrench`` and ``protective_stop``.

    ROS Subscriptions:
        wrench (geometry_msgs/WrenchStamped): force at the wrist [N]; only with a force limit.
        protective_stop (std_msgs/Bool): true while the robot must not move.

    Args:
        node: The listening node.
        limits: Of the robot.
        clock: Steady time [s].
        diagnostics: Told what is awaited.
    """

    def __init__(self, node: Node, limits: Limits, clock: Clock, diagnostics: Diagnostics) -> None:
        self._limits = limits
        self._clock = clock
        self._force: Latest[tuple[float, float]] = Latest()
        self._stop: Latest[bool] = Latest()
        self._need: Need | None = None
        # In the order they came, or a stop could be undone by what was said before it.
        group = MutuallyExclusiveCallbackGroup()
        node.create_subscription(
            Bool, 'protective_stop', self._on_stop, EVENTS, callback_group=group
        )
        if limits.force_n is not None:
            self._need = diagnostics.topic(
                'wrench', 'start the force sensor', stale_after_s=limits.stale_s
            )
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
        limit_n, stale_s = self._limits.force_n, self._limits.stale_s
        if limit_n is None:
            return
        measured = self._force.get()
        if measured is None or self._clock() - measured[1] > stale_s:
            raise UnsafeError(
                f'force_unknown: nothing on the topic wrench for {stale_s:g} s; start the sensor, '
                'or set limits.force_n to null in the robot file'
            )
        if measured[0] > limit_n:
            raise UnsafeError(
                f'force_limit: {measured[0]:.0f} N at the wrist are more than {limit_n:g} N'
            )

    def _on_stop(self, message: Bool) -> None:
        self._stop.put(message.data)

    def _on_wrench(self, message: WrenchStamped) -> None:
        force = message.wrench.force
        self._force.put((math.hypot(force.x, force.y, force.z), self._clock()))
        if self._need is not None:
            self._need.heard()
