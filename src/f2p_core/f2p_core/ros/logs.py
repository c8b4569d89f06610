# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Logs of the cores on the logger of the node they run in."""

from __future__ import annotations

import logging
import traceback

from rclpy.node import Node

_SEVERITY = ((logging.ERROR, 'error'), (logging.WARNING, 'warning'), (logging.INFO, 'info'))


class _ToNode(logging.Handler):
    """Forwards records of Python's logging to a node's logger."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._logger = node.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        text = f'{record.name}: {record.getMessage()}'
        for level, method in _SEVERITY:
            if record.levelno >= level:
                getattr(self._logger, method)(text)
                return
        self._logger.debug(text)


def forward_logs(node: Node) -> None:
    """Sends what the cores log (below the logger names f2p_*) to the node's logger."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    handler = _ToNode(node)
    handler.addFilter(lambda record: record.name.startswith('f2p_'))
    root.handlers = [handler]


def log_traceback(node: Node, what: str, error: BaseException) -> None:
    """Logs an exception that nobody expected, with its traceback."""
    node.get_logger().error(f'{what}: {"".join(traceback.format_exception(error))}')
