# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""From raw sensor data to points in ``map``: checked, transformed, cropped, levelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.scene import SceneObject
from f2p_perception.cloud import check_cloud, CloudLimits, CloudView, UNLABELLED
from f2p_perception.config import PerceptionConfig
from f2p_perception.surfaces import find_tables, level, measure_surfaces, over, Surface
from f2p_perception.view_image import view_image, ViewImage

_OVERHANG_M = 0.08
"""How far beyond a support's edge [m] points may be over it: objects stick out."""

_BELOW_TOP_M = 0.05
"""How far below a support's top [m] points still are its own: noise, its edge."""

_BORDER_M = 0.02
"""Points this near [m] to the end of the space over a support may be of something cut off."""

_BACKGROUND_POINTS = 1024
"""Points of the background that are passed on, for free space."""

_SURFACE_POINTS = 60_000
"""Points that supports are measured from, for time."""

_ELSEWHERE_STEP = 61
"""Every how many-th point of the rest is kept: a prime, so that no image row is favoured."""


class Scan(NamedTuple):
    """One view, ready to be segmented.

    Attributes:
        image: The points near the supports, in ``map`` and in a virtual image.
        labels: Label per point; ``UNLABELLED`` for background and without a segmenter.
        labelled: Whether a segmenter gave labels.
        surfaces: The supports.
        on_surface: Which points lie on a support's top.
        at_border: Which points lie where the space above the supports ends: what is seen there
            reaches in from outside, like a robot's arm.
        background_map: Thinned points on furniture and floor, (Q, 3) [m], Q ≤ 1024.
    """

    image: ViewImage
    labels: NDArray[np.int64]
    labelled: bool
    surfaces: tuple[Surface, ...]
    on_surface: NDArray[np.bool_]
    at_border: NDArray[np.bool_]
    background_map: NDArray[np.float64]


def scan_view(
    view: CloudView,
    furniture: Sequence[SceneObject],
    names: Mapping[int, str],
    config: PerceptionConfig,
) -> Scan:
    """Prepares a view.

    Args:
        view: Sensor data and where it was taken from.
        furniture: Fixed objects that carry others; empty: tables are looked for.
        names: Object id per instance label; an empty id marks what is no object (the robot).
        config: Settings.

    Raises:
        PerceptionError: If the cloud cannot be used or does not show the supports.
    """
    limits = CloudLimits(config.max_points, config.max_range_m)
    cloud = check_cloud(view.cloud, limits)
    rotation = view.sensor_map.rotation().astype(np.float32)
    shift = np.array(view.sensor_map.position_m, np.float32)
    everywhere = cloud.points.astype(np.float32, copy=False) @ rotation.T + shift
    labels = _object_labels(cloud.labels, len(everywhere), furniture, names)
    some = slice(None, None, max(1, len(everywhere) // _SURFACE_POINTS))
    fixed = everywhere[some][labels[some] == UNLABELLED]
    surfaces = measure_surfaces(fixed, furniture or find_tables(fixed), config.max_support_error_m)
    owner = _owners(everywhere, surfaces, config.height_above_support_m)
    near = (owner >= 0) | (labels > UNLABELLED)
    sparse = slice(None, None, _ELSEWHERE_STEP)
    background = everywhere[sparse][~near[sparse]]
    points, labels, owner = everywhere[near].astype(np.float64), labels[near], owner[near]
    image = view_image(points, view.camera_map)
    for i, surface in enumerate(surfaces):
        points[owner == i] = level(points[owner == i], surface)
    on_surface = _on_surface(points, owner, surfaces, config.surface_band_m)
    return Scan(
        image._replace(points=points),
        labels,
        cloud.labels is not None,
        surfaces,
        on_surface,
        _at_border(points, owner, surfaces, config.height_above_support_m),
        _background(points[on_surface & (labels == UNLABELLED)], background),
    )


def _object_labels(
    labels: NDArray[np.integer] | None,
    count: int,
    furniture: Sequence[SceneObject],
    names: Mapping[int, str],
) -> NDArray[np.int64]:
    """Labels of movable objects; everything else is ``UNLABELLED``."""
    if labels is None:
        return np.full(count, UNLABELLED, np.int64)
    fixed = {'', *(item.object_id for item in furniture)}
    background = [label for label, name in names.items() if name in fixed]
    kept: NDArray[np.int64] = np.maximum(labels, UNLABELLED).astype(np.int64)
    for label in background:
        kept[kept == label] = UNLABELLED
    return kept


def _owners(
    points: NDArray[np.float32], surfaces: Sequence[Surface], height_m: float
) -> NDArray[np.int64]:
    """Which support each point is over, up to some height; −1: none."""
    owner = np.full(len(points), -1, np.int64)
    for i, surface in enumerate(surfaces):
        z = points[:, 2] - np.float32(surface.top_z_m)
        candidates = np.flatnonzero((z > -_BELOW_TOP_M) & (z < height_m))
        owner[candidates[over(points[candidates], surface, _OVERHANG_M)]] = i
    return owner


def _on_surface(
    points: NDArray[np.float64],
    owner: NDArray[np.int64],
    surfaces: Sequence[Surface],
    band_m: float,
) -> NDArray[np.bool_]:
    """Points at or below the top of the support they are over; not what hangs over its edge."""
    top = np.array([*(s.top_z_m for s in surfaces), -np.inf])[owner]
    low = points[:, 2] < top + band_m
    return low & (owner >= 0)


def _at_border(
    points: NDArray[np.float64],
    owner: NDArray[np.int64],
    surfaces: Sequence[Surface],
    height_m: float,
) -> NDArray[np.bool_]:
    """Points near the ceiling or the sides of the space above the support they are over."""
    border = np.zeros(len(points), np.bool_)
    for i, surface in enumerate(surfaces):
        own = np.flatnonzero(owner == i)
        height = points[own, 2] - surface.top_z_m
        high = height > height_m - _BORDER_M
        aside = ~over(points[own], surface, _OVERHANG_M - _BORDER_M) & (height > _BORDER_M)
        border[own] = high | aside
    return border


def _background(tops: NDArray[np.float64], elsewhere: NDArray[np.float32]) -> NDArray[np.float64]:
    """At most 1024 points, three quarters of them on the supports' tops."""
    wanted = (3 * _BACKGROUND_POINTS // 4, _BACKGROUND_POINTS // 4)
    both = (tops, elsewhere.astype(np.float64))
    parts = [
        points[np.linspace(0, len(points) - 1, min(n, len(points))).astype(np.int64)]
        for points, n in zip(both, wanted, strict=True)
        if len(points)
    ]
    return np.concatenate([np.zeros((0, 3)), *parts])
