# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Who serves and who calls: identities of endpoints, so that nobody waits for who is gone.

A process that was killed stays in sight of the others for its lease, and one that is started in
its place has the same names. Only the identity of an endpoint (its GID) tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
import os
import time
from typing import Any

from rclpy.node import Node

from f2p_core.errors import F2PError


class MiddlewareError(F2PError):
    """The middleware does not name the topics of services as those of DDS do."""


Endpoints = frozenset[bytes]
"""Identities of endpoints in the middleware."""

VANISHED_S = 1.0
"""How long an endpoint must be out of sight to count as gone [s]: under load discovery blinks."""

_MARK_BYTES = 8
"""How much of a goal's id says whose it is [bytes]; the other half is random."""

_ID_BYTES = 16
"""Size of a goal's id [bytes], as of every UUID."""


def servers_of(node: Node, service: str) -> Callable[[], Endpoints]:
    """Returns a function that looks up who takes the requests of a service now.

    A request goes to the readers in sight when it is written, and to none that comes later.

    Args:
        node: The asking node.
        service: Relative name of the service.
    """
    topic = _request_topic(node, service)
    return lambda: _identities(node, node.get_subscriptions_info_by_topic, topic)


def clients_of(node: Node, service: str) -> Callable[[], Endpoints]:
    """Returns a function that looks up who may send requests to a service now."""
    topic = _request_topic(node, service)
    return lambda: _identities(node, node.get_publishers_info_by_topic, topic)


def own_client(node: Node, service: str) -> bytes:
    """Returns the identity of a client that this node has of a service.

    Raises:
        MiddlewareError: If the middleware does not tell.
    """
    topic = _request_topic(node, service)
    ours = (node.get_name(), node.get_namespace())
    found = [
        bytes(info.endpoint_gid)
        for info in node.get_publishers_info_by_topic(topic, no_mangle=True)
        if (info.node_name, info.node_namespace) == ours
    ]
    if not found:
        raise MiddlewareError(
            f'the middleware does not tell who asks for {service!r}; set RMW_IMPLEMENTATION to '
            'one of DDS, for example rmw_fastrtps_cpp'
        )
    return found[0]


def goal_id_of(client: bytes) -> bytes:
    """Returns a new id for a goal that says to its server who sent it.

    Args:
        client: Identity of the sending client.
    """
    return _mark(client) + os.urandom(_ID_BYTES - _MARK_BYTES)


def senders_of(goal_id: bytes, clients: Endpoints) -> Endpoints:
    """Returns which of the clients may have sent a goal.

    Args:
        goal_id: Id of the goal, 16 bytes.
        clients: Who was there when it came.

    Returns:
        The sender, if the goal's id says who it was (those of ``ActionCaller`` do); otherwise all.
    """
    marked = frozenset(c for c in clients if _mark(c) == goal_id[:_MARK_BYTES])
    return marked or clients


class Asked:
    """Those who are asked something: who takes the requests of a service when this is made.

    Args:
        servers: Looks up who is there.
    """

    def __init__(self, servers: Callable[[], Endpoints]) -> None:
        self._servers = servers
        self._asked = servers()
        self._is_absent = _absence(self.are_in_sight, VANISHED_S)

    def are_in_sight(self) -> bool:
        """Says whether one of them is there; one that was killed is, until its lease is over."""
        return bool(self._servers() & self._asked)

    def are_lost(self) -> bool:
        """Says whether they are gone, so that no answer can come.

        They are when none was in sight for ``VANISHED_S``, and at once when a server is there that
        was not: it was started in their place and knows nothing of what they were asked.
        """
        return bool(self._servers() - self._asked) or self._is_absent()


def gone(
    senders: Endpoints, clients: Callable[[], Endpoints], after_s: float
) -> Callable[[], bool]:
    """Returns a condition that says whether one of those who may have sent a goal is gone.

    Args:
        senders: Who they are.
        clients: Looks up who is there.
        after_s: How long one must be out of sight [s]; infinite: none is ever gone.
    """
    return _absence(lambda: senders <= clients(), after_s)


def _absence(is_there: Callable[[], bool], after_s: float) -> Callable[[], bool]:
    seen_s = time.monotonic()

    def is_gone() -> bool:
        nonlocal seen_s
        if is_there():
            seen_s = time.monotonic()
        return time.monotonic() - seen_s > after_s

    return is_gone


def _mark(client: bytes) -> bytes:
    return sha256(client).digest()[:_MARK_BYTES]


def _request_topic(node: Node, service: str) -> str:
    """Returns the topic of a service's requests, as every DDS middleware of ROS names it."""
    return f'rq{node.resolve_service_name(service)}Request'


def _identities(node: Node, look: Callable[..., Sequence[Any]], topic: str) -> Endpoints:
    if not node.context.ok():  # the graph cannot be asked any more
        return frozenset()
    return frozenset(bytes(info.endpoint_gid) for info in look(topic, no_mangle=True))
