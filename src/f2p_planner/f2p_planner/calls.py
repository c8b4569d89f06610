# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which skill calls a scene offers, as arrays the search works on.

A call is possible where the target can hold the object at all: furniture, or a container the
object fits into (``f2p_core.placement``). A push slides an object over furniture; within a
container, where walls are near, it is not offered. Nothing else is left out: whether a call makes
sense is for the effect model and the goal to say.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from f2p_core.geometry.fit import goes_inside, resting_height
from f2p_core.placement import call_bounds
from f2p_core.skill import PARAMETER_COUNT, SkillCall, SKILLS
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.layout import FloatArray, IntArray, Layout

SKILL_NAMES = tuple(sorted(SKILLS))
"""Skills in the order of their index (``f2p_effects.protocol.SkillBatch``)."""

PICK_PLACE = SKILL_NAMES.index('pick_place')
PUSH = SKILL_NAMES.index('push')


class Calls(NamedTuple):
    """S calls with their parameters.

    Attributes:
        skill, object, target: Indices, shape (S,).
        parameters: Shape (S, 3).
    """

    skill: IntArray
    object: IntArray
    target: IntArray
    parameters: FloatArray

    def take(self, rows: IntArray) -> Calls:
        """Returns the calls of the given rows."""
        return Calls(self.skill[rows], self.object[rows], self.target[rows], self.parameters[rows])


class CallTable(NamedTuple):
    """The C combinations of skill, object and target a layout offers.

    Attributes:
        skill, object, target: Indices, shape (C,).
        low, high: Bounds of the parameters, shape (C, 3).
        height_m: Height of the placed object's centre over the target's frame, shape (C,) [m];
            0 for skills that do not place.
    """

    skill: IntArray
    object: IntArray
    target: IntArray
    low: FloatArray
    high: FloatArray
    height_m: FloatArray

    def take(self, rows: IntArray) -> CallTable:
        """Returns the combinations of the given rows."""
        return CallTable(
            self.skill[rows],
            self.object[rows],
            self.target[rows],
            self.low[rows],
            self.high[rows],
            self.height_m[rows],
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


def call_table(layout: Layout) -> CallTable:
    """Lists the possible calls of a layout.

    Raises:
        PlannerError: ``NO_CALL_POSSIBLE`` if nothing can be moved.
    """
    rows, low, high, height = [], [], [], []
    for acted in np.flatnonzero(~layout.fixed).tolist():
        for target in np.flatnonzero(layout.fixed | layout.hollow).tolist():
            if not _can_hold(layout, acted, target):
                continue
            for skill in range(len(SKILL_NAMES)):
                if skill == PUSH and layout.hollow[target]:
                    continue
                bounds = _bounds(layout, skill, acted, target)
                rows.append((skill, acted, target))
                low.append(bounds[0])
                high.append(bounds[1])
                height.append(_height(layout, skill, acted, target))
    if not rows:
        raise PlannerError(
            PlannerErrorCode.NO_CALL_POSSIBLE,
            'no object of the scene can be moved anywhere; it needs a movable object and a '
            'support that can hold it',
        )
    index = np.array(rows, dtype=np.int64).T
    return CallTable(index[0], index[1], index[2], np.array(low), np.array(high), np.array(height))


def make_call(layout: Layout, calls: Calls, row: int) -> SkillCall:
    """Returns one call of the arrays as a value."""
    x, y, z = (float(v) for v in calls.parameters[row])
    return SkillCall(
        skill=SKILL_NAMES[calls.skill[row]],
        object_id=layout.object_ids[calls.object[row]],
        target_id=layout.object_ids[calls.target[row]],
        parameters=(x, y, z),
    )


def stack_calls(layout: Layout, calls: list[SkillCall]) -> Calls:
    """Returns calls as arrays.

    Raises:
        InvalidInputError: If a call names an object the scene does not have.
    """
    scene = layout.scene
    return Calls(
        np.array([SKILL_NAMES.index(c.skill) for c in calls], dtype=np.int64),
        np.array([scene.index(c.object_id) for c in calls], dtype=np.int64),
        np.array([scene.index(c.target_id) for c in calls], dtype=np.int64),
        np.array([c.parameters for c in calls], dtype=np.float64).reshape(-1, PARAMETER_COUNT),
    )


def _can_hold(layout: Layout, acted: int, target: int) -> bool:
    if acted == target:
        return False
    objects = layout.scene.objects
    return bool(
        not layout.hollow[target] or goes_inside(objects[acted].shape, objects[target].shape)
    )


def _bounds(layout: Layout, skill: int, acted: int, target: int) -> tuple[FloatArray, FloatArray]:
    ids = layout.object_ids
    low, high = call_bounds(layout.scene, SKILL_NAMES[skill], ids[acted], ids[target])
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


def _height(layout: Layout, skill: int, acted: int, target: int) -> float:
    if skill != PICK_PLACE:
        return 0.0
    objects = layout.scene.objects
    return float(resting_height(objects[acted].shape, objects[target].shape))
