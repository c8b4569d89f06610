# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Whether the client that sent a goal is gone: then nobody can cancel it or will see its end."""

from __future__ import annotations

from collections.abc import Callable
import time

from rclpy.node import Node

from f2p_core.ros.endpoints import Endpoints, gone, senders_of

_LOOK_S = 0.1
"""How often is looked at most [s]: work asks many times a second whether it shall stop."""


class Abandonment:
    """Whether a goal is abandoned; once it is, it stays so.

    Args:
        node: The serving node.
        name: Of the action, for the log.
        goal_id: Id of the goal, 16 bytes.
        clients: Looks up the clients of the action.
        absence_s: How long the client may be out of sight [s].
    """

    def __init__(
        self,
        node: Node,
        name: str,
        goal_id: bytes,
        clients: Callable[[], Endpoints],
        absence_s: float,
    ) -> None:
        self._node = node
        self._name = name
        self._is_gone = gone(senders_of(goal_id, clients()), clients, absence_s)
        self._next_s = 0.0
        self._is_abandoned = False

    def __call__(self) -> bool:
        """Says whether the client is gone."""
        now_s = time.monotonic()
        if not self._is_abandoned and now_s >= self._next_s and self._node.context.ok():
            self._next_s = now_s + _LOOK_S
            self._is_abandoned = self._is_gone()
            if self._is_abandoned:
                self._node.get_logger().warning(
                    f'{self._name}: the client that sent the goal is gone; the goal is stopped'
                )
        return self._is_abandoned
