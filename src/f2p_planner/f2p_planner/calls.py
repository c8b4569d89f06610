# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which skill calls a scene offers, as arrays the search works on.

A call is possible where its skill says that target and hand can take the object at all
(``f2p_core.skill.Skill.may_act``) and the model knows the skill. Nothing else is left out: whether
a call makes sense is for the effect model and the goal to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from f2p_core.skill import Hand, padded, parameter_count, Skill, SkillCall, SKILLS
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.object_table import FloatArray, IntArray, ObjectTable


class Calls(NamedTuple):
    """S calls with their parameters.

    Attributes:
        skill: Index into ``SKILLS.names``, shape (S,).
        object, target: Columns of the table of objects, shape (S,).
        parameters: Zero beyond those of the skill, shape (S, W).
    """

    skill: IntArray
    object: IntArray
    target: IntArray
    parameters: FloatArray

    def take(self, rows: IntArray) -> Calls:
        """Returns the calls of the given rows."""
        return Calls(self.skill[rows], self.object[rows], self.target[rows], self.parameters[rows])


class CallTable(NamedTuple):
    """The C combinations of skill, object and target the objects offer.

    Attributes:
        skill, object, target: Indices as in ``Calls``, shape (C,).
        low, high: Bounds of the parameters, zero beyond those of the skill, shape (C, W) with W
            the most parameters of any skill the model knows.
    """

    skill: IntArray
    object: IntArray
    target: IntArray
    low: FloatArray
    high: FloatArray

    def by_skill(self) -> Iterator[tuple[Skill, IntArray]]:
        """Yields every skill that is offered with its rows."""
        for index, skill in enumerate(SKILLS):
            rows = np.flatnonzero(self.skill == index)
            if len(rows):
                yield skill, rows

    def take(self, rows: IntArray) -> CallTable:
        """Returns the combinations of the given rows."""
        return CallTable(
            self.skill[rows], self.object[rows], self.target[rows], self.low[rows], self.high[rows]
        )

    def rows_of(self, calls: Calls) -> IntArray:
        """Returns the row each call belongs to, shape (S,)."""
        same = (
            (self.skill == calls.skill[:, None])
            & (self.object == calls.object[:, None])
            & (self.target == calls.target[:, None])
        )
        rows: IntArray = same.argmax(axis=1)
        return rows


def call_table(objects: ObjectTable, skill_names: Sequence[str], hand: Hand) -> CallTable:
    """Lists the possible calls on objects.

    Args:
        objects: The N objects.
        skill_names: Skills the model knows.
        hand: The hand that is to do it.

    Raises:
        PlannerError: ``NO_CALL_POSSIBLE`` if nothing can be moved.
    """
    rows, low, high = [], [], []
    for acted, item in enumerate(objects.scene.objects):
        for target, support in enumerate(objects.scene.objects):
            for index, skill in enumerate(SKILLS):
                if skill.name not in skill_names or not skill.may_act(item, support, hand):
                    continue
                bounds = skill.bounds(item, support)
                rows.append((index, acted, target))
                low.append(tuple(bounds[0].tolist()))
                high.append(tuple(bounds[1].tolist()))
    if not rows:
        raise PlannerError(
            PlannerErrorCode.NO_CALL_POSSIBLE,
            'no object of the scene can be moved anywhere; it needs a movable object that the '
            'hand can take, and a support that can hold it',
        )
    skills, acts, targets = np.array(rows, dtype=np.int64).T
    width = parameter_count(skill_names)
    return CallTable(skills, acts, targets, padded(low, width), padded(high, width))


def make_call(objects: ObjectTable, calls: Calls, row: int) -> SkillCall:
    """Returns one call of the arrays as a value."""
    skill = SKILLS[SKILLS.names[calls.skill[row]]]
    return SkillCall(
        skill=skill.name,
        object_id=objects.object_ids[calls.object[row]],
        target_id=objects.object_ids[calls.target[row]],
        parameters=tuple(calls.parameters[row, : len(skill.parameters)].tolist()),
    )


def stack_calls(objects: ObjectTable, calls: list[SkillCall]) -> Calls:
    """Returns calls as arrays.

    Raises:
        InvalidInputError: If a call names an object the scene does not have.
    """
    scene, names = objects.scene, SKILLS.names
    return Calls(
        np.array([names.index(c.skill) for c in calls], dtype=np.int64),
        np.array([scene.index(c.object_id) for c in calls], dtype=np.int64),
        np.array([scene.index(c.target_id) for c in calls], dtype=np.int64),
        padded([c.parameters for c in calls], parameter_count(names)),
    )
