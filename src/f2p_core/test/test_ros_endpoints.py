# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""When servers and clients count as gone, and whose a goal is."""

from __future__ import annotations

import math
import time

import pytest

pytest.importorskip('rclpy')

from f2p_core.ros.endpoints import Asked, Endpoints, goal_id_of, gone, senders_of, VANISHED_S

OLD, NEW, OTHER = b'old' * 5, b'new' * 5, b'oth' * 5


class Graph:
    """Who is in sight, and the time, both as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        self.there: Endpoints = frozenset({OLD})
        monkeypatch.setattr(time, 'monotonic', lambda: self.now_s)

    def look(self) -> Endpoints:
        return self.there


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Graph:
    return Graph(monkeypatch)


def test_a_server_is_lost_once_it_was_out_of_sight_for_long(graph: Graph) -> None:
    asked = Asked(graph.look)
    assert not asked.are_lost()
    graph.there, graph.now_s = frozenset(), 0.9 * VANISHED_S
    assert (asked.are_lost(), asked.are_in_sight()) == (False, False)
    graph.there = frozenset({OLD})
    assert (asked.are_lost(), asked.are_in_sight()) == (False, True)
    graph.there, graph.now_s = frozenset(), graph.now_s + 0.9 * VANISHED_S
    assert not asked.are_lost()
    graph.now_s += VANISHED_S
    assert asked.are_lost()


def test_a_server_is_lost_at_once_when_another_is_there(graph: Graph) -> None:
    asked = Asked(graph.look)
    graph.there = frozenset({OLD, NEW})  # the old one is in sight for its lease
    assert asked.are_lost()
    asked = Asked(graph.look)  # asked again: both are there when it is sent
    assert not asked.are_lost()
    graph.there, graph.now_s = frozenset({NEW}), 2.0 * VANISHED_S
    assert not asked.are_lost()


def test_a_goal_is_its_senders_alone_and_all_may_have_sent_a_foreign_one() -> None:
    clients = frozenset({OLD, OTHER})
    ours = goal_id_of(OLD)
    assert len(ours) == 16
    assert goal_id_of(OLD) != ours
    assert senders_of(ours, clients) == {OLD}
    assert senders_of(bytes(16), clients) == clients


def test_a_client_is_gone_once_it_was_out_of_sight_for_long(graph: Graph) -> None:
    graph.there = frozenset({OLD, OTHER})
    is_gone = gone(frozenset({OLD}), graph.look, VANISHED_S)
    either_is_gone = gone(graph.there, graph.look, VANISHED_S)
    never = gone(frozenset({OLD}), graph.look, math.inf)
    graph.there, graph.now_s = frozenset({OLD, NEW}), 1.5 * VANISHED_S
    assert (is_gone(), either_is_gone()) == (False, True)
    graph.there, graph.now_s = frozenset({NEW}), 1e6
    assert (is_gone(), never()) == (True, False)
