# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Work that does not end when it is told to: said by the place it is at, and the node ends itself.

A definition of another package may never return, and a thread cannot be stopped from outside. What
supervises the nodes (``f2p up``, a launch file) starts another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import sys
import threading
import time
import traceback

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node

from f2p_core.ros.logs import tell_diagnostics

LOOK_S = 1.0
"""How often is looked whether something is overdue [s]."""

_TOOLS = frozenset({*sys.stdlib_module_names, 'numpy', 'scipy', 'torch'})
"""Packages that are called by whoever is to blame."""


@dataclass
class _Work:
    """A thread, whether it should end, and since when it should [s]."""

    thread: int
    should_end: Callable[[], bool]
    since_s: float | None = None


class Overdue:
    """Watches work of one kind in a node.

    Args:
        node: The node; it ends with status 1 once something is overdue.
        what: Name of the work, for the log.
        limit_s: So long something may go on that should end [s].
    """

    def __init__(self, node: Node, what: str, limit_s: float) -> None:
        self._node = node
        self._what = what
        self._limit_s = limit_s
        self._works: list[_Work] = []
        node.create_timer(
            LOOK_S,
            self._look,
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )

    @contextmanager
    def watching(self, should_end: Callable[[], bool] = lambda: True) -> Iterator[None]:
        """Watches what the calling thread does in the block.

        Args:
            should_end: Whether it should end; by itself it should, from the begin.
        """
        work = _Work(threading.get_ident(), should_end)
        self._works.append(work)
        try:
            yield
        finally:
            self._works.remove(work)

    def _look(self) -> None:
        now_s = time.monotonic()
        for work in tuple(self._works):
            if work.since_s is None and work.should_end():
                work.since_s = now_s
            if work.since_s is not None and now_s - work.since_s > self._limit_s:
                self._end(work)
                return

    def _end(self, work: _Work) -> None:
        text = (
            f'{self._what} does not end, {self._limit_s:g} s after it should have: it is in '
            f'{_place_of(work.thread)}; the node ends, mend or remove that package'
        )
        tell_diagnostics(self._node, text, is_bug=True)
        self._node.get_logger().fatal(text)
        vars(self._node)['exit_status'] = 1  # what ``run_node`` leaves with
        self._node.context.try_shutdown()


def _place_of(thread: int) -> str:
    """Returns module, line and function a thread is in, outside of tools that anybody calls."""
    frame = sys._current_frames().get(thread)
    places = []
    for inner, line in traceback.walk_stack(frame):
        module = str(inner.f_globals.get('__name__', inner.f_code.co_filename))
        places.append(f'{module}, line {line} ({inner.f_code.co_name})')
        if module.partition('.')[0] not in _TOOLS:
            return places[-1]
    return places[0] if places else 'a thread that has just ended'
