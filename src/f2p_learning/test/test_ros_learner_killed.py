# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A learner that is killed loses neither failures nor accepted requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
import json
from pathlib import Path
import subprocess

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from f2p_msgs.msg import ErrorCode
from f2p_msgs.srv import RequestLearning
from learner_bench import FAILURE, make_store, TIMEOUT_S
from rclpy.node import Node

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import EVENTS
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import node_process, stop_process, wait_active
from f2p_core.ros.waiting import Latest, wait_until
from f2p_learning.library import FailureLibrary
from f2p_learning.pending import read_requests

SMALL = {
    'learning.n_scenes': 2, 'learning.n_calls': 1, 'learning.gate_scenes': 1,
    'learning.gate_calls': 1, 'learning.max_rounds': 1,
}  # fmt: skip
LONG, SHORT = 100_000, 3
STAGE = 'round_1/executions.safetensors'
"""Written when tuning begins."""


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Node]:
    make_store(tmp_path)
    generator = ('-m', 'f2p_svi.ros.scene_generator_node')
    with (
        own_network(),
        BackgroundNode('client') as node,
        node_process(('-m', 'f2p_sim.ros.simulator_node')),
        node_process(generator, models_directory=tmp_path / 'models', threads=1),
    ):
        for name in ('simulator', 'scene_generator'):
            wait_active(node, name)
        yield node


def begun(pending: Path, times: int) -> bool:
    """Whether the one pending request was begun so many times."""
    return [r.begun for r in read_requests(pending)] == [times]


@contextmanager
def learner(client: Node, directory: Path, steps: int) -> Iterator[subprocess.Popen[str]]:
    """Starts a learner whose runs take so many optimiser steps."""
    with node_process(
        ('-m', 'f2p_learning.ros.learner_node'),
        models_directory=directory / 'models',
        library_directory=directory / 'failures',
        runs_directory=directory / 'runs',
        threads=1,
        **SMALL,
        **{'tuning.steps': steps},
    ) as process:
        wait_active(client, 'learner')
        yield process


def test_requests_of_a_killed_learner_are_carried_out_by_the_next(
    client: Node, tmp_path: Path
) -> None:
    request = ServiceCaller(client, RequestLearning, 'request_learning')
    runs = tmp_path / 'runs'
    accepted: list[str] = []
    with learner(client, tmp_path, LONG) as process:
        for name in ('first', 'second'):
            failure = failure_to_msg(FAILURE.model_copy(update={'failure_id': name}))
            answer = request.call(RequestLearning.Request(failure=failure), timeout_s=TIMEOUT_S)
            assert answer.error_code == ErrorCode.NONE, answer.error_msg
            accepted.append(answer.run_id)
        stage = runs / accepted[0] / STAGE
        wait_until(
            lambda: stage.exists() or process.poll() is not None, TIMEOUT_S, 'the first run'
        )
        assert stage.exists(), process.communicate()[1]
        process.kill()
        process.wait(TIMEOUT_S)
    assert FailureLibrary(tmp_path / 'failures').ids() == ('first', 'second')
    pending = runs / 'pending_requests.json'
    assert [r.run_id for r in read_requests(pending)] == accepted
    with learner(client, tmp_path, SHORT) as process:
        wait_until(lambda: not read_requests(pending), TIMEOUT_S, 'the end of both runs')
        status, log = stop_process(process)
    assert status == 0, log
    assert 'model version 1 is live: ' in log
    for run_id, failure_id in zip(accepted, ('first', 'second'), strict=True):
        assert (runs / run_id / 'result.json').exists(), log
        assert f'learning from failure {failure_id} (' in log
        assert f'run {run_id}, round 1: refused: ' in log
        assert json.loads((runs / run_id / 'failure.json').read_text())['failure_id'] == failure_id


def test_a_request_that_two_learners_died_of_is_set_apart_and_named(
    client: Node, tmp_path: Path
) -> None:
    request = ServiceCaller(client, RequestLearning, 'request_learning')
    pending = tmp_path / 'runs' / 'pending_requests.json'
    wanted = RequestLearning.Request(failure=failure_to_msg(FAILURE))
    for death in (1, 2):
        with learner(client, tmp_path, LONG) as process:
            if death == 1:
                run_id = request.call(wanted, timeout_s=TIMEOUT_S).run_id
            wait_until(partial(begun, pending, death), TIMEOUT_S, f'run {death}')
            process.kill()
            process.wait(TIMEOUT_S)
    heard: Latest[DiagnosticArray] = Latest()
    client.create_subscription(DiagnosticArray, '/diagnostics', heard.put, EVENTS)
    with learner(client, tmp_path, SHORT) as process:
        said = heard.wait(lambda m: bool(warnings(m)), TIMEOUT_S, 'a warning')
        status, log = stop_process(process)
    assert status == 0
    for words in (*warnings(said), log):
        assert f'run {run_id} for failure {FAILURE.failure_id} is not tried again' in words
    assert not (tmp_path / 'runs' / run_id / 'result.json').exists()


def warnings(message: DiagnosticArray) -> list[str]:
    """Returns what a learner says about requests that are set apart."""
    found = [s for s in message.status if s.name == 'learner: requests set apart']
    return [status.message for status in found if status.level == DiagnosticStatus.WARN]
