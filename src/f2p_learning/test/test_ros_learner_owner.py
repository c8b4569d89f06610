# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the owner of a robot decides: when a model goes live, how often is learned, how much stays.

Models, generator and simulator are the real ones, so that there is something to approve of.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import shutil

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.msg import ErrorCode
from f2p_msgs.srv import RequestLearning
from learner_bench import Bench, FAILURE, integer, running_learner, TIMEOUT_S

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.network import own_network
from f2p_core.ros.testing import node_process, wait_active
from f2p_learning.run_directory import RunDirectory

ROOT = Path(__file__).parents[3]
ENOUGH = [integer('learning.n_calls', 3), integer('learning.max_rounds', 1)]
SEED = 3


@pytest.fixture(scope='module')
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    directory = tmp_path_factory.mktemp('owner')
    shutil.copytree(ROOT / 'models', directory / 'models')
    generator = ('-m', 'f2p_svi.ros.scene_generator_node')
    models = directory / 'models'
    with (
        own_network(),
        BackgroundNode('client') as client,
        node_process(('-m', 'f2p_sim.ros.simulator_node')),
        node_process(generator, models_directory=models, threads=1),
        running_learner(
            client, directory, require_approval=True, max_runs_per_hour=1, disk_quota_mb=1.0
        ) as made,
    ):
        for name in ('simulator', 'scene_generator'):
            wait_active(client, name)
        yield made


def test_what_was_learned_waits_for_the_owner_and_old_runs_make_room(bench: Bench) -> None:
    old = RunDirectory(bench.directory / 'runs' / 'old')
    old.write_json('result.json', ['x' * 2**20])
    result = bench.learn_from(
        failures=[failure_to_msg(FAILURE)], seed=SEED, publish=True, overrides=ENOUGH
    )
    assert (result.error_code, result.learned) == (ErrorCode.NONE, True), result.error_msg
    assert result.awaits_approval
    assert result.version_after.version == 2
    assert (bench.store.versions(), bench.store.active_version()) == ((1, 2), 1)
    assert not old.path.exists()
    answer = bench.activated(2)
    assert (answer.error_code, answer.active.version) == (ErrorCode.NONE, 2)
    bench.version.wait(lambda m: m.version == 2, TIMEOUT_S, 'the announcement')


def test_requests_beyond_the_limit_are_refused(bench: Bench) -> None:
    request = RequestLearning.Request(failure=failure_to_msg(FAILURE))
    first, second = (bench.request.call(request, timeout_s=TIMEOUT_S) for _ in range(2))
    assert (first.accepted, first.error_code) == (True, ErrorCode.NONE)
    assert (second.accepted, second.error_code) == (False, ErrorCode.LEARNER_RATE_LIMITED)
    assert 'max_runs_per_hour' in second.error_msg
