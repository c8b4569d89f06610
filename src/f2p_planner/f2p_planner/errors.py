# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Errors of planning and monitoring, each with a code that names its kind."""

from __future__ import annotations

from enum import StrEnum

from f2p_core.errors import F2PError


class PlannerErrorCode(StrEnum):
    """What went wrong, for callers that react to the kind and not to the text."""

    UNKNOWN_OBJECT = 'unknown_object'
    UNKNOWN_RELATION = 'unknown_relation'
    INVALID_INPUT = 'invalid_input'
    NO_CALL_POSSIBLE = 'no_call_possible'
    NO_FRAMES = 'no_frames'
    NO_REPLAY = 'no_replay'


class PlannerError(F2PError):
    """Root of this package's errors.

    Args:
        code: The kind of error.
        message: Names the thing, its value and what mends it.
    """

    def __init__(self, code: PlannerErrorCode, message: str) -> None:
        super().__init__(code, message)  # all arguments, so that it can cross processes
        self.code = code
        self._message = message

    def __str__(self) -> str:
        return self._message
