# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Logs of the cores on the logger of the node they run in."""

from __future__ import annotations

import logging
import traceback

from rclpy.node import Node

from f2p_core.ros.errors import message_of


class _ToNode(logging.Handler):
    """Forwards records of Python's logging to a node's logger."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._logger = node.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        text = f'{record.name}: {record.getMessage()}'
        # A line for each: rclpy refuses a call whose severity differs from the one before.
        if record.levelno >= logging.ERROR:
            self._logger.error(text)
        elif record.levelno >= logging.WARNING:
            self._logger.warning(text)
        elif record.levelno >= logging.INFO:
            self._logger.info(text)
        else:
            self._logger.debug(text)


def forward_logs(node: Node) -> None:
    """Sends what the cores log (below the logger names f2p_*) to the node's logger."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    handler = _ToNode(node)
    handler.addFilter(lambda record: record.name.startswith('f2p_'))
    root.handlers = [handler]


def log_error(node: Node, what: str, code: int, error: Exception, *, is_expected: bool) -> None:
    """Logs an error that is answered with a code, and notes it in the node's diagnostics.

    Args:
        node: The node; without an attribute ``diagnostics`` it is only logged.
        what: What failed, for example the name of an action.
        code: The answer's error code.
        error: The error.
        is_expected: Whether it is one of ours; any other is logged with its traceback.
    """
    if is_expected:
        node.get_logger().warning(f'{what}: {code}: {message_of(error)}')
    else:
        log_traceback(node, f'{what} failed', error)
    if hasattr(node, 'diagnostics'):
        node.diagnostics.failed(f'{what}: {code}: {message_of(error)}', is_bug=not is_expected)


def log_traceback(node: Node, what: str, error: BaseException) -> None:
    """Logs an exception that nobody expected, with its traceback."""
    node.get_logger().error(f'{what}: {"".join(traceback.format_exception(error))}')
