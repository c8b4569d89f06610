# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Times and durations: integer nanoseconds and float seconds on our side."""

from __future__ import annotations

from builtin_interfaces.msg import Duration, Time

_NS = 1_000_000_000


def time_to_msg(stamp_ns: int) -> Time:
    """Returns a stamp [ns] as a message."""
    return Time(sec=stamp_ns // _NS, nanosec=stamp_ns % _NS)


def msg_to_time_ns(message: Time) -> int:
    """Returns a stamp in [ns]."""
    return int(message.sec) * _NS + int(message.nanosec)


def duration_to_msg(duration_s: float) -> Duration:
    """Returns a span [s] as a message."""
    nanoseconds = round(duration_s * _NS)
    return Duration(sec=nanoseconds // _NS, nanosec=nanoseconds % _NS)


def msg_to_duration_s(message: Duration) -> float:
    """Returns a span in [s]."""
    return float(message.sec) + float(message.nanosec) / _NS
