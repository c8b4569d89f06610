# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Failure records and model versions."""

from __future__ import annotations

from typing import Any, NamedTuple

from f2p_core.errors import DamagedError, InvalidInputError
from f2p_core.failure import (
    Correction,
    DAMAGED,
    Failure,
    FailureKind,
    ReplayEvidence,
    Violation,
)
from f2p_core.messages.observation import msg_to_observation, msg_to_symbolic
from f2p_core.messages.reading import check_frame, check_schema, reading
from f2p_core.messages.scene import msg_to_robot
from f2p_core.messages.skills import msg_to_call, msg_to_goal, msg_to_motion
from f2p_core.messages.time import msg_to_time_ns

FAILURE_SCHEMA = 2
"""The ``schema_version`` of f2p_msgs/Failure that is read here."""

KINDS = {
    FailureKind.UNKNOWN: 0,
    FailureKind.INCORRECT_SYMBOLIC_PREDICTION: 1,
    FailureKind.SIM2REAL_GAP: 2,
    FailureKind.MOTION_FAILURE: 3,
    FailureKind.DISTURBANCE: 4,
}
"""Per kind its constant in f2p_msgs/Failure."""

WITHDRAWN = 255
"""The constant of f2p_msgs/Correction that says: it was no failure."""

_BY_CONSTANT = {constant: kind for kind, constant in KINDS.items()}


class ModelRef(NamedTuple):
    """A model named by number and content digest; an empty digest names none."""

    version: int
    digest: str


def msg_to_model(message: Any) -> ModelRef:
    """Reads a model version."""
    return ModelRef(int(message.version), message.digest)


def msg_to_kind(constant: int) -> FailureKind:
    """Reads a failure kind; one this version does not know is ``UNKNOWN``."""
    return _BY_CONSTANT.get(constant, FailureKind.UNKNOWN)


def msg_to_failure(message: Any, what: str = 'failure') -> Failure:
    """Reads a failure record.

    Raises:
        InvalidInputError: Naming the field that is missing or cannot be used, or the schema
            version if it is another one.
        DamagedError: If the record does not have the digest it states.
    """
    failure = recorded_in(message, what)
    if failure.digest != message.digest:
        raise DamagedError(
            f'{what}.digest is {message.digest[:12]!r}; the record has {failure.digest[:12]!r}: '
            f'{DAMAGED}'
        )
    return failure


def recorded_in(message: Any, what: str = 'failure') -> Failure:
    """Reads a failure record whatever digest it states.

    Raises:
        InvalidInputError: As ``msg_to_failure`` does.
    """
    check_schema(message.schema_version, FAILURE_SCHEMA, what)
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
            correction=msg_to_correction(message.correction, f'{what}.correction'),
            **values,
        )


def msg_to_correction(message: Any, what: str = 'correction') -> Correction | None:
    """Reads a human's word on a failure; nobody's word is ``None``.

    Raises:
        InvalidInputError: If it names a kind of failure that is not known.
    """
    if not message.who:
        return None
    if message.kind not in (WITHDRAWN, *_BY_CONSTANT):
        known = ', '.join(f'{constant} {kind}' for constant, kind in _BY_CONSTANT.items())
        raise InvalidInputError(
            f'{what}.kind is {message.kind}; known: {known}, {WITHDRAWN} withdrawn'
        )
    return Correction(
        kind=_BY_CONSTANT.get(message.kind),
        who=message.who,
        note=message.note,
        stamp_ns=msg_to_time_ns(message.stamp),
    )


def _msg_to_violation(message: Any) -> Violation:
    return Violation(
        relation=message.relation,
        subject_id=message.subject_id,
        object_id=message.object_id,
        predicted_probability=message.predicted_probability,
        observed_margin=message.observed_margin,
    )
