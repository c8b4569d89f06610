# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The task's scenes and goals."""

from __future__ import annotations

import numpy as np
import pytest

from f2p_core.errors import InvalidInputError
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene
from f2p_tasks import Execution, goal_holds
from f2p_tasks.containers import container_id, content_ids, goal_apart, goal_together
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig
from f2p_tasks.transport import TRANSPORT


def moved(scene: Scene, ids: tuple[str, ...], dy_m: float) -> Scene:
    """Shifts objects along y, as a carry from one table to the other does."""
    objects = []
    for item in scene.objects:
        if item.object_id in ids:
            x, y, z = item.pose_map.position_m
            pose = upright_pose(x, y + dy_m, z, item.pose_map.yaw_rad)
            objects.append(item.model_copy(update={'pose_map': pose}))
        else:
            objects.append(item)
    return Scene(objects=tuple(objects))


@pytest.mark.parametrize('n', [3, 5, 7])
def test_the_goals_hold_where_they_should(n: int) -> None:
    scene = TRANSPORT.seeded_scene(n, seed=n)
    t1, t2 = goal_apart(scene), goal_together(scene)
    content = content_ids(scene)
    assert len(content) == n
    assert container_id(scene) == CONTAINER
    assert not goal_holds(scene, t1)
    assert not goal_holds(scene, t2)
    carried = moved(scene, (*content, CONTAINER), -1.1)
    assert not goal_holds(carried, t1)
    assert goal_holds(carried, t2)
    assert goal_holds(moved(scene, (CONTAINER,), -1.1), t1)


@pytest.mark.parametrize('n', [2, 3, 5, 7])
def test_the_budget_of_t1_allows_recovery_but_not_fetching_one_by_one(n: int) -> None:
    goal = goal_apart(TRANSPORT.seeded_scene(n, seed=1))
    recovery_skills, recovery_trips = 1 + 1 + n + 1, 1 + 1 + 1
    assert goal.max_skills >= recovery_skills
    assert goal.max_base_trips >= recovery_trips
    fetching_trips = 1 + 2 * n - 1
    assert goal.max_base_trips < fetching_trips


def test_goals_name_the_content_only() -> None:
    scene = TRANSPORT.seeded_scene(3, seed=2)
    named = {literal.subject_id for literal in goal_together(scene).literals}
    assert named == set(content_ids(scene)) < set(scene.object_ids)
    assert {literal.object_id for literal in goal_apart(scene).literals} == {TABLE_A, TABLE_B}


def test_an_empty_or_missing_container_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidInputError, match='empty'):
        goal_apart(sample_tabletop(TabletopConfig(inside=0, on_a=2), rng))
    with pytest.raises(InvalidInputError, match='one open container'):
        goal_apart(sample_tabletop(TabletopConfig(inside=0, on_a=2, container_on=None), rng))


def test_the_same_seed_gives_the_scene_it_always_gave() -> None:
    scene = TRANSPORT.seeded_scene(3, seed=7)
    assert scene.object_ids == (
        TABLE_A, TABLE_B, CONTAINER, 'object_1', 'object_2', 'object_3', 'object_4', 'object_5'
    )  # fmt: skip
    assert scene.object(CONTAINER).pose_map.position_m == (
        0.7760199541893471, 0.6545949647109534, 0.7527568569024519
    )  # fmt: skip
    assert scene.object('object_5').pose_map.position_m == (
        0.7357057255753738, -0.4848618311326358, 0.7316880940640954
    )  # fmt: skip


def test_every_object_has_a_role_whatever_its_id() -> None:
    scene = TRANSPORT.seeded_scene(2, seed=0)
    renamed = Scene(
        objects=tuple(
            o if o.fixed else o.model_copy(update={'object_id': f'thing_{n}'})
            for n, o in enumerate(scene.objects)
        )
    )
    for one in (scene, renamed):
        assert [TRANSPORT.role(one, i) for i in one.object_ids] == [
            TABLE_A, TABLE_B, 'container', 'content', 'content', 'other', 'other'
        ]  # fmt: skip


def test_moves_take_the_container_and_its_content_everywhere() -> None:
    scene = TRANSPORT.seeded_scene(2, seed=0)
    moves = {move.words: move.steps for move in TRANSPORT.moves(scene)}
    assert len(moves) == 2 + 3 + 3
    assert moves[f'pick_place container>{TABLE_B}'] == (('pick_place', CONTAINER, TABLE_B),)
    assert moves['pick_place content>container'] == (
        ('pick_place', 'object_1', CONTAINER),
        ('pick_place', 'object_2', CONTAINER),
    )
    assert moves[f'pick_place one content>{TABLE_A}'] == (('pick_place', 'object_1', TABLE_A),)


def test_its_failure_is_about_moving_a_filled_container() -> None:
    covers = TRANSPORT.pretraining.covers
    rng = np.random.default_rng(0)
    covered = {
        exercise.name
        for exercise in TRANSPORT.exercises
        for scene in [exercise.scene(rng)]
        if covers(Execution(scene, exercise.call(scene, rng)))
    }
    assert covered == {
        'carry 3 objects', 'carry 5 objects', 'carry 7 objects', 'push container'
    }  # fmt: skip
