# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where the robot has to stand for a plan, and how often it drives between furniture.

A plan's stations are, in order, pick_1, place_1, pick_2, place_2, …: the furniture the acted
object is at before the skill, and the furniture of the target. A push has both at one place. A
*base trip* is counted where two consecutive stations are at different furniture. Where the robot
starts counts as no station. Where an object is before step i is read from the scene before
step i, predicted or observed, never inferred from earlier calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.object_table import (
    BoolArray,
    IntArray,
    object_table_of,
    poses_of,
    root_furniture,
    states_of,
)

NO_STATION = -2
"""Stands for the robot's start: driving from it to the first station is no trip."""


def stations(scene: Scene, call: SkillCall) -> tuple[str, str]:
    """Returns the furniture of pick and place of one call (the floor as an empty name).

    Raises:
        InvalidInputError: If the call names an object the scene does not have.
    """
    objects = object_table_of(scene)
    roots = root_furniture(states_of(poses_of(scene), objects), objects)[0]
    pick, place = roots[scene.index(call.object_id)], roots[scene.index(call.target_id)]
    names = (*objects.object_ids, '')
    return names[pick], names[place]


def base_trips(scenes: Sequence[Scene], calls: Sequence[SkillCall], at: str | None = None) -> int:
    """Counts the base trips of a plan.

    Args:
        scenes: The scene before each call; further scenes (the end) are ignored.
        calls: The plan.
        at: Furniture of the last station before the plan; ``None``: the robot's start.

    Raises:
        PlannerError: If there are fewer scenes than calls.
    """
    if len(scenes) < len(calls):
        raise PlannerError(
            PlannerErrorCode.INVALID_INPUT,
            f'{len(scenes)} scenes for {len(calls)} calls; give the scene before every call',
        )
    stops = [s for scene, call in zip(scenes, calls, strict=False) for s in stations(scene, call)]
    return count_trips(stops if at is None else [at, *stops])


def count_trips(stops: Sequence[str]) -> int:
    """Returns how often consecutive stations differ."""
    return sum(a != b for a, b in pairwise(stops))


def added_trips(station: IntArray, pick: IntArray, place: IntArray) -> IntArray:
    """Returns the trips a call adds, for arrays of station indices of one shape.

    Args:
        station: Last station before the call, ``NO_STATION`` at the start.
        pick: Furniture of the acted object, −1 for the floor.
        place: Furniture of the target.
    """
    drives: BoolArray = (station != pick) & (station != NO_STATION)
    added: IntArray = drives.astype(np.int64) + (pick != place)
    return added
