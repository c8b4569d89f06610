# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Waiting for a run of a learner that was started anew, over DDS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
import uuid

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import LearnFromFailure
from f2p_msgs.msg import ModelVersion
from rclpy.node import Node
from ros_neighbours import serve
from unique_identifier_msgs.msg import UUID

from f2p_core.control import UNCONTROLLED
from f2p_core.ros.action_client import LockedActionClient
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.waiting import ServerLostError, wait_until
from f2p_planner.ros import learning_client
from f2p_planner.ros.learning_client import LEARN_ACTION, LearnerClient

TIMEOUT_S = 30.0
RUN_ID = str(uuid.UUID(int=7))


def learned(goal: Any, task: Any) -> Any:
    return LearnFromFailure.Result(
        learned=True, version_after=ModelVersion(version=2, digest='digest')
    )


@pytest.fixture
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client', threads=6) as node:
        serve(node, LearnFromFailure, LEARN_ACTION, learned)
        yield node


def test_a_run_that_is_taken_up_late_reaches_who_waits_for_it(
    client: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = LockedActionClient(client, LearnFromFailure, LEARN_ACTION)
    wait_until(action.server_is_ready, TIMEOUT_S, 'the action')
    asked = []

    def take_up(time_s: float, what: str, control: object) -> None:
        """Stands for time that passes: the learner takes the run up meanwhile."""
        asked.append(what)
        if len(asked) == 1:
            goal_id = UUID(uuid=list(uuid.UUID(RUN_ID).bytes))
            action.send_goal_async(LearnFromFailure.Goal(), goal_uuid=goal_id)

    monkeypatch.setattr(learning_client, 'pause', take_up)
    model = LearnerClient(client, timeout_s=TIMEOUT_S).wait(RUN_ID, UNCONTROLLED)
    assert (model.version if model else 0) == 2
    assert asked[0] == f'run {RUN_ID} to be taken up'


def test_a_run_that_is_not_taken_up_is_lost(client: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_client, '_TAKE_UP_S', 0.0)
    with pytest.raises(ServerLostError, match=f'the learner does not know run {RUN_ID}'):
        LearnerClient(client, timeout_s=TIMEOUT_S).wait(RUN_ID, UNCONTROLLED)
