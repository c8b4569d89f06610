# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from planner_kinematics import after
from planner_scenes import transport
import pytest

from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_planner.errors import PlannerError
from f2p_planner.stations import added_trips, base_trips, NO_STATION, stations
from f2p_tasks.tabletop import CONTAINER, TABLE_A, TABLE_B


def _put(object_id: str, target_id: str, y: float = 0.0) -> SkillCall:
    return SkillCall(
        skill='pick_place', object_id=object_id, target_id=target_id, parameters=(0.0, y, 0.0)
    )


def _scenes(scene: Scene, calls: Sequence[SkillCall], *, rides: bool) -> list[Scene]:
    scenes = [scene]
    for call in calls:
        scenes.append(after(scenes[-1], call, rides=rides))
    return scenes


def test_a_carry_is_one_trip_and_the_start_none() -> None:
    scene = transport(3, 0)
    call = _put(CONTAINER, TABLE_B)
    assert stations(scene, call) == (TABLE_A, TABLE_B)
    assert base_trips([scene], [call]) == 1
    assert base_trips([scene], []) == 0


def test_unloading_beside_the_container_needs_no_trip() -> None:
    scene = transport(3, 0)
    calls = [_put('object_1', TABLE_A, 0.3), _put(CONTAINER, TABLE_B)]
    assert base_trips(_scenes(scene, calls, rides=True), calls) == 1


def test_trips_follow_where_the_model_says_the_content_is() -> None:
    scene = transport(1, 0)
    calls = [_put(CONTAINER, TABLE_B), _put('object_1', TABLE_A)]
    assert base_trips(_scenes(scene, calls, rides=True), calls) == 2
    # Left behind it has to be fetched from table_a: a drive back, and none between pick and place.
    assert base_trips(_scenes(scene, calls, rides=False), calls) == 2
    calls = [_put(CONTAINER, TABLE_B), _put('object_1', TABLE_B, 0.3)]
    assert base_trips(_scenes(scene, calls, rides=True), calls) == 1
    assert base_trips(_scenes(scene, calls, rides=False), calls) == 3


def test_placing_into_a_container_is_at_its_furniture() -> None:
    scene = transport(0, 1, on_b=1)
    assert stations(scene, _put('object_1', CONTAINER)) == (TABLE_B, TABLE_A)


def test_arrays_count_as_the_scenes_do() -> None:
    last = np.array([NO_STATION, 0, 1, 0])
    pick, place = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 0])
    assert added_trips(last, pick, place).tolist() == [0, 1, 2, 2]


def test_too_few_scenes_are_refused() -> None:
    with pytest.raises(PlannerError, match='0 scenes for 1 calls'):
        base_trips([], [_put(CONTAINER, TABLE_B)])
