# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A goal that was given up is called back once its server is in sight again."""

from __future__ import annotations

import threading

import pytest

pytest.importorskip('rclpy')

from rclpy.task import Future

from f2p_core.ros import recall
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.endpoints import Asked, Endpoints
from f2p_core.ros.network import own_network
from f2p_core.ros.recall import Recall
from f2p_core.ros.waiting import wait_until

SERVER: Endpoints = frozenset({b'server'})
TIMEOUT_S = 20.0


def test_it_is_cancelled_when_its_server_is_back_and_until_that_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recall, '_PERIOD_S', 0.01)
    there, sent, looks = [SERVER], [], []
    may_answer = threading.Event()

    def look() -> Endpoints:
        looks.append(there[0])
        return there[0]

    def cancel() -> Future:
        future = Future()
        if may_answer.is_set():
            future.set_result(None)
        sent.append(future)
        return future

    with own_network(), BackgroundNode('client') as node:
        asked = Asked(look)
        there[0] = frozenset()
        Recall(node, asked, cancel)
        wait_until(lambda: looks.count(frozenset()) > 2, TIMEOUT_S, 'some looks')
        assert not sent
        there[0] = SERVER
        wait_until(lambda: len(sent) > 2, TIMEOUT_S, 'requests that are not answered')
        assert sent[0].cancelled()
        may_answer.set()
        wait_until(lambda: not list(node.timers), TIMEOUT_S, 'the end of the timer')
