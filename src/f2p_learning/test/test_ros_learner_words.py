# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A human has the last word: on versions of the model, and on failures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from diagnostic_msgs.msg import DiagnosticArray
from f2p_msgs.msg import Correction as CorrectionMsg
from f2p_msgs.msg import ErrorCode, ModelVersion
from f2p_msgs.srv import CorrectFailure, ReviewModel
from learner_bench import Bench, FAILURE, make_store, running_learner, TIMEOUT_S

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import EVENTS
from f2p_core.ros.testing import node_process
from f2p_core.ros.waiting import Latest


@pytest.fixture(scope='module')
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    directory = tmp_path_factory.mktemp('words')
    make_store(directory)
    with (
        own_network(),
        BackgroundNode('client') as client,
        running_learner(client, directory) as made,
    ):
        yield made


def test_the_owner_says_who_decides_and_why(bench: Bench) -> None:
    assert bench.reviewed(ReviewModel.Request.APPROVE, 2, '?').error_code == (
        ErrorCode.LEARNER_INVALID_GOAL
    )
    approved = bench.reviewed(ReviewModel.Request.APPROVE, 2, 'Ada', 'better on cups')
    assert (approved.error_code, approved.reviewed.state) == (ErrorCode.NONE, ModelVersion.ACTIVE)
    assert (approved.reviewed.who, approved.reviewed.why) == ('Ada', 'better on cups')
    assert msg_to_time_ns(approved.reviewed.decided) > 0
    in_use = bench.reviewed(ReviewModel.Request.REJECT, 2)
    assert in_use.error_code == ErrorCode.LEARNER_NOT_DECIDABLE
    back = bench.reviewed(ReviewModel.Request.ROLL_BACK, 1, 'Ben')
    assert (back.active.version, back.previous.version) == (1, 2)
    assert bench.reviewed(ReviewModel.Request.REJECT, 2).reviewed.state == ModelVersion.REJECTED
    never = bench.reviewed(ReviewModel.Request.ROLL_BACK, 2)
    assert (never.error_code, never.active.version) == (ErrorCode.LEARNER_NOT_DECIDABLE, 0)
    assert bench.reviewed(7, 1).error_code == ErrorCode.LEARNER_INVALID_GOAL
    bench.version.wait(lambda m: (m.version, m.who) == (1, 'Ben'), TIMEOUT_S, 'the announcement')


def test_a_failure_that_a_human_withdrew_is_not_learned_from(bench: Bench) -> None:
    bench.library.add(FAILURE)
    failure_id = FAILURE.failure_id
    word = CorrectionMsg(kind=CorrectionMsg.WITHDRAWN, who='Ada', note='the cat')
    request = CorrectFailure.Request(failure_id=failure_id, correction=word)
    answer = bench.correct.call(request, timeout_s=TIMEOUT_S)
    assert (answer.error_code, answer.previous.who) == (ErrorCode.NONE, '')
    assert bench.library.get(failure_id).is_withdrawn
    for goal in ({'failure_ids': [failure_id]}, {'failures': [failure_to_msg(FAILURE)]}):
        refused = bench.learn_from(**goal)
        assert refused.error_code == ErrorCode.LEARNER_WITHDRAWN
        assert 'withdrawn by Ada (the cat)' in refused.error_msg
    back = CorrectFailure.Request(failure_id=failure_id)
    assert bench.correct.call(back, timeout_s=TIMEOUT_S).previous.note == 'the cat'
    assert bench.library.get(failure_id).correction is None
    strange = CorrectFailure.Request(
        failure_id=failure_id, correction=CorrectionMsg(kind=77, who='Ada')
    )
    wrong = bench.correct.call(strange, timeout_s=TIMEOUT_S)
    assert (wrong.error_code, 'kind is 77' in wrong.error_msg) == (
        ErrorCode.LEARNER_INVALID_FAILURE, True
    )  # fmt: skip
    nobody = bench.correct.call(CorrectFailure.Request(failure_id='x'), timeout_s=TIMEOUT_S)
    assert nobody.error_code == ErrorCode.LEARNER_UNKNOWN_FAILURE


@pytest.mark.parametrize('decision', [ReviewModel.Request.APPROVE, ReviewModel.Request.ROLL_BACK])
def test_a_word_of_the_owner_mends_a_damaged_pointer(bench: Bench, decision: int) -> None:
    active = bench.store.active_version()
    assert active is not None
    path = bench.directory / 'models' / 'active.json'
    cut = path.read_bytes()[:50]
    path.write_bytes(cut)
    said = Latest[Any]()
    bench.node.create_subscription(DiagnosticArray, '/diagnostics', said.put, EVENTS)
    said.wait(lambda m: 'active.json' in str(m.status), TIMEOUT_S, 'the finding in /diagnostics')
    mended = bench.reviewed(decision, active, 'Ada', 'it was damaged')
    assert mended.error_code == ErrorCode.NONE, mended.error_msg
    assert (mended.previous.version, mended.active.version) == (0, active)
    assert bench.store.load_active().version == active
    assert cut in [p.read_bytes() for p in (path.parent / 'damaged').iterdir()]


def test_a_second_learner_is_refused_with_one_sentence(bench: Bench) -> None:
    directory = bench.directory
    with node_process(
        ('-m', 'f2p_learning.ros.learner_node'),
        models_directory=directory / 'models',
        library_directory=directory / 'failures',
        runs_directory=directory / 'runs',
    ) as second:
        _, errors = second.communicate(timeout=TIMEOUT_S)
    assert second.returncode == 2
    assert f'is at the learning runs in {directory / "runs"}; wait for it or stop it' in errors
    assert 'Traceback' not in errors
