# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Triggering another recorder, over real DDS.

rosbag2 is seldom installed where this runs. std_srvs/Trigger stands for its service: an empty
request, and ``success`` in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip('rclpy')

from rclpy.node import Node
from std_srvs.srv import Trigger

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.waiting import wait_until
from f2p_replay.errors import RecordingError
from f2p_replay.ros.snapshot import SNAPSHOT_SERVICE, SnapshotTrigger

TIMEOUT_S = 60.0


@pytest.fixture
def nodes() -> Iterator[tuple[Node, Node]]:
    with own_network(), BackgroundNode('rosbag2_recorder') as one, BackgroundNode('us') as other:
        yield one, other


@pytest.mark.parametrize('success', [True, False])
def test_a_snapshot_is_taken(nodes: tuple[Node, Node], success: bool) -> None:
    recorder, client = nodes
    asked: list[Any] = []

    def take(request: Any, response: Any) -> Any:
        asked.append(request)
        response.success = success
        return response

    trigger = SnapshotTrigger(client, Trigger)
    recorder.create_service(Trigger, SNAPSHOT_SERVICE, take)
    wait_until(trigger.is_there, TIMEOUT_S, 'the recorder')
    if success:
        trigger.take()
    else:
        with pytest.raises(RecordingError, match='could not write its snapshot'):
            trigger.take()
    assert len(asked) == 1


def test_without_a_recorder_it_says_so(nodes: tuple[Node, Node]) -> None:
    trigger = SnapshotTrigger(nodes[1], Trigger, timeout_s=0.5)
    assert not trigger.is_there()
    with pytest.raises(RecordingError, match='start `ros2 bag record --snapshot-mode`'):
        trigger.take()
