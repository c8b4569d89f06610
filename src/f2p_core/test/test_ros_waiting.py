# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""When a server counts as gone."""

from __future__ import annotations

import pytest

from f2p_core.ros import waiting


def test_a_server_is_gone_once_it_was_out_of_sight_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s, is_there = 0.0, True
    monkeypatch.setattr(waiting.time, 'monotonic', lambda: now_s)
    is_gone = waiting.vanished(lambda: is_there)
    assert not is_gone()
    is_there, now_s = False, 0.9 * waiting.VANISHED_S
    assert not is_gone()
    is_there = True
    assert not is_gone()
    is_there, now_s = False, now_s + 0.9 * waiting.VANISHED_S
    assert not is_gone()
    now_s += waiting.VANISHED_S
    assert is_gone()
