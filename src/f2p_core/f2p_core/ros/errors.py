# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Errors with a code: what a service or an action of a node answers instead of breaking."""

from __future__ import annotations

from collections.abc import Mapping

from f2p_core.errors import F2PError


class NodeError(F2PError):
    """An error with one of the codes of ``f2p_msgs/ErrorCode``.

    Args:
        code: The error code, from 10000.
        message: Names the thing, its value and what mends it.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class ErrorMap:
    """Translates exceptions of a core into the error codes of one server.

    Args:
        unknown: Code of any exception that has no entry.
        codes: Code per exception type; a subclass finds the entry of its nearest base.
        of_servers: Code per block of another server (code // 100) whose refusal comes through.
    """

    def __init__(
        self,
        unknown: int,
        codes: Mapping[type[Exception], int],
        of_servers: Mapping[int, int] | None = None,
    ) -> None:
        self._unknown = unknown
        self._codes = dict(codes)
        self._of_servers = dict(of_servers or {})

    def code_of(self, error: Exception) -> int:
        """Returns the error code for an exception."""
        if isinstance(error, NodeError):
            return self._of_servers.get(error.code // 100, error.code)
        for base in type(error).__mro__:
            if base in self._codes:
                return self._codes[base]
        return self._unknown

    def is_expected(self, error: Exception) -> bool:
        """Says whether the error is one of ours: no traceback is needed to understand it."""
        return isinstance(error, F2PError)


def message_of(error: Exception) -> str:
    """Returns the text for ``error_msg``: never empty."""
    return str(error) or type(error).__name__
