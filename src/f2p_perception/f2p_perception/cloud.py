# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Sensor data as it comes in: clouds, depth images with labels, and the checks at the edge."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.camera import PinholeCamera
from f2p_core.pose import Pose
from f2p_perception.errors import PerceptionCode, PerceptionError

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]

UNLABELLED = 0
"""Instance label of points that belong to no object; negative labels mean the same."""


class Cloud(NamedTuple):
    """Points as a sensor delivers them.

    Attributes:
        points: (P, 3) [m] in ``frame_id``; rows with NaN are pixels without return.
        labels: Instance label per point, (P,), or ``None`` without a segmenter.
        frame_id: Frame of the points.
        stamp_ns: Time of the data [ns].
    """

    points: Floats
    labels: Labels | None
    frame_id: str
    stamp_ns: int


class CloudView(NamedTuple):
    """A cloud together with where it was taken from.

    Attributes:
        cloud: The points.
        sensor_map: Pose of the points' frame in ``map`` at the stamp.
        camera_map: Pose of the camera's optical frame in ``map``; the same as ``sensor_map`` when
            the points are in the optical frame.
    """

    cloud: Cloud
    sensor_map: Pose
    camera_map: Pose


class CloudLimits(NamedTuple):
    """What a usable cloud is.

    Attributes:
        max_points: Most points accepted.
        max_range_m: Points farther from the sensor are dropped [m].
        min_points: Fewest usable points accepted.
    """

    max_points: int = 4_000_000
    max_range_m: float = 10.0
    min_points: int = 100


USUAL_LIMITS = CloudLimits()


def cloud_from_depth(
    depth_m: Floats, labels: Labels | None, camera: PinholeCamera, frame_id: str, stamp_ns: int
) -> Cloud:
    """Returns the cloud of a depth image in the camera's optical frame.

    Args:
        depth_m: Depth along the optical axis, (H, W) [m]; 0, NaN and infinity: no return.
        labels: Instance labels, (H, W), or ``None``.
        camera: Intrinsics.
        frame_id: Name of the optical frame.
        stamp_ns: Time of the image [ns].

    Raises:
        PerceptionError: If an image's size differs from the camera's, or an intrinsic is unusable.
    """
    size = (camera.height_px, camera.width_px)
    _check_camera(camera)
    for name, image in (('depth image', depth_m), ('label image', labels)):
        if image is not None and image.shape != size:
            raise PerceptionError(
                PerceptionCode.BAD_CLOUD,
                f'{name} has shape {image.shape}; the camera info says {size} (height, width)',
            )
    with np.errstate(over='ignore', invalid='ignore'):  # what is too large is infinite: no return
        depth = np.where(depth_m > 0, depth_m, np.nan).astype(np.float32)
        points = (camera.rays().astype(np.float32) * depth[..., None]).reshape(-1, 3)
    flat = None if labels is None else labels.reshape(-1)
    return Cloud(points, flat, frame_id, stamp_ns)


def check_cloud(
    cloud: Cloud, limits: CloudLimits = USUAL_LIMITS, expected_frame_id: str = ''
) -> Cloud:
    """Returns the cloud without unusable points, in float32.

    Args:
        cloud: Any cloud.
        limits: What is usable.
        expected_frame_id: Frame the points must be in; empty: any.

    Raises:
        PerceptionError: If the cloud is empty, badly shaped, too large, in another frame, or has
            too few finite points within range.
    """
    _check_form(cloud, limits, expected_frame_id)
    points = cloud.points.astype(np.float32, copy=False)
    squared = np.einsum('pi,pi->p', points, points)
    keep = squared <= limits.max_range_m**2  # False for NaN and infinity too
    count = int(keep.sum())
    if count < limits.min_points:
        finite = int(np.isfinite(points).all(axis=1).sum())
        raise PerceptionError(
            PerceptionCode.BAD_CLOUD,
            f'the cloud has {len(points)} points, {finite} of them finite and {count} within '
            f'{limits.max_range_m:g} m; at least {limits.min_points} are needed. '
            'Is it in metres and is the sensor running?',
        )
    if count == len(points):
        return cloud._replace(points=points)
    labels = None if cloud.labels is None else cloud.labels[keep]
    return cloud._replace(points=points[keep], labels=labels)


def _check_form(cloud: Cloud, limits: CloudLimits, expected_frame_id: str) -> None:
    problem = ''
    points, labels = cloud.points, cloud.labels
    if points.ndim != 2 or points.shape[1] != 3:
        problem = f'the cloud has shape {points.shape}; it must be (P, 3): x, y, z'
    elif len(points) == 0:
        problem = 'the cloud is empty; is the sensor running?'
    elif len(points) > limits.max_points:
        problem = f'the cloud has {len(points)} points; at most {limits.max_points} are accepted'
    elif labels is not None and labels.shape != (len(points),):
        problem = f'{labels.shape} labels for {len(points)} points; one per point is needed'
    elif expected_frame_id and cloud.frame_id != expected_frame_id:
        problem = f'the cloud is in frame {cloud.frame_id!r}; expected {expected_frame_id!r}'
    if problem:
        raise PerceptionError(PerceptionCode.BAD_CLOUD, problem)


def _check_camera(camera: PinholeCamera) -> None:
    usable = all(math.isfinite(v) for v in camera) and min(camera.fx_px, camera.fy_px) > 0
    if not usable:
        raise PerceptionError(
            PerceptionCode.BAD_CLOUD,
            f'camera intrinsics {tuple(camera)} are unusable; fx and fy must be positive',
        )
