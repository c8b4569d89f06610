# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Calling back a goal whose server went out of sight: it may only have hung."""

from __future__ import annotations

from collections.abc import Callable
import time

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from rclpy.task import Future

from f2p_core.ros.endpoints import Asked

_PERIOD_S = 0.5
"""How often is looked whether the server is back [s]: soon enough to stop what goes on again."""

_PATIENCE_S = 600.0
"""How long a server may come back [s]; one that hung longer is taken for dead."""


class Recall:
    """Cancels a goal of a server that is out of sight as soon as it is back.

    Its client has given up on it; without this a process that only hung would go on with it.

    Args:
        node: The node of the client.
        asked: Who has the goal.
        cancel: Sends a request to cancel it.
    """

    def __init__(self, node: Node, asked: Asked, cancel: Callable[[], Future]) -> None:
        self._node = node
        self._asked = asked
        self._cancel = cancel
        self._sent: Future | None = None
        self._until_s = time.monotonic() + _PATIENCE_S
        self._timer = node.create_timer(
            _PERIOD_S,
            self._try,
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )

    def _try(self) -> None:
        is_answered = self._sent is not None and self._sent.done()
        if is_answered or time.monotonic() > self._until_s:
            self._node.destroy_timer(self._timer)
        elif self._asked.are_in_sight():
            if self._sent is not None:
                self._sent.cancel()
            self._sent = self._cancel()
