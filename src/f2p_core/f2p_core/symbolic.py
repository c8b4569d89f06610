# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Symbolic states (which relations hold, how surely, seen or not) and goals over relations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from f2p_core.models import BoolArray, FloatArray, Value
from f2p_core.scene import MAX_OBJECTS, ObjectId


class SymbolicState(Value):
    """Relations between all ordered pairs of objects.

    Entry [r, a, b] is about "object a is <relation r> object b" (``inside``: a inside b).

    Attributes:
        object_ids: N object ids.
        relation_names: R relation names.
        probability: P(relation holds), shape (R, N, N), in [0, 1].
        margin: Signed margin [m], shape (R, N, N); ≥ 0 where the relation holds. 0 throughout
            where only probabilities are known (predictions).
        observed: Whether the entry rests on objects that were seen, shape (R, N, N).
    """

    object_ids: Annotated[tuple[ObjectId, ...], Field(max_length=MAX_OBJECTS)]
    relation_names: tuple[str, ...]
    probability: FloatArray
    margin: FloatArray
    observed: BoolArray

    @model_validator(mode='after')
    def _shapes_agree(self) -> SymbolicState:
        n, r = len(self.object_ids), len(self.relation_names)
        for name in ('probability', 'margin', 'observed'):
            shape = getattr(self, name).shape
            if shape != (r, n, n):
                raise ValueError(
                    f'{name} has shape {shape}; {r} relations of {n} objects need {(r, n, n)}'
                )
        p = self.probability
        if p.size and not (p.min() >= 0.0 and p.max() <= 1.0):
            raise ValueError('probability has entries outside [0, 1]')
        return self


class Literal(Value):
    """One goal literal: "subject is <relation> object" is ``value``."""

    relation: str
    subject_id: ObjectId
    object_id: ObjectId
    value: bool = True


class Goal(Value):
    """A conjunction of literals with a budget.

    Attributes:
        literals: All must hold at the end.
        max_skills: Longest plan allowed [skills].
        max_base_trips: Most drives from one piece of furniture to another between two
            consecutive stations (a pick or a place) of the plan.
    """

    literals: Annotated[tuple[Literal, ...], Field(min_length=1)]
    max_skills: Annotated[int, Field(ge=1, le=20)] = 6
    max_base_trips: Annotated[int, Field(ge=0, le=40)] = 12
