# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Segments without labels: containers and content, joined and parted pieces, what reaches in."""

from __future__ import annotations

import numpy as np
from perception_views import (
    CONTAINER_SHAPE,
    scan_of,
    scene_of,
    SMALL_BOX,
    SMALL_CYLINDER,
    standing,
)
import pytest

from f2p_core.geometry.distance import signed_distance
from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.shapes import Box
from f2p_core.pose import upright_pose
from f2p_core.scene import SceneObject
from f2p_perception.clusters import cluster, largest_cluster
from f2p_perception.config import PerceptionConfig
from f2p_perception.containers import find_containers
from f2p_perception.pieces import joined, parted
from f2p_perception.segments import segment

CONFIG = PerceptionConfig()
FLOOR_M = 0.706


def in_container(object_id: str, x: float, y: float, height: float) -> SceneObject:
    shape = Box(size_m=(0.045, 0.04, height))
    return SceneObject(
        object_id=object_id, shape=shape, pose_map=upright_pose(x, y, FLOOR_M + height / 2, 0.3)
    )


def filled() -> tuple[SceneObject, ...]:
    """A container turned by 0.3 rad with two objects, one of them close to a wall."""
    container = SceneObject(
        object_id='container', shape=CONTAINER_SHAPE, pose_map=upright_pose(0.8, 0.5, 0.75, 0.3)
    )
    return container, in_container('a', 0.86, 0.6, 0.06), in_container('b', 0.72, 0.4, 0.05)


def distance_from(item: SceneObject, points_map: np.ndarray) -> np.ndarray:
    local = item.pose_map.to_child(points_map)
    distance: np.ndarray = signed_distance(
        item.shape.kind, np.array(dimensions_of(item.shape)), local
    )
    return distance


def test_content_and_container_come_apart() -> None:
    scene = scene_of(*filled(), standing('c', SMALL_CYLINDER, 0.7, -0.5))
    scan = scan_of(scene, labelled=False)
    found = []
    for indices in segment(scan, CONFIG):
        points = scan.image.points[indices]
        distance = [np.abs(distance_from(item, points)) for item in scene.objects[2:]]
        owner = np.argmin(distance, axis=0)
        share = np.bincount(owner, minlength=4) / len(points)
        assert share.max() > 0.9
        found.append(int(share.argmax()))
    assert sorted(found) == [0, 1, 2, 3]


def test_a_filled_container_is_fitted_as_if_it_were_empty() -> None:
    scan = scan_of(scene_of(*filled()), labelled=False)
    (box,) = find_containers(scan, np.flatnonzero(~scan.on_surface), CONFIG)
    np.testing.assert_allclose(box.position_m, [0.8, 0.5, 0.75], atol=0.004)
    np.testing.assert_allclose(box.dimensions, dimensions_of(CONTAINER_SHAPE), atol=0.008)
    yaw = np.arctan2(box.rotation[1, 0], box.rotation[0, 0])
    assert abs(np.sin(yaw - 0.3)) < 0.02


def test_an_arm_that_reaches_in_is_no_object() -> None:
    arm = SceneObject(
        object_id='arm', shape=Box(size_m=(0.6, 0.06, 0.06)), pose_map=upright_pose(0.5, 0.4, 0.9)
    )
    scan = scan_of(scene_of(arm, standing('c', SMALL_BOX, 0.9, 0.7)), labelled=False)
    (only,) = segment(scan, CONFIG)
    np.testing.assert_allclose(scan.image.points[only][:, :2].mean(axis=0), [0.9, 0.7], atol=0.015)


def blob(x: float, y: float, width: float, n: int = 120) -> np.ndarray:
    rng = np.random.default_rng(int(1e3 * (x + y)))
    return rng.uniform(
        [x - width / 2, y - width / 2, 0.7], [x + width / 2, y + width / 2, 0.75], (n, 3)
    )


def test_pieces_of_one_object_are_joined_and_neighbours_are_not() -> None:
    near, far = (blob(0.8, 0.50, 0.018), blob(0.8, 0.535, 0.018)), blob(0.8, 0.60, 0.04)
    points = np.concatenate([*near, far])
    pieces = [np.arange(120), np.arange(120, 240), np.arange(240, 360)]
    sizes = sorted(len(p) for p in joined(points, pieces, CONFIG))
    assert sizes == [120, 240]


@pytest.mark.parametrize('count', [1, 2, 3])
def test_objects_in_touch_are_parted_by_their_usual_size(count: int) -> None:
    points = np.concatenate([blob(0.8, 0.5 + 0.045 * i, 0.044) for i in range(count)])
    parts = parted(points, np.arange(len(points)), CONFIG)
    assert len(parts) == count
    for part in parts:
        assert np.ptp(points[part][:, 1]) < 0.06


def test_clusters_are_split_at_gaps_and_small_ones_dropped() -> None:
    blobs = [blob(0.8, 0.5, 0.03), blob(0.8, 0.6, 0.03, 90), blob(0.9, 0.9, 0.01, 4)]
    large, small = cluster(np.concatenate(blobs), 0.012, 0.004, 10)
    assert set(large) <= set(range(120))
    assert set(small) <= set(range(120, 210))
    assert len(large) + len(small) > 200


def test_the_main_body_of_a_segment_keeps_parts_that_a_handle_divides() -> None:
    points = np.concatenate(
        [
            blob(0.8, 0.50, 0.02),
            blob(0.8, 0.54, 0.02),
            np.add(blob(0.8, 0.52, 0.02, 9), [0, 0, 0.2]),
        ]
    )
    np.testing.assert_array_equal(largest_cluster(points), np.arange(240))
