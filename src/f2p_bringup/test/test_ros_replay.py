# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A bag played to the real nodes in a loop: they see it anew, learn from it, and nothing moves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
import shutil

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import ExecuteSkill
from f2p_msgs.msg import ErrorCode, SceneObservation

from f2p_bringup.ros.stack import running_stack, Stack
from f2p_bringup.settings import merged, store_settings
from f2p_core.bags import failures_in_bag
from f2p_core.messages.time import msg_to_time_ns
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.testing import node_process, stop_process
from f2p_core.ros.waiting import wait_until
from f2p_learning.library import FailureLibrary

ROOT = Path(__file__).parents[3]
BAG = ROOT / 'examples' / 'bags' / 'carry_3_objects'
TIMEOUT_S = 120.0


@pytest.fixture(scope='module')
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp('replay')


@pytest.fixture(scope='module')
def stack(out: Path) -> Iterator[Stack]:
    models = Path(shutil.copytree(ROOT / 'models', out / 'models'))
    player = {'bag': str(BAG), 'rate': 10.0, 'loop': True}
    settings = merged(
        store_settings(models, out), {'player': player, 'perception': {'input': 'any'}}
    )
    with running_stack(out / 'log', overrides=settings, robot=None) as running:
        yield running


def test_perception_sees_it_each_time() -> None:
    """Within a loop the stamps go on, from one to the next they do not; perception lives on.

    It comes first, before the whole stack takes the processor.
    """
    stamps: list[int] = []
    sizes: list[int] = []

    def see(message: SceneObservation) -> None:
        stamps.append(msg_to_time_ns(message.header.stamp))
        sizes.append(len(message.scene.objects))

    def jumps() -> int:
        return sum(later <= earlier for earlier, later in pairwise(stamps))

    perception = ('-m', 'f2p_perception.ros.perception_node')
    player = ('-m', 'f2p_replay.ros.player_node')
    with own_network(), BackgroundNode('onlooker') as node:
        node.create_subscription(SceneObservation, 'scene', see, LATCHED)
        with (
            node_process(perception, input='any', use_sim_time=True) as seeing,
            node_process(player, bag=BAG, rate=10.0, loop=True, learn=False),
        ):
            wait_until(lambda: jumps() >= 2, TIMEOUT_S, 'the third time')
            status, _ = stop_process(seeing)
    (offline,) = failures_in_bag(BAG)
    assert status == 0
    assert {offline.before.stamp_ns, offline.after.stamp_ns} & set(stamps)
    assert min(sizes) >= len(offline.before.scene.objects) - 1


def test_the_learner_gets_the_failure_as_it_was(stack: Stack, out: Path) -> None:
    (offline,) = failures_in_bag(BAG)
    library = FailureLibrary(out / 'failures')
    wait_until(lambda: offline.failure_id in library.ids(), TIMEOUT_S, 'the failure')
    assert library.get(offline.failure_id).digest == offline.digest


def test_nothing_is_executed(stack: Stack) -> None:
    caller = ActionCaller(stack.client, ExecuteSkill, 'execute_skill')
    result = caller.call(ExecuteSkill.Goal(), timeout_s=TIMEOUT_S)
    assert result.error_code == ErrorCode.EXECUTOR_REPLAY
    found = stack.client.get_node_names_and_namespaces()
    nodes = {name for name, namespace in found if namespace == '/'}
    assert 'player' in nodes
    assert nodes.isdisjoint({'world', 'executor', 'recorder'})
