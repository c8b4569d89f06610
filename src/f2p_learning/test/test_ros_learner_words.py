# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A human has the last word: on versions of the model, and on failures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.msg import Correction as CorrectionMsg
from f2p_msgs.msg import ErrorCode, ModelVersion
from f2p_msgs.srv import CorrectFailure, ReviewModel
from learner_bench import Bench, FAILURE, make_store, running_learner, TIMEOUT_S

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.network import own_network


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
