# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The queue keeps its order, its length, and lets go of those who give up."""

from __future__ import annotations

import threading

import pytest

from f2p_core.control import Control, Progress, UNCONTROLLED
from f2p_core.errors import CancelledError
from f2p_learning.turnstile import QueueFullError, Turnstile

TIMEOUT_S = 20.0


def test_first_come_first_served() -> None:
    queue, order, inside = Turnstile(5), [], threading.Event()
    waiting = [threading.Event() for _ in range(3)]

    def visit(i: int) -> None:
        with queue.turn(Control(on_progress=lambda _: waiting[i].set())):
            order.append(i)

    with queue.turn(UNCONTROLLED):
        threads = []
        for i in range(3):
            threads.append(threading.Thread(target=visit, args=(i,)))
            threads[-1].start()
            assert waiting[i].wait(TIMEOUT_S)  # each has joined the line before the next comes
        inside.set()
    for thread in threads:
        thread.join(TIMEOUT_S)
    assert order == [0, 1, 2]


def test_one_too_many_is_refused_and_the_others_go_on() -> None:
    queue = Turnstile(0)
    with (
        queue.turn(UNCONTROLLED),
        pytest.raises(QueueFullError, match='1 learning runs'),
        queue.turn(UNCONTROLLED),
    ):
        pass
    with queue.turn(UNCONTROLLED):
        pass


def test_who_gives_up_leaves_the_line() -> None:
    queue = Turnstile(3)
    seen: list[Progress] = []
    with (
        queue.turn(UNCONTROLLED),
        pytest.raises(CancelledError),
        queue.turn(Control(lambda: True, seen.append)),
    ):
        pass
    with queue.turn(UNCONTROLLED):
        pass


def test_an_error_inside_frees_the_way() -> None:
    queue = Turnstile(1)
    with pytest.raises(ZeroDivisionError), queue.turn(UNCONTROLLED):
        raise ZeroDivisionError
    with queue.turn(UNCONTROLLED):
        pass
