# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The failure record: everything needed to learn from one failure, days later and elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated
from typing import Literal as TypingLiteral

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from f2p_core.errors import InvalidInputError
from f2p_core.models import FloatArray, Value
from f2p_core.observation import SceneObservation
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


class Motion(Value):
    """A joint trajectory: names (J), times (T,) [s] from its start, positions (T, J) [m, rad]."""

    joint_names: tuple[str, ...] = ()
    time_s: FloatArray
    position: FloatArray

    @model_validator(mode='after')
    def _sizes_agree(self) -> Motion:
        expected = (self.time_s.size, len(self.joint_names))
        if (self.time_s.size or self.position.size) and self.position.shape != expected:
            raise ValueError(
                f'position has shape {self.position.shape}; {expected[0]} times of '
                f'{expected[1]} joints need {expected}'
            )
        return self


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
    """

    schema_version: TypingLiteral[1] = 1
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

    @model_validator(mode='after')
    def _refers_to_known_objects(self) -> Failure:
        known = set(self.before.scene.object_ids)
        for object_id in (self.call.object_id, self.call.target_id):
            if object_id not in known:
                raise ValueError(f'call names {object_id!r}, which is not in the scene before')
        return self
