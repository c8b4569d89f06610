# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Failure records and model versions."""

from __future__ import annotations

from f2p_msgs.msg import Correction as CorrectionMsg
from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.msg import ModelVersion as ModelVersionMsg
from f2p_msgs.msg import ReplayEvidence as ReplayEvidenceMsg
from f2p_msgs.msg import Violation as ViolationMsg

from f2p_core.failure import Correction, Failure, FailureKind, Violation
from f2p_core.messages.failure import (
    KINDS,
    ModelRef,
    msg_to_correction,
    msg_to_failure,
    msg_to_kind,
    msg_to_model,
    WITHDRAWN,
)
from f2p_core.ros.conversions.observation import observation_to_msg, symbolic_to_msg
from f2p_core.ros.conversions.scene import map_header, robot_to_msg
from f2p_core.ros.conversions.skills import call_to_msg, goal_to_msg, motion_to_msg
from f2p_core.ros.conversions.time import time_to_msg

__all__ = [
    'ModelRef',
    'correction_to_msg',
    'failure_to_msg',
    'kind_to_msg',
    'model_to_msg',
    'msg_to_correction',
    'msg_to_failure',
    'msg_to_kind',
    'msg_to_model',
]


def model_to_msg(model: ModelRef, stamp_ns: int = 0) -> ModelVersionMsg:
    """Returns a model version, with the stamp it became active where that is meant."""
    return ModelVersionMsg(stamp=time_to_msg(stamp_ns), version=model.version, digest=model.digest)


def kind_to_msg(kind: FailureKind) -> int:
    """Returns the constant of a failure kind."""
    return KINDS[kind]


def failure_to_msg(failure: Failure) -> FailureMsg:
    """Returns a failure record."""
    evidence = failure.evidence
    return FailureMsg(
        header=map_header(failure.stamp_ns),
        schema_version=FailureMsg.SCHEMA_VERSION,
        digest=failure.digest,
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
        correction=correction_to_msg(failure.correction),
    )


def correction_to_msg(correction: Correction | None) -> CorrectionMsg:
    """Returns a human's word on a failure; ``None`` is nobody's word."""
    if correction is None:
        return CorrectionMsg()
    return CorrectionMsg(
        kind=WITHDRAWN if correction.kind is None else kind_to_msg(correction.kind),
        who=correction.who,
        note=correction.note,
        stamp=time_to_msg(correction.stamp_ns),
    )


def _violation_to_msg(violation: Violation) -> ViolationMsg:
    return ViolationMsg(
        relation=violation.relation,
        subject_id=violation.subject_id,
        object_id=violation.object_id,
        predicted_probability=violation.predicted_probability,
        observed_margin=violation.observed_margin,
    )
