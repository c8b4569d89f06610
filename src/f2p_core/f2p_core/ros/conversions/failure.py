# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Failure records and model versions."""

from __future__ import annotations

from typing import Any, NamedTuple

from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.msg import ModelVersion as ModelVersionMsg
from f2p_msgs.msg import ReplayEvidence as ReplayEvidenceMsg
from f2p_msgs.msg import Violation as ViolationMsg

from f2p_core.failure import Failure, FailureKind, ReplayEvidence, Violation
from f2p_core.ros.conversions.observation import (
    msg_to_observation,
    msg_to_symbolic,
    observation_to_msg,
    symbolic_to_msg,
)
from f2p_core.ros.conversions.reading import check_frame, check_schema, reading
from f2p_core.ros.conversions.scene import map_header, msg_to_robot, robot_to_msg
from f2p_core.ros.conversions.skills import (
    call_to_msg,
    goal_to_msg,
    motion_to_msg,
    msg_to_call,
    msg_to_goal,
    msg_to_motion,
)
from f2p_core.ros.conversions.time import msg_to_time_ns, time_to_msg

_KINDS = {kind: getattr(FailureMsg, kind.name) for kind in FailureKind}
_BY_CONSTANT = {constant: kind for kind, constant in _KINDS.items()}


class ModelRef(NamedTuple):
    """A model named by number and content digest; an empty digest names none."""

    version: int
    digest: str


def model_to_msg(model: ModelRef, stamp_ns: int = 0) -> ModelVersionMsg:
    """Returns a model version, with the stamp it became active where that is meant."""
    return ModelVersionMsg(stamp=time_to_msg(stamp_ns), version=model.version, digest=model.digest)


def msg_to_model(message: ModelVersionMsg) -> ModelRef:
    """Reads a model version."""
    return ModelRef(int(message.version), message.digest)


def kind_to_msg(kind: FailureKind) -> int:
    """Returns the constant of a failure kind."""
    return int(_KINDS[kind])


def msg_to_kind(constant: int) -> FailureKind:
    """Reads a failure kind; one this version does not know is ``UNKNOWN``."""
    return _BY_CONSTANT.get(constant, FailureKind.UNKNOWN)


def failure_to_msg(failure: Failure) -> FailureMsg:
    """Returns a failure record."""
    evidence = failure.evidence
    return FailureMsg(
        header=map_header(failure.stamp_ns),
        schema_version=FailureMsg.SCHEMA_VERSION,
        failure_id=failure.failure_id,
        kind=kind_to_msg(failure.kind),
        evidence=ReplayEvidenceMsg(
            replays=evidence.replays,
            like_observed=evidence.like_observed,
            like_predicted=evidence.like_predicted,
        ),
        violated=[_violation_to_msg(v) for v in failure.violated],
        before=observation_to_msg(failure.before),
        after=observation_to_msg(failure.after),
        relations_before=symbolic_to_msg(failure.relations_before, failure.before.stamp_ns),
        relations_predicted=symbolic_to_msg(failure.relations_predicted, failure.stamp_ns),
        relations_observed=symbolic_to_msg(failure.relations_observed, failure.after.stamp_ns),
        call=call_to_msg(failure.call),
        commanded=motion_to_msg(failure.commanded),
        achieved=motion_to_msg(failure.achieved),
        robot_before=robot_to_msg(failure.robot_before),
        model_version=model_to_msg(ModelRef(failure.model_version, failure.model_digest)),
        goal=goal_to_msg(failure.goal),
        remaining_plan=[call_to_msg(c) for c in failure.remaining_plan],
    )


def msg_to_failure(message: FailureMsg, what: str = 'failure') -> Failure:
    """Reads a failure record.

    Raises:
        InvalidInputError: Naming the field that is missing or cannot be used, or the schema
            version if the record is newer than this reader.
    """
    check_schema(message.schema_version, FailureMsg.SCHEMA_VERSION, what)
    check_frame(message.header.frame_id, what)
    values: dict[str, Any] = {
        'before': msg_to_observation(message.before, f'{what}.before'),
        'after': msg_to_observation(message.after, f'{what}.after'),
        'relations_before': msg_to_symbolic(message.relations_before, f'{what}.relations_before'),
        'relations_predicted': msg_to_symbolic(
            message.relations_predicted, f'{what}.relations_predicted'
        ),
        'relations_observed': msg_to_symbolic(
            message.relations_observed, f'{what}.relations_observed'
        ),
        'call': msg_to_call(message.call, f'{what}.call'),
        'commanded': msg_to_motion(message.commanded, f'{what}.commanded'),
        'achieved': msg_to_motion(message.achieved, f'{what}.achieved'),
        'robot_before': msg_to_robot(message.robot_before, f'{what}.robot_before'),
        'goal': msg_to_goal(message.goal, f'{what}.goal'),
        'remaining_plan': tuple(
            msg_to_call(c, f'{what}.remaining_plan[{i}]')
            for i, c in enumerate(message.remaining_plan)
        ),
    }
    with reading(what):
        return Failure(
            failure_id=message.failure_id,
            stamp_ns=msg_to_time_ns(message.header.stamp),
            kind=msg_to_kind(message.kind),
            evidence=ReplayEvidence(
                replays=message.evidence.replays,
                like_observed=message.evidence.like_observed,
                like_predicted=message.evidence.like_predicted,
            ),
            violated=tuple(_msg_to_violation(v) for v in message.violated),
            model_version=message.model_version.version,
            model_digest=message.model_version.digest,
            **values,
        )


def _violation_to_msg(violation: Violation) -> ViolationMsg:
    return ViolationMsg(
        relation=violation.relation,
        subject_id=violation.subject_id,
        object_id=violation.object_id,
        predicted_probability=violation.predicted_probability,
        observed_margin=violation.observed_margin,
    )


def _msg_to_violation(message: ViolationMsg) -> Violation:
    return Violation(
        relation=message.relation,
        subject_id=message.subject_id,
        object_id=message.object_id,
        predicted_probability=message.predicted_probability,
        observed_margin=message.observed_margin,
    )
