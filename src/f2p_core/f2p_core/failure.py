# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The failure record: everything needed to learn from one failure, days later and elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
import hashlib
import json
from typing import Annotated, Any
from typing import Literal as TypingLiteral

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, computed_field, Field, model_validator

from f2p_core.errors import InvalidInputError
from f2p_core.messages.time import NS_PER_S
from f2p_core.models import FloatArray, Value
from f2p_core.observation import SceneObservation
from f2p_core.pose import POSE_SIZE
from f2p_core.scene import ObjectId, RobotState
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, SymbolicState


class FailureKind(StrEnum):
    """Why the world differed from the prediction."""

    UNKNOWN = 'unknown'
    INCORRECT_SYMBOLIC_PREDICTION = 'incorrect_symbolic_prediction'
    SIM2REAL_GAP = 'sim2real_gap'
    MOTION_FAILURE = 'motion_failure'
    DISTURBANCE = 'disturbance'


class Violation(Value):
    """One relation that came out otherwise than confidently predicted."""

    relation: str
    subject_id: ObjectId
    object_id: ObjectId
    predicted_probability: Annotated[float, Field(ge=0.0, le=1.0)]
    observed_margin: float

    @property
    def name(self) -> str:
        """The relation as ``above(object_1, table_a)``."""
        return f'{self.relation}({self.subject_id}, {self.object_id})'

    @property
    def observed(self) -> bool:
        """Whether the relation was observed to hold."""
        return self.observed_margin >= 0.0

    def in_words(self) -> str:
        """Returns for example ``above(object_1, table_a): predicted 1.00, observed false``."""
        observed = 'true' if self.observed else 'false'
        return f'{self.name}: predicted {self.predicted_probability:.2f}, observed {observed}'


