# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How every node process starts and ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import os
import signal
import sys
from typing import NoReturn

import rclpy
from rclpy._rclpy_pybind11 import RCLError
from rclpy.action import ActionClient, ActionServer
from rclpy.executors import ExternalShutdownException, MultiThreadedExecutor
from rclpy.node import Node
from rclpy.utilities import ok, try_shutdown

from f2p_core.errors import F2PError
from f2p_core.ros.errors import message_of
from f2p_core.ros.logs import log_traceback
from f2p_core.ros.waiting import join_callbacks
from f2p_core.shared_memory import sweep

SPIN_S = 0.25
"""How long one turn of the executor may wait [s]: a bounded wait never misses a signal."""

JOIN_S = 5.0
"""How long running callbacks get to notice a shutdown [s]."""


def run_node(
    factory: Callable[[], Node], *, threads: int = 4, args: Sequence[str] | None = None
) -> int:
    """Runs one node until SIGINT or SIGTERM, then ends the process.

    Its exit status is 0, or 1 if a lifecycle node could not start itself.

    Args:
        factory: Creates the node; an ``F2PError`` it raises is a refused parameter.
        threads: Threads of the executor: callbacks that block need one each.
        args: Command line; ``None``: that of the process.

    Returns:
        2, the exit status of a node that could not be created, or whose command line not be read.
    """
    sweep()  # what was left behind when this node, or another, was killed
    try:
        rclpy.init(args=None if args is None else list(args))
    except RCLError as error:  # a parameter file that is no YAML, an argument nobody knows
        print(f'the command line cannot be used: {message_of(error)}', file=sys.stderr)
        return 2
    node: Node | None = None
    executor = MultiThreadedExecutor(num_threads=threads)
    try:
        node = factory()
        executor.add_node(node)
        _spin(node, executor)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except F2PError as error:
        print(message_of(error), file=sys.stderr)
        return 2
    except Exception:
        if ok():
            raise  # otherwise it only says that the signal came while the node was being made
    finally:
        _ignore_signals()
        join_callbacks(executor, JOIN_S)
        try_shutdown()
        executor.shutdown(timeout_sec=JOIN_S)
        if node is not None:
            _take_leave(node)
    return _leave(getattr(node, 'exit_status', 0))


def _take_leave(node: Node) -> None:
    """Destroys a node with its actions: only then do others see at once that it is gone.

    ``destroy_node`` leaves actions alone, and while one is there, so is the DDS participant.
    """
    for waitable in tuple(node.waitables):
        if isinstance(waitable, (ActionServer, ActionClient)):
            waitable.destroy()
    node.destroy_node()


def _leave(status: int) -> NoReturn:
    """Ends the process at once: threads, DDS and MoveIt have ended, and nothing is left to write.

    Python would take torch, MuJoCo and Open3D apart module by module, which for all nodes together
    takes three to six seconds of the time in which a launcher waits.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _ignore_signals() -> None:
    """Makes the clean-up safe: Ctrl-C under a launcher arrives twice, the second one here."""
    for _ in range(2):
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        except KeyboardInterrupt:
            continue


def _spin(node: Node, executor: MultiThreadedExecutor) -> None:
    """Spins; an error in a callback is logged, and the node lives on."""
    while ok():
        try:
            executor.spin_once(timeout_sec=SPIN_S)
        except (KeyboardInterrupt, ExternalShutdownException):
            return
        except Exception as error:  # a bug in one callback must not take the others down
            log_traceback(node, 'a callback failed', error)
