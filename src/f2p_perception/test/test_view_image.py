# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The virtual image: pixels as dense as the cloud, what was looked through, what hangs in air."""

from __future__ import annotations

import numpy as np
from perception_views import scan_of, scene_of, SMALL_BOX, SMALL_CYLINDER, standing

from f2p_perception.measurements import gather
from f2p_perception.raycast import head_camera, looking_at
from f2p_perception.view_image import on_solid_ground, seen_through, view_image

SCENE = scene_of(standing('a', SMALL_BOX, 0.7, 0.5), standing('b', SMALL_CYLINDER, 0.9, -0.5))


def test_pixels_are_those_of_the_camera() -> None:
    camera, _ = head_camera()
    image = scan_of(SCENE, labelled=True).image
    np.testing.assert_allclose(1 / image.spacing, camera.fx_px, rtol=0.02)
    pixels = set(zip(image.row.tolist(), image.column.tolist(), strict=True))
    assert len(pixels) > 0.99 * len(image.row)


def test_shuffled_points_still_give_an_image() -> None:
    image = scan_of(SCENE, labelled=True).image
    order = np.random.default_rng(0).permutation(len(image.points))
    shuffled = view_image(image.points[order], image.camera_map)
    assert 1 / 1500 < shuffled.spacing < 1 / 200
    assert (shuffled.point_at >= 0).sum() > 0.5 * len(order)


def test_the_optical_frame_looks_at_its_target() -> None:
    pose = looking_at((0.0, 0.0, 1.75), (0.8, 0.3, 0.7))
    local = pose.to_child(np.array([0.8, 0.3, 0.7]))
    np.testing.assert_allclose(local[:2], 0.0, atol=1e-9)
    above = pose.to_child(np.array([0.8, 0.3, 0.8]))
    assert above[1] < 0  # y of an optical frame is down


def test_empty_places_were_looked_through_and_full_ones_not() -> None:
    image = scan_of(SCENE, labelled=True).image
    places = np.array([[0.7, 0.5, 0.73], [0.9, 0.6, 0.75], [0.9, -0.5, 0.72]])
    through = seen_through(image, places, 0.05)
    np.testing.assert_array_equal(through, [False, True, False])


def test_points_that_hang_in_the_air_are_told_apart() -> None:
    scan = scan_of(SCENE, labelled=True)
    image = scan.image
    rows = np.flatnonzero(scan.labels > 0)
    assert on_solid_ground(image, rows).mean() > 0.9
    stray = image.points.copy()
    middle = rows[len(rows) // 2]
    stray[middle] += 0.5 * (image.camera - stray[middle]) / 2
    assert not on_solid_ground(image._replace(points=stray), np.array([middle]))[0]


def test_free_points_are_free_and_seen_points_on_the_object() -> None:
    scan = scan_of(SCENE, labelled=True)
    item = SCENE.object('a')
    own = np.flatnonzero(scan.labels == 3)
    measurements = gather(scan.image, [own], np.array([0.7]), 64)
    free = measurements.free[0][measurements.free_weight[0] > 0]
    local = np.abs(item.pose_map.to_child(free))
    inside = (local < np.array(SMALL_BOX.size_m) / 2 - 0.004).all(axis=1)
    assert len(free) > 60
    assert inside.mean() < 0.05
    on = np.abs(item.pose_map.to_child(measurements.points[0])) - np.array(SMALL_BOX.size_m) / 2
    assert (on.max(axis=1) < 0.01).mean() > 0.9
