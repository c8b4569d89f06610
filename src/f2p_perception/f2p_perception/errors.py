# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What perception refuses, each with the code that the ROS edge hands on."""

from __future__ import annotations

from enum import IntEnum

from f2p_core.errors import F2PError


class PerceptionCode(IntEnum):
    """Error codes of perception, equal to those of ``f2p_msgs/ErrorCode``."""

    UNKNOWN = 10000
    BAD_CLOUD = 10001
    NO_TRANSFORM = 10002
    NO_SUPPORT = 10003


class PerceptionError(F2PError):
    """Sensor data or settings that cannot be used; nothing was changed.

    Attributes:
        code: Which kind of error it is.
    """

    def __init__(self, code: PerceptionCode, message: str) -> None:
        super().__init__(message)
        self.code = code
