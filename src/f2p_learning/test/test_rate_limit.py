# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Runs per hour."""

from __future__ import annotations

import pytest

from f2p_learning.rate_limit import HOUR_S, RateLimit, RateLimitError


def test_so_many_within_any_hour_and_no_more() -> None:
    now_s = 0.0
    limit = RateLimit(2, lambda: now_s)
    limit.take()
    now_s = 1000.0
    limit.take()
    now_s = HOUR_S - 1.0
    with pytest.raises(RateLimitError, match='2 learning runs were requested'):
        limit.take()
    now_s = HOUR_S
    limit.take()  # the refused one was not counted, and the first is an hour ago
    with pytest.raises(RateLimitError):
        limit.take()
    now_s = HOUR_S + 1000.0
    limit.take()
