# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A node that is spun by a thread of its own: for scripts, the demo and tests."""

from __future__ import annotations

import threading
from types import TracebackType

import rclpy
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, MultiThreadedExecutor
from rclpy.node import Node

from f2p_core.ros.waiting import join_callbacks

_SPIN_S = 0.1
"""Time after which the spinning thread looks whether it shall end [s]."""

_JOIN_S = 5.0
"""For running callbacks to end [s]; longer ones hang."""


class BackgroundNode:
    """A node with its own context, spun in the background while the ``with`` block runs.

    The block's thread is free to block: it may call actions and services and wait for topics.
    Leaves the process's signal handlers alone.

    Args:
        name: Node name.
        domain_id: ROS domain; ``None``: that of the environment.
        namespace: Of the node; empty: none.
        threads: Threads of the executor.
    """

    def __init__(
        self, name: str, domain_id: int | None = None, *, namespace: str = '', threads: int = 4
    ) -> None:
        self._context = Context()
        rclpy.init(args=[], context=self._context, domain_id=domain_id)
        self.node = Node(name, namespace=namespace, context=self._context)
        self._executor = MultiThreadedExecutor(num_threads=threads, context=self._context)
        self._executor.add_node(self.node)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._spin, name=f'{name} executor')

    def __enter__(self) -> Node:
        self._thread.start()
        return self.node

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Shut down, then join, then free: a thread that still spins at exit aborts the process.
        self._end.set()
        self._thread.join()
        join_callbacks(self._executor, _JOIN_S)
        self._executor.shutdown()
        self.node.destroy_node()
        self._context.try_shutdown()

    def _spin(self) -> None:
        while not self._end.is_set():
            try:
                self._executor.spin_once(timeout_sec=_SPIN_S)
            except ExternalShutdownException:
                return
