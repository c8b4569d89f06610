# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``/diagnostics`` of a node (REP-107), and in its log what it waits for.

Published directly: diagnostic_updater names a status by the node alone, which does not tell two
robots of a graph apart, and it exists only where ROS is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node

from f2p_core.errors import F2PError
from f2p_core.health import LastFailure, Level, Need, Status
from f2p_core.ros.errors import message_of
from f2p_core.ros.qos import EVENTS

TOPIC = '/diagnostics'
PERIOD_S = 1.0
"""How often a node says how it is [s]."""

_SERVER_GONE_S = 5.0
"""A server that was not seen for this long is missing [s]; it is looked for every second or so."""

_CLOCK_GONE_S = 30.0
"""A clock that stood still for this long is missing [s]: a paused simulation is none."""


class Diagnostics:
    """Says once a second how a node is; logs what is missing, at growing intervals.

    ROS Publishers:
        /diagnostics (diagnostic_msgs/DiagnosticArray): one status for the node, one per need.

    Args:
        node: The node; its attribute ``diagnostics`` should be this.
        why_inactive: Why a lifecycle node does not work, and what to do; empty while it does.
    """

    def __init__(self, node: Node, why_inactive: Callable[[], str] = str) -> None:
        self._node = node
        self._why_inactive = why_inactive
        self._needs: dict[str, Need] = {}
        self._probes: list[Callable[[], None]] = []
        self._facts: dict[str, Callable[[], object]] = {}
        self._concerns: dict[str, Callable[[], str]] = {}
        self._failure = LastFailure(time.monotonic)
        self._publisher = node.create_publisher(DiagnosticArray, TOPIC, EVENTS)
        if node.get_parameter('use_sim_time').value:
            self._expect_clock()
        node.create_timer(
            PERIOD_S,
            self._tick,
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )

    def topic(self, name: str, mend: str, *, stale_after_s: float | None = None) -> Need:
        """Returns a need that the topic's callback must tell of every message (``heard``).

        Args:
            name: Relative name of the topic.
            mend: What to do while nothing comes, as a clause.
            stale_after_s: So long without a message is too long, on the node's clock [s];
                ``None``: one is enough.
        """
        resolved = self._node.resolve_topic_name(name)
        return self.need(f'topic {resolved}', mend, stale_after_s=stale_after_s)

    def need(self, name: str, mend: str, *, stale_after_s: float | None = None) -> Need:
        """Returns a need of any kind; see ``topic``."""
        return self._add(
            Need(
                name,
                mend,
                time.monotonic,
                stale_after_s=stale_after_s,
                age_clock=lambda: self._node.get_clock().now().nanoseconds * 1e-9,
            )
        )

    def action(self, name: str, mend: str) -> None:
        """Needs a server of an action (relative name)."""
        self._server('action', name, f'{name}/_action/send_goal', mend)

    def service(self, name: str, mend: str) -> None:
        """Needs a server of a service (relative name)."""
        self._server('service', name, name, mend)

    def fact(self, name: str, read: Callable[[], object]) -> None:
        """Adds a value to the node's status; it is read every time."""
        self._facts[name] = read

    def concern(self, name: str, read: Callable[[], str]) -> None:
        """Adds a status of its own: a warning while ``read`` returns a sentence, else OK."""
        self._concerns[name] = read

    def failed(self, text: str, *, is_bug: bool = False) -> None:
        """Takes note of what went wrong: a refusal, or an error nobody expected."""
        self._failure.put(text, Level.ERROR if is_bug else Level.WARN)

    def _add(self, need: Need) -> Need:
        self._needs[need.name] = need
        return need

    def _steady(self, name: str, mend: str, stale_after_s: float) -> Need:
        return self._add(Need(name, mend, time.monotonic, stale_after_s=stale_after_s))

    def _server(self, kind: str, name: str, service: str, mend: str) -> None:
        shown = self._node.resolve_service_name(name)
        need = self._steady(f'{kind} {shown}', mend, _SERVER_GONE_S)
        resolved = self._node.resolve_service_name(service)

        def look() -> None:
            if self._node.count_services(resolved):
                need.heard()

        self._probes.append(look)

    def _expect_clock(self) -> None:
        topic = self._node.resolve_topic_name('/clock')
        need = self._steady(
            f'topic {topic}',
            'start the simulated world or the replay, or set use_sim_time to false',
            _CLOCK_GONE_S,
        )
        last_ns = 0

        def look() -> None:
            nonlocal last_ns
            now_ns = self._node.get_clock().now().nanoseconds
            if now_ns != last_ns:
                last_ns = now_ns
                need.heard()

        self._probes.append(look)

    def _tick(self) -> None:
        for probe in self._probes:
            probe()
        for need in self._needs.values():
            news = need.news()
            if news is not None:
                self._log(news)
        if self._node.context.ok():
            self._publisher.publish(self._array())

    def _log(self, news: Status) -> None:
        text = f'{news.name}: {news.sentence}'
        if news.level == Level.OK:
            self._node.get_logger().info(text)
        else:  # a line of its own: rclpy lets one call have one severity
            self._node.get_logger().warning(text)

    def _array(self) -> DiagnosticArray:
        statuses = [
            self._own_status(),
            *(need.status() for need in self._needs.values()),
            *(_concern(name, _read(read)) for name, read in self._concerns.items()),
        ]
        array = DiagnosticArray(status=[self._message(status) for status in statuses])
        array.header.stamp = self._node.get_clock().now().to_msg()
        return array

    def _own_status(self) -> Status:
        values = {name: _read(read) for name, read in self._facts.items()}
        reason = self._why_inactive()
        if reason:
            return Status('state', Level.WARN, reason, values)
        return self._failure.status('state', values)

    def _message(self, status: Status) -> DiagnosticStatus:
        return DiagnosticStatus(
            level=bytes([status.level]),
            name=f'{self._node.get_fully_qualified_name().lstrip("/")}: {status.name}',
            message=status.sentence,
            hardware_id=self._node.get_namespace().strip('/'),
            values=_key_values(status.values),
        )


def _read(read: Callable[[], object]) -> str:
    try:
        return str(read())
    except F2PError as error:  # what cannot be read is a finding, not a reason to fall silent
        return message_of(error)


def _concern(name: str, sentence: str) -> Status:
    return Status(name, Level.WARN if sentence else Level.OK, sentence or 'none', {})


def _key_values(values: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=name, value=value) for name, value in values.items()]
