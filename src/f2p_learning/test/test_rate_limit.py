# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Runs per hour."""

from __future__ import annotations

import pytest

from f2p_learning.rate_limit import HOUR_S, RateLimit, RateLimitError


def use(limit: RateLimit) -> None:
    with limit.slot():
        pass


def test_so_many_within_any_hour_and_no_more() -> None:
    now_s = 0.0
    limit = RateLimit(2, lambda: now_s)
    use(limit)
    now_s = 1000.0
    use(limit)
    now_s = HOUR_S - 1.0
    with pytest.raises(RateLimitError, match='2 learning runs were requested'):
        use(limit)
    now_s = HOUR_S
    use(limit)  # the refused one was not counted, and the first is an hour ago
    with pytest.raises(RateLimitError):
        use(limit)
    now_s = HOUR_S + 1000.0
    use(limit)


def test_what_fails_is_not_counted_and_what_is_refused_does_not_begin() -> None:
    limit, begun = RateLimit(1, lambda: 0.0), []
    with pytest.raises(KeyError), limit.slot():
        raise KeyError
    use(limit)
    with pytest.raises(RateLimitError), limit.slot():
        begun.append(1)
    assert begun == []
