# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A call made on what was seen means the same in the scene that is there."""

from __future__ import annotations

import math

import numpy as np
import pytest

from f2p_core.errors import InvalidInputError
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_sim.grounding import ground_call, NotThereError
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig

REAL = sample_tabletop(TabletopConfig(inside=1, on_a=1), np.random.default_rng(0))


def seen_as(names: dict[str, str], turns: dict[str, float], shift_m: float = 0.0) -> Scene:
    """The real scene as perception might report it: other names, turned, shifted."""
    objects = []
    for o in REAL.objects:
        x, y, z = o.pose_map.position_m
        pose = upright_pose(x + shift_m, y, z, o.pose_map.yaw_rad + turns.get(o.object_id, 0.0))
        update = {'object_id': names.get(o.object_id, o.object_id), 'pose_map': pose}
        objects.append(o.model_copy(update={} if o.fixed else update))
    return Scene(objects=tuple(objects))


def call(object_id: str, target_id: str, parameters: tuple[float, float, float]) -> SkillCall:
    return SkillCall(
        skill='pick_place', object_id=object_id, target_id=target_id, parameters=parameters
    )


def test_same_scene_same_call() -> None:
    made = call('object_1', CONTAINER, (0.05, -0.04, 0.3))
    grounded = ground_call(made, REAL, REAL)
    assert (grounded.object_id, grounded.target_id) == ('object_1', CONTAINER)
    assert grounded.parameters == pytest.approx(made.parameters)


def test_names_are_found_by_place() -> None:
    seen = seen_as({'object_1': 'object_7', CONTAINER: 'object_9'}, {})
    grounded = ground_call(call('object_7', 'object_9', (0.0, 0.0, 0.0)), seen, REAL)
    assert (grounded.object_id, grounded.target_id) == ('object_1', CONTAINER)


def test_target_seen_turned_by_half_a_turn() -> None:
    seen = seen_as({}, {CONTAINER: math.pi})
    grounded = ground_call(call('object_1', CONTAINER, (0.05, -0.04, 0.3)), seen, REAL)
    x, y, yaw = grounded.parameters
    assert (x, y) == pytest.approx((-0.05, 0.04))
    assert math.remainder(yaw - (0.3 + math.pi), math.tau) == pytest.approx(0.0, abs=1e-9)


def test_object_seen_turned_is_turned_as_much_as_was_meant() -> None:
    seen = seen_as({}, {'object_1': math.pi / 2})
    meant = 0.2 + math.pi / 2  # from what was seen at +90 degrees, turn by 0.2 more
    grounded = ground_call(call('object_1', TABLE_B, (0.0, 0.0, meant)), seen, REAL)
    assert grounded.parameters[2] == pytest.approx(0.2)


def test_push_direction_follows_the_target() -> None:
    seen = seen_as({}, {CONTAINER: math.pi})
    push = SkillCall(
        skill='push', object_id='object_1', target_id=CONTAINER, parameters=(0.4, 0.1, 0.01)
    )
    direction, distance, offset = ground_call(push, seen, REAL).parameters
    assert math.remainder(direction - 0.4 - math.pi, math.tau) == pytest.approx(0.0, abs=1e-9)
    assert (distance, offset) == (0.1, 0.01)


def test_object_that_is_not_where_it_was_seen() -> None:
    seen = seen_as({}, {}, shift_m=2.0)
    with pytest.raises(NotThereError, match="nothing like 'object_1'"):
        ground_call(call('object_1', TABLE_A, (0.0, 0.0, 0.0)), seen, REAL)


def test_object_that_was_not_seen() -> None:
    with pytest.raises(InvalidInputError, match="no object 'cup'"):
        ground_call(call('cup', TABLE_A, (0.0, 0.0, 0.0)), REAL, REAL)


def test_without_observed_scene_names_are_those_of_the_robot() -> None:
    made = call('object_1', TABLE_A, (0.0, 0.0, 0.0))
    assert ground_call(made, Scene(objects=()), REAL) == made
