# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""From views to tracked objects: accuracy, identity, and nothing assumed of the unseen."""

from __future__ import annotations

import numpy as np
from perception_views import container_at, look, random_scene, scene_of, SMALL_BOX, standing, watch
import pytest

from f2p_core.pose import Pose
from f2p_core.scene import Scene
from f2p_perception.cloud import CloudView
from f2p_perception.errors import PerceptionCode, PerceptionError
from f2p_perception.perceive import perceive, Perceived
from f2p_perception.relations import symbolic_state
from f2p_perception.tracks import TrackState
from f2p_tasks.tabletop import CONTAINER, TABLE_B, tables

EMPTY = TrackState()


def errors_m(scene: Scene, perceived: Perceived) -> dict[str, float]:
    """Distance of each perceived object from the nearest true one [m]."""
    truth = np.array([o.pose_map.position_m for o in scene.objects])
    return {
        o.object_id: float(np.linalg.norm(truth - o.pose_map.position_m, axis=1).min())
        for o in perceived.observation.scene.objects
    }


def true_names(scene: Scene, perceived: Perceived) -> dict[str, str]:
    """The true object at the place of each seen one."""
    names = {}
    observation = perceived.observation
    for item, seen in zip(observation.scene.objects, observation.seen, strict=True):
        if seen and not item.fixed:
            apart = [
                np.linalg.norm(np.subtract(o.pose_map.position_m, item.pose_map.position_m))
                for o in scene.objects
            ]
            names[item.object_id] = scene.object_ids[int(np.argmin(apart))]
    return names


@pytest.mark.parametrize('labelled', [True, False])
@pytest.mark.parametrize('seed', [0, 1])
def test_objects_are_found_within_millimetres(seed: int, labelled: bool) -> None:
    scene = random_scene(seed)
    _, perceived = watch(scene, EMPTY, labelled)
    observation = perceived.observation
    assert len(observation.scene.objects) == len(scene.objects)
    assert all(observation.seen)
    assert max(errors_m(scene, perceived).values()) < 0.01
    names = true_names(scene, perceived)
    pairs = [(observation.scene.object(i), scene.object(true)) for i, true in names.items()]
    right = [item.shape.kind == true.shape.kind for item, true in pairs]
    assert right.count(False) <= 1  # an object half behind a wall may be box or cylinder


def test_labels_give_the_names() -> None:
    scene = random_scene(2)
    _, perceived = watch(scene, EMPTY, labelled=True, views=1)
    assert set(perceived.observation.scene.object_ids) == set(scene.object_ids)
    for name, true in true_names(scene, perceived).items():
        assert name == true


def test_clouds_lie_on_their_objects_and_background_on_furniture() -> None:
    scene = random_scene(3)
    _, perceived = watch(scene, EMPTY, labelled=True, views=1)
    observation = perceived.observation
    for item, cloud in zip(observation.scene.objects, observation.clouds_map, strict=True):
        if item.fixed:
            assert len(cloud) == 0
            continue
        assert 20 < len(cloud) <= 256
        reach = 0.3 if item.object_id == CONTAINER else 0.06
        assert np.linalg.norm(cloud - item.pose_map.position_m, axis=1).max() < reach
    background = observation.background_map
    assert 500 < len(background) <= 1024
    on_top = np.abs(background[:, 2] - 0.7) < 0.02
    assert on_top.mean() > 0.6


@pytest.mark.parametrize('labelled', [True, False])
def test_a_hidden_object_keeps_name_and_place_but_is_not_seen(labelled: bool) -> None:
    scene = random_scene(4)
    state, before = watch(scene, EMPTY, labelled, views=3)
    hidden = 'object_2'
    gone = Scene(objects=tuple(o for o in scene.objects if o.object_id != hidden))
    if labelled:
        names = {i + 1: o.object_id for i, o in enumerate(gone.objects)}
    else:
        names = {}
        hidden = next(k for k, v in true_names(scene, before).items() if v == hidden)
    state, after = perceive(state, look(gone, labelled, 9), tables(), names=names)
    index = after.observation.scene.index(hidden)
    assert not after.observation.seen[index]
    assert len(after.observation.clouds_map[index]) == 0
    assert after.observation.scene.object(hidden) == before.observation.scene.object(hidden)
    observed = symbolic_state(after, np.random.default_rng(0)).observed
    assert not observed[:, index].any()
    assert not observed[:, :, index].any()


