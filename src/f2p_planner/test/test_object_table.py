# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
from planner_scenes import transport
import pytest

from f2p_core.supports import contents, root_support, support_tree
from f2p_planner.object_table import (
    footprint_gaps,
    Footprints,
    object_table_of,
    Poses,
    poses_of,
    root_furniture,
    states_of,
    yaw_of,
)
from f2p_tasks.tabletop import CONTAINER


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 6), st.integers(0, 2), st.integers(0, 2))
def test_supports_agree_with_the_support_tree_of_a_scene(
    seed: int, inside: int, on_a: int, on_b: int
) -> None:
    scene = transport(inside, seed, on_a=on_a, on_b=on_b)
    objects = object_table_of(scene)
    states = states_of(poses_of(scene), objects)
    ids = (*objects.object_ids, None)
    parents = states.parents[0]
    assert {i: ids[p] for i, p in zip(ids, parents, strict=False)} == support_tree(scene)
    roots = root_furniture(states, objects)[0]
    assert [ids[r] for r in roots] == [root_support(scene, i) for i in scene.object_ids]
    held = states.on_object[0, :, scene.index(CONTAINER)]
    assert tuple(np.array(scene.object_ids)[held]) == contents(scene, CONTAINER)


def test_an_object_left_in_the_air_is_at_the_furniture_below() -> None:
    scene = transport(2, 3)
    objects, poses = object_table_of(scene), poses_of(scene)
    moved = poses.position_m.copy()
    moved[0, scene.index(CONTAINER), 1] -= 1.1
    parents = states_of(Poses(moved, poses.rotation), objects).parents[0]
    assert parents[scene.index('object_1')] == scene.index('table_a')
    assert parents[scene.index(CONTAINER)] == scene.index('table_b')


def test_over_nothing_is_the_floor() -> None:
    scene = transport(1, 0)
    objects, poses = object_table_of(scene), poses_of(scene)
    moved = poses.position_m.copy()
    moved[0, scene.index('object_1')] = (-1.0, 0.0, 0.03)
    states = states_of(Poses(moved, poses.rotation), objects)
    assert root_furniture(states, objects)[0, scene.index('object_1')] == -1


def test_supports_of_many_states_are_those_of_each() -> None:
    scenes = [transport(3, seed) for seed in range(5)]
    objects = object_table_of(scenes[0])
    each = [poses_of(scene) for scene in scenes]
    batch = Poses(*(np.concatenate(arrays) for arrays in zip(*each, strict=True)))
    together = states_of(batch, objects).parents
    assert (together == np.concatenate([states_of(p, objects).parents for p in each])).all()


def _corners(
    centre: NDArray[np.float64], yaw: NDArray[np.float64], half: NDArray[np.float64]
) -> NDArray[np.float64]:
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    turn = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])
    corners: NDArray[np.float64] = centre + (signs * half) @ turn.T
    return corners


coordinate = st.floats(-1, 1)
size = st.floats(0.05, 0.5)
Rectangle = tuple[float, float, float, float, float]
rectangle = st.tuples(coordinate, coordinate, st.floats(-3.1, 3.1), size, size)


@given(rectangle, rectangle)
def test_gap_is_symmetric_and_never_more_than_the_distance(
    one: Rectangle, other: Rectangle
) -> None:
    a, b = (Footprints(np.array(r[:2]), np.array(r[2]), np.array(r[3:])) for r in (one, other))
    gap = float(footprint_gaps(a, b))
    assert gap == pytest.approx(float(footprint_gaps(b, a)), abs=1e-9)
    between = _corners(*a)[:, None] - _corners(*b)[None]
    assert gap <= np.linalg.norm(between, axis=-1).min() + 1e-9


def test_gap_of_aligned_squares_is_their_distance() -> None:
    half = np.array([0.1, 0.1])
    a = Footprints(np.zeros(2), np.array(0.0), half)
    b = Footprints(np.array([[0.5, 0.0], [0.15, 0.0]]), np.zeros(2), half)
    assert footprint_gaps(a, b) == pytest.approx([0.3, -0.05])


def test_yaw_of_a_turned_frame() -> None:
    angle = np.array([0.3, -2.0])
    c, s, o = np.cos(angle), np.sin(angle), np.zeros(2)
    rotation = np.stack([c, -s, o, s, c, o, o, o, o + 1], axis=-1).reshape(2, 3, 3)
    assert yaw_of(rotation) == pytest.approx(angle)