def violated_entries(
    violated: Sequence[Violation], relation_names: Sequence[str], object_ids: Sequence[str]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Returns where violations stand in arrays (R, N, N) of these relations and objects.

    Args:
        violated: V violations.
        relation_names: Names of the R relations of the array.
        object_ids: Ids of its N objects.

    Returns:
        Indices of relation, subject and object, each (V,).

    Raises:
        InvalidInputError: If the array has no such relation or object; says which it has.
    """
    places: list[NDArray[np.intp]] = []
    for what, wanted, have in (
        ('relation', [v.relation for v in violated], list(relation_names)),
        ('object', [v.subject_id for v in violated], list(object_ids)),
        ('object', [v.object_id for v in violated], list(object_ids)),
    ):
        missing = [name for name in wanted if name not in have]
        if missing:
            raise InvalidInputError(
                f'the failure is about {what} {missing[0]!r}; there is only {", ".join(have)}'
            )
        places.append(np.array([have.index(name) for name in wanted], dtype=np.intp))
    relation, subject, other = places
    return relation, subject, other


class ReplayEvidence(Value):
    """Counts of simulated replays behind a classification.

    Attributes:
        replays: Replays of the commanded skill over posterior scenes.
        like_observed: How many showed the violated relations as observed.
        like_predicted: How many showed them as predicted.
    """

    replays: Annotated[int, Field(ge=0)]
    like_observed: Annotated[int, Field(ge=0)]
    like_predicted: Annotated[int, Field(ge=0)]


DAMAGED = 'it was changed or cut; take it from where it was recorded'
"""What is said of a record that does not have the digest it states."""


def _whole_ns(time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times as a duration of ROS holds them, so that they travel unchanged."""
    ns = np.rint(time_s * NS_PER_S).astype(np.int64)
    rounded: NDArray[np.float64] = ns // NS_PER_S + (ns % NS_PER_S) / NS_PER_S
    rounded.setflags(write=False)
    return rounded


def _to_poses(array: NDArray[np.float64]) -> NDArray[np.float64]:
    if array.size and (array.ndim != 2 or array.shape[1] != POSE_SIZE):
        raise ValueError(f'poses have shape {array.shape}; it must be (T, {POSE_SIZE})')
    return array.reshape(-1, POSE_SIZE)


class Motion(Value):
    """The path of a robot; without points: none is known.

    Attributes:
        joint_names: J names.
        time_s: Times from its start (T,) [s], in whole nanoseconds.
        position: Positions of the joints (T, J) [m, rad].
        base_map: Poses of the base in ``map`` (T, 7): x y z [m], quaternion x y z w; none (0, 7):
            it is bolted down.
    """

    joint_names: tuple[str, ...] = ()
    time_s: Annotated[FloatArray, AfterValidator(_whole_ns)]
    position: FloatArray
    base_map: Annotated[FloatArray, AfterValidator(_to_poses)] = Field(
        default_factory=lambda: np.zeros((0, POSE_SIZE))
    )

    @model_validator(mode='after')
    def _sizes_agree(self) -> Motion:
        expected = (self.time_s.size, len(self.joint_names))
        if (self.time_s.size or self.position.size) and self.position.shape != expected:
            raise ValueError(
                f'position has shape {self.position.shape}; {expected[0]} times of '
                f'{expected[1]} joints need {expected}'
            )
        if len(self.base_map) not in (0, self.time_s.size):
            raise ValueError(f'base_map has {len(self.base_map)} poses at {expected[0]} times')
        return self


class Correction(Value):
    """What a human said about a failure, beside what the machine recorded.

    Attributes:
        kind: What it was; ``None``: no failure at all, so that nothing is learned from it.
        who: Whose word it is.
        note: In that person's words.
        stamp_ns: When it was said [ns], on the clock of the machine.
    """

    kind: FailureKind | None
    who: Annotated[str, Field(min_length=1)]
    note: str = ''
    stamp_ns: Annotated[int, Field(ge=0)]


class Failure(Value):
    """One failure, complete and self-contained.

    Attributes:
        schema_version: Version of the JSON form and of the ROS message.
        failure_id: A UUID; seeds of replayed learning derive from it.
        stamp_ns: When the verdict fell [ns], on the robot's clock.
        kind: Why it happened, as far as known; ``evidence`` holds the replay counts behind it.
        violated: The relations that differ, at least one.
        before, after: What was seen before and after the skill.
        relations_before, relations_predicted, relations_observed: (R, N, N) states.
        call: The skill call that failed.
        commanded, achieved: Motion asked of the robot and measured on it.
        robot_before: Robot configuration when the skill began.
        model_version, model_digest: The effect model that predicted.
        goal: The goal that was pursued.
        remaining_plan: Skill calls that were to follow.
        correction: What a human said about it; ``None``: nothing.
        stated_digest: The digest that came with it, which must be its ``digest``; ``None``: none
            did.
    """

    schema_version: TypingLiteral[2] = 2
    failure_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r'^[A-Za-z0-9_-]+$')]
    stamp_ns: Annotated[int, Field(ge=0)]
    kind: FailureKind
    evidence: ReplayEvidence
    violated: Annotated[tuple[Violation, ...], Field(min_length=1)]
    before: SceneObservation
    after: SceneObservation
    relations_before: SymbolicState
    relations_predicted: SymbolicState
    relations_observed: SymbolicState
    call: SkillCall
    commanded: Motion
    achieved: Motion
    robot_before: RobotState
    model_version: Annotated[int, Field(ge=0)]
    model_digest: str
    goal: Goal
    remaining_plan: tuple[SkillCall, ...] = ()
    correction: Correction | None = None
    stated_digest: Annotated[str | None, Field(exclude=True, validation_alias='digest')] = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def digest(self) -> str:
        """SHA-256 of all that was recorded, everything but ``correction``, hexadecimal.

        Of the canonical JSON: keys sorted, no spaces, numbers as single precision has them, in
        which messages carry clouds and probabilities. The same wherever the record has been.
        """
        recorded = self.model_dump(mode='json', exclude={'digest', 'correction'})
        with np.errstate(over='ignore'):
            text = json.dumps(_single(recorded), sort_keys=True, separators=(',', ':'))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def is_withdrawn(self) -> bool:
        """Whether a human said that it was no failure."""
        return self.correction is not None and self.correction.kind is None

    @property
    def judged_kind(self) -> FailureKind:
        """Why it happened: a human's word where there is one, else the machine's."""
        said = None if self.correction is None else self.correction.kind
        return self.kind if said is None else said

    @model_validator(mode='after')
    def _refers_to_known_objects(self) -> Failure:
        known = set(self.before.scene.object_ids)
        for object_id in (self.call.object_id, self.call.target_id):
            if object_id not in known:
                raise ValueError(f'call names {object_id!r}, which is not in the scene before')
        return self

    @model_validator(mode='after')
    def _relations_are_there(self) -> Failure:
        for name in ('relations_before', 'relations_predicted', 'relations_observed'):
            state: SymbolicState = getattr(self, name)
            if not state.object_ids or not state.relation_names:
                raise ValueError(
                    f'{name} holds {len(state.relation_names)} relations of '
                    f'{len(state.object_ids)} objects; there must be at least one of each'
                )
        return self

    @model_validator(mode='after')
    def _undamaged(self) -> Failure:
        if self.stated_digest is not None and self.stated_digest != self.digest:
            raise ValueError(
                f'the record states the digest {self.stated_digest[:12]!r} and has '
                f'{self.digest[:12]!r}: {DAMAGED}'
            )
        return self


def _single(value: Any) -> Any:
    """A JSON value with its numbers rounded to single precision."""
    if isinstance(value, dict):
        return {name: _single(part) for name, part in value.items()}
    if isinstance(value, list):
        if value and all(type(part) is float for part in value):
            return np.array(value, dtype=np.float32).tolist()
        return [_single(part) for part in value]
    return float(np.float32(value)) if isinstance(value, float) else value
