# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Times and durations: integer nanoseconds and float seconds on our side."""

from __future__ import annotations

from typing import Any

NS_PER_S = 1_000_000_000
"""Nanoseconds in a second."""


def msg_to_time_ns(message: Any) -> int:
    """Returns a stamp in [ns]."""
    return int(message.sec) * NS_PER_S + int(message.nanosec)


def msg_to_duration_s(message: Any) -> float:
    """Returns a span in [s]."""
    return float(message.sec) + float(message.nanosec) / NS_PER_S
