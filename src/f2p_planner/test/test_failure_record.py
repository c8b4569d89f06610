# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import uuid

from planner_kinematics import after
from planner_scenes import goal_t1, HOME, observation, relations_of, still, transport
from pydantic import ValidationError
import pytest

from f2p_core.failure import FailureKind, ReplayEvidence, Violation
from f2p_core.skill import SkillCall
from f2p_planner.avoid import avoided_call
from f2p_planner.classification import Classification
from f2p_planner.failure_record import assemble_failure, Execution, failure_id_of
from f2p_tasks.tabletop import CONTAINER, TABLE_B

CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
)
WHY = Classification(
    kind=FailureKind.INCORRECT_SYMBOLIC_PREDICTION,
    evidence=ReplayEvidence(replays=20, like_observed=19, like_predicted=1),
    reason='19 of 20 replays show what was observed',
)
VIOLATION = Violation(
    relation='above',
    subject_id='object_1',
    object_id='table_a',
    predicted_probability=0.99,
    observed_margin=-0.2,
)


def _execution() -> Execution:
    scene = transport(1, 0)
    end = after(scene, CARRY)
    return Execution(
        call=CARRY,
        before=observation(scene, 1),
        after=observation(end, 2),
        relations_before=relations_of(scene),
        relations_predicted=relations_of(scene),
        relations_observed=relations_of(end),
        commanded=still(),
        achieved=still(),
        robot_before=HOME,
        goal=goal_t1(scene),
        remaining=(CARRY,),
        model_version=3,
        model_digest='abc',
    )


def test_everything_arrives_in_the_record() -> None:
    execution = _execution()
    failure = assemble_failure(execution, [VIOLATION], WHY, stamp_ns=7)
    assert failure.kind == WHY.kind
    assert failure.evidence == WHY.evidence
    assert failure.violated == (VIOLATION,)
    assert failure.before == execution.before
    assert failure.remaining_plan == (CARRY,)
    assert (failure.model_version, failure.model_digest) == (3, 'abc')
    assert failure.stamp_ns == 7


def test_the_id_follows_from_content_and_time() -> None:
    execution = _execution()
    assert failure_id_of(execution, 7) == failure_id_of(_execution(), 7)
    assert failure_id_of(execution, 7) != failure_id_of(execution, 8)
    other = execution.model_copy(update={'model_digest': 'abd'})
    assert failure_id_of(execution, 7) != failure_id_of(other, 7)
    assert uuid.UUID(failure_id_of(execution, 7)).version == 5
    given = assemble_failure(execution, [VIOLATION], WHY, stamp_ns=7, failure_id='mine')
    assert given.failure_id == 'mine'


def test_a_failure_needs_a_violation() -> None:
    with pytest.raises(ValidationError, match='violated'):
        assemble_failure(_execution(), [], WHY, stamp_ns=7)


def test_what_to_avoid_names_the_content() -> None:
    failure = assemble_failure(_execution(), [VIOLATION], WHY, stamp_ns=7)
    avoided = avoided_call(failure)
    assert (avoided.object_id, avoided.target_id) == (CONTAINER, TABLE_B)
    assert avoided.content_ids == ('object_1',)
    assert avoided.near_parameters is None
