# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bowls, capsules, and the story about them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.shapes import SHAPES
from f2p_core.supports import contents, support_tree
from f2p_tasks import Execution, goal_holds
from f2p_tasks.organization import ORGANIZATION
from f2p_tasks.tabletop import TABLE_A, TABLE_B

SEEDS = range(20)


@pytest.mark.parametrize('seed', SEEDS)
def test_capsules_stand_in_the_bowl_clear_of_its_wall_and_of_each_other(seed: int) -> None:
    scene = ORGANIZATION.seeded_scene(3, seed)
    inside = contents(scene, 'bowl')
    assert inside == ('object_1', 'object_2')
    tree = support_tree(scene)
    assert [tree[i] for i in ('bowl', 'object_3', 'object_4')] == [TABLE_A, TABLE_A, TABLE_B]
    bowl = scene.object('bowl')
    outer, _, wall = dimensions_of(bowl.shape)[:3]
    poses = [scene.object(i).pose_map for i in inside]
    places = [bowl.pose_map.to_child(np.array(pose.position_m)) for pose in poses]
    radii = [dimensions_of(scene.object(i).shape)[0] for i in inside]
    for place, radius in zip(places, radii, strict=True):
        assert math.hypot(*place[:2]) + radius < outer - wall
    assert math.dist(*places) > sum(radii)


def test_every_bowl_is_too_wide_for_the_hand_and_every_capsule_is_not() -> None:
    for seed in SEEDS:
        scene = ORGANIZATION.seeded_scene(3, seed)
        widths = {
            item.object_id: 2 * SHAPES[item.shape.kind].half_extents(
                np.array(dimensions_of(item.shape))
            )[0]
            for item in scene.objects
        }
        assert widths['bowl'] > 0.1
        assert max(widths['object_1'], widths['object_2']) < 0.03


def test_the_goal_wants_bowl_and_capsules_apart() -> None:
    scene = ORGANIZATION.seeded_scene(3, 0)
    goal = ORGANIZATION.goal('TT1', scene)
    assert not goal_holds(scene, goal)
    assert {(n.subject_id, n.object_id) for n in goal.literals} == {
        ('object_1', TABLE_A), ('object_2', TABLE_A), ('bowl', TABLE_B)
    }  # fmt: skip
    assert (goal.max_skills, goal.max_base_trips) == (8, 3)


def test_roles_are_those_of_the_task() -> None:
    scene = ORGANIZATION.seeded_scene(3, 0)
    assert [ORGANIZATION.role(scene, i) for i in scene.object_ids] == [
        TABLE_A, TABLE_B, 'bowl', 'capsule', 'capsule', 'other', 'other'
    ]  # fmt: skip
    assert f'pick_place one capsule>{TABLE_B}' in {m.words for m in ORGANIZATION.moves(scene)}


def test_no_pretraining_execution_moves_a_filled_bowl() -> None:
    rng = np.random.default_rng(0)
    covered = {
        exercise.name
        for exercise in ORGANIZATION.exercises
        for scene in [exercise.scene(rng)]
        if ORGANIZATION.pretraining.covers(Execution(scene, exercise.call(scene, rng)))
    }
    assert covered == {'carry bowl of 1', 'carry bowl of 2', 'carry bowl of 4'}
