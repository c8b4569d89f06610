# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Sensor data at the edge: what is refused, and what a depth image becomes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from f2p_core.camera import PinholeCamera
from f2p_perception.cloud import check_cloud, Cloud, cloud_from_depth, CloudLimits
from f2p_perception.errors import PerceptionCode, PerceptionError

CAMERA = PinholeCamera(4, 3, 2.0, 2.0, 1.5, 1.0)
GOOD = np.random.default_rng(0).uniform(-1, 1, (200, 3)).astype(np.float32)


def cloud(points: np.ndarray, labels: np.ndarray | None = None, frame: str = 'camera') -> Cloud:
    return Cloud(points, labels, frame, 5)


@pytest.mark.parametrize(
    ('bad', 'word'),
    [
        (cloud(np.zeros((0, 3), np.float32)), 'empty'),
        (cloud(np.full((200, 3), np.nan, np.float32)), '0 of them finite'),
        (cloud(np.full((200, 3), np.inf, np.float32)), '0 of them finite'),
        (cloud(1000 * GOOD), 'in metres'),
        (cloud(np.zeros((200, 2), np.float32)), '(200, 2)'),
        (cloud(GOOD, np.zeros(3, np.int64)), '(3,) labels for 200'),
        (cloud(np.zeros((4_000_001, 3), np.float32)), 'at most 4000000'),
    ],
)
def test_unusable_clouds_are_refused_with_a_code_and_the_value(bad: Cloud, word: str) -> None:
    with pytest.raises(PerceptionError) as raised:
        check_cloud(bad)
    assert raised.value.code == PerceptionCode.BAD_CLOUD
    assert word in str(raised.value)


def test_a_cloud_in_another_frame_is_refused() -> None:
    with pytest.raises(PerceptionError, match="frame 'base'; expected 'camera'"):
        check_cloud(cloud(GOOD, frame='base'), expected_frame_id='camera')


def test_rows_without_return_are_dropped_with_their_labels() -> None:
    points = GOOD.copy()
    points[::2] = np.nan
    points[1] = 1e20
    labels = np.arange(200)
    kept = check_cloud(cloud(points, labels), CloudLimits(min_points=10))
    assert kept.labels is not None
    np.testing.assert_array_equal(kept.labels, np.arange(3, 200, 2))
    np.testing.assert_array_equal(kept.points, GOOD[3::2])


def test_depth_becomes_points_along_the_rays() -> None:
    depth = np.full((3, 4), 2.0, np.float32)
    depth[0, 0] = 0.0
    made = cloud_from_depth(depth, np.arange(12).reshape(3, 4), CAMERA, 'optical', 7)
    assert made.frame_id == 'optical'
    assert made.stamp_ns == 7
    assert np.isnan(made.points[0]).all()
    # Pixel (u, v) = (3, 2): x = (3 - 1.5) / 2 * 2, y = (2 - 1) / 2 * 2, z = 2.
    np.testing.assert_allclose(made.points[-1], [1.5, 1.0, 2.0])
    assert made.labels is not None
    assert made.labels[-1] == 11


def test_images_of_another_size_than_the_camera_are_refused() -> None:
    with pytest.raises(PerceptionError, match='label image has shape'):
        cloud_from_depth(np.ones((3, 4), np.float32), np.ones((4, 3), int), CAMERA, 'c', 0)
    with pytest.raises(PerceptionError, match='depth image has shape'):
        cloud_from_depth(np.ones((4, 4), np.float32), None, CAMERA, 'c', 0)


@pytest.mark.parametrize('focal', [0.0, -1.0, math.nan])
def test_unusable_intrinsics_are_refused(focal: float) -> None:
    with pytest.raises(PerceptionError, match='intrinsics'):
        cloud_from_depth(np.ones((3, 4)), None, CAMERA._replace(fx_px=focal), 'c', 0)


def test_field_of_view_gives_the_focal_length() -> None:
    camera = PinholeCamera.from_fov(640, 480, math.radians(90.0))
    assert camera.fx_px == pytest.approx(320.0)
    corner = camera.rays()[0, 0]
    np.testing.assert_allclose(corner, [-319.5 / 320, -239.5 / 320, 1.0], rtol=1e-6)
