# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One at a time, in the order of arrival: the queue of learning runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
import threading

from f2p_core.control import Control
from f2p_learning.errors import LearningError

QUEUED_STAGE = 'queued'
_POLL_S = 0.1
"""Time between two looks whether a waiting run shall stop [s]."""


class QueueFullError(LearningError):
    """Too many learning runs are waiting already."""


class Turnstile:
    """Lets one caller through at a time, first come first served; safe to use from any thread.

    Args:
        max_waiting: How many may wait behind the one inside.
    """

    def __init__(self, max_waiting: int) -> None:
        self._max_waiting = max_waiting
        self._line: deque[object] = deque()
        self._moved = threading.Condition()

    def require_room(self) -> None:
        """Raises if nobody else may wait.

        Raises:
            QueueFullError: With how many are in the queue.
        """
        with self._moved:
            if len(self._line) > self._max_waiting:
                raise QueueFullError(
                    f'{len(self._line)} learning runs are in the queue; wait or cancel one'
                )

    @contextmanager
    def turn(self, control: Control) -> Iterator[None]:
        """Waits for the caller's turn and holds it for the block.

        Args:
            control: Leaves the queue; told how many are ahead, as the stage ``queued``.

        Raises:
            QueueFullError: If too many are waiting.
            CancelledError: If ``control`` said stop while waiting.
        """
        ticket = object()
        with self._moved:
            self.require_room()
            self._line.append(ticket)
        try:
            self._wait(ticket, control)
            yield
        finally:
            with self._moved:
                self._line.remove(ticket)
                self._moved.notify_all()

    def _wait(self, ticket: object, control: Control) -> None:
        with self._moved:
            ahead = -1
            while self._line[0] is not ticket:
                control.check(QUEUED_STAGE)
                if self._line.index(ticket) != ahead:
                    ahead = self._line.index(ticket)
                    control.report(QUEUED_STAGE, 0, ahead)
                self._moved.wait(_POLL_S)
