# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Logs of the cores on the logger of the node they run in."""

from __future__ import annotations

from collections.abc import Hashable
import logging
import re
import time
import traceback
from weakref import WeakKeyDictionary

from rclpy.node import Node

from f2p_core.health import Throttle
from f2p_core.ros.errors import message_of

_NUMBER = re.compile(r'\d+')

_THROTTLES: WeakKeyDictionary[Node, Throttle] = WeakKeyDictionary()
"""What each node of this process said lately."""


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


def complain(node: Node, text: str, thing: Hashable = None) -> None:
    """Warns about a thing: at once, then at growing intervals, with how often it was held back.

    The node's diagnostics hear of every time.

    Args:
        node: The node; without an attribute ``diagnostics`` it is only logged.
        text: Names the thing, its value and the mend.
        thing: What it is about; complaints about the same thing are held back. ``None``: the
            text with all numbers left out, since those differ every time.
    """
    tell_diagnostics(node, text, is_bug=False)
    more = _throttle(node).passes(_NUMBER.sub('', text) if thing is None else thing)
    if more is not None:
        node.get_logger().warning(text + _repeated(more))


def log_error(node: Node, what: str, code: int, error: Exception, *, is_expected: bool) -> None:
    """Logs an error that is answered with a code, and notes it in the node's diagnostics.

    Args:
        node: The node; without an attribute ``diagnostics`` it is only logged.
        what: What failed, for example the name of an action.
        code: The answer's error code.
        error: The error.
        is_expected: Whether it is one of ours; any other is logged with its traceback.
    """
    text = f'{what}: {code}: {message_of(error)}'
    if is_expected:
        complain(node, text)
    else:
        log_traceback(node, f'{what} failed', error)


def log_traceback(node: Node, what: str, error: BaseException) -> None:
    """Logs an exception that nobody expected, with its traceback; the same one not all the time.

    Exceptions of one kind from one line count as the same.
    """
    tell_diagnostics(node, f'{what}: {type(error).__name__}: {error}', is_bug=True)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = [(frame.filename, frame.lineno) for frame in last]
    more = _throttle(node).passes((what, type(error), *place))
    if more is not None:
        trace = ''.join(traceback.format_exception(error))
        node.get_logger().error(f'{what}{_repeated(more)}: {trace}')


def tell_diagnostics(node: Node, text: str, *, is_bug: bool) -> None:
    """Notes what went wrong in the diagnostics of a node that has some."""
    if hasattr(node, 'diagnostics'):
        node.diagnostics.failed(text, is_bug=is_bug)


def _throttle(node: Node) -> Throttle:
    """Returns the throttle of a node."""
    return _THROTTLES.setdefault(node, Throttle(time.monotonic))


def _repeated(more: int) -> str:
    return f' (and {more} times more since the last line)' if more else ''
