# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Times and durations: integer nanoseconds and float seconds on our side."""

from __future__ import annotations

from builtin_interfaces.msg import Duration, Time

from f2p_core.messages.time import msg_to_duration_s, msg_to_time_ns, NS_PER_S

__all__ = ['duration_to_msg', 'msg_to_duration_s', 'msg_to_time_ns', 'time_to_msg']


def time_to_msg(stamp_ns: int) -> Time:
    """Returns a stamp [ns] as a message."""
    return Time(sec=stamp_ns // NS_PER_S, nanosec=stamp_ns % NS_PER_S)


def duration_to_msg(duration_s: float) -> Duration:
    """Returns a span [s] as a message."""
    nanoseconds = round(duration_s * NS_PER_S)
    return Duration(sec=nanoseconds // NS_PER_S, nanosec=nanoseconds % NS_PER_S)