def test_content_is_not_taken_to_follow_its_container() -> None:
    """The container is seen on the other table, its content nowhere: it stays where it was."""
    scene = random_scene(5)
    state, before = watch(scene, EMPTY, labelled=True)
    after_scene = container_at(scene, 0.8, -0.5, 0.1, with_content=False)
    lost = ('object_1', 'object_2', 'object_3')
    visible = Scene(objects=tuple(o for o in after_scene.objects if o.object_id not in lost))
    _, after = watch(visible, state, labelled=True, seed=7)
    moved = after.observation.scene.object(CONTAINER).pose_map.position_m
    np.testing.assert_allclose(moved[:2], [0.8, -0.5], atol=0.01)
    relations = symbolic_state(after, np.random.default_rng(0))
    inside = relations.relation_names.index('inside')
    for name in lost:
        index = after.observation.scene.index(name)
        assert not after.observation.seen[index]
        was = before.observation.scene.object(name).pose_map
        assert after.observation.scene.object(name).pose_map == was
        container = after.observation.scene.index(CONTAINER)
        assert not relations.observed[inside, index, container]


def test_content_that_is_seen_to_follow_keeps_its_names_without_labels() -> None:
    scene = random_scene(6, on_b=0)
    state, before = watch(scene, EMPTY, labelled=False, views=3)
    carried = container_at(scene, 0.82, -0.5, 0.3, with_content=True)
    _, after = watch(carried, state, labelled=False, seed=20)
    assert true_names(scene, before) == true_names(carried, after)
    assert all(after.observation.seen)
    relations = symbolic_state(after, np.random.default_rng(0))
    names = {v: k for k, v in true_names(carried, after).items()}
    above = relations.relation_names.index('above')
    container = relations.object_ids.index(names[CONTAINER])
    table = relations.object_ids.index(TABLE_B)
    assert relations.observed[above, container, table]
    assert relations.probability[above, container, table] > 0.99


def test_names_without_labels_go_from_left_to_right() -> None:
    scene = scene_of(
        standing('x', SMALL_BOX, 0.7, 0.6),
        standing('y', SMALL_BOX, 0.8, 0.3),
        standing('z', SMALL_BOX, 0.75, -0.4),
    )
    _, perceived = watch(scene, EMPTY, labelled=False, views=1)
    assert true_names(scene, perceived) == {'object_1': 'x', 'object_2': 'y', 'object_3': 'z'}


def test_a_wrong_transform_is_an_error_and_the_state_stays_good() -> None:
    scene = random_scene(0)
    state, _ = watch(scene, EMPTY, labelled=True, views=1)
    view = look(scene, True)
    shifted = np.add(view.sensor_map.position_m, [0.0, 0.0, 0.08])
    x, y, z = shifted.tolist()
    pose = Pose(position_m=(x, y, z), quaternion_xyzw=view.sensor_map.quaternion_xyzw)
    with pytest.raises(PerceptionError) as raised:
        perceive(state, CloudView(view.cloud, pose, pose), tables())
    assert raised.value.code == PerceptionCode.NO_SUPPORT
    again, _ = watch(scene, state, labelled=True, views=1, seed=3)
    assert len(again.tracks) == len(state.tracks)


def test_a_small_error_of_calibration_is_taken_out() -> None:
    scene = random_scene(1)
    view = look(scene, True)
    x, y, z = np.add(view.sensor_map.position_m, [0.0, 0.0, 0.015]).tolist()
    pose = Pose(position_m=(x, y, z), quaternion_xyzw=view.sensor_map.quaternion_xyzw)
    names = {i + 1: o.object_id for i, o in enumerate(scene.objects)}
    _, perceived = perceive(EMPTY, CloudView(view.cloud, pose, pose), tables(), names=names)
    for item in perceived.observation.scene.objects:
        true = scene.object(item.object_id).pose_map.position_m[2]
        assert item.pose_map.position_m[2] == pytest.approx(true, abs=0.004)


def test_the_same_view_gives_the_same_result() -> None:
    scene = random_scene(7)
    first, second = (perceive(EMPTY, look(scene, False), tables())[1] for _ in range(2))
    assert first.observation.model_dump_json() == second.observation.model_dump_json()
    states = [symbolic_state(p, np.random.default_rng(3)) for p in (first, second)]
    np.testing.assert_array_equal(states[0].probability, states[1].probability)


def test_unknown_furniture_is_found() -> None:
    scene = random_scene(8)
    _, perceived = perceive(EMPTY, look(scene, False), ())
    fixed = [o for o in perceived.observation.scene.objects if o.fixed]
    assert [o.object_id for o in fixed] == ['table_1', 'table_2']
    assert len(perceived.observation.scene.objects) == len(scene.objects)
