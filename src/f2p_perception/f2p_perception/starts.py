# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where fits begin: rectangles round the seen points from above, and what sizes are usual."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.shapes import MAX_DIMENSIONS
from f2p_perception.config import PerceptionConfig

Array = NDArray[np.float64]

_ANGLES = 30
"""Turns that are tried for the smallest rectangle: every 3°."""

_TRIM = 0.02
"""Share of the points at each side that is taken for outliers."""

_BAR_DEPTH_M = 0.03
"""Slice below the highest points [m] in which a handle's bar is looked for."""

_BAR_ELONGATION = 4.0
"""A bar is at least this many times as long as wide."""


class Rectangles(NamedTuple):
    """Smallest rectangles round N sets of points seen from above.

    Attributes:
        xy_m: Centres, (N, 2) [m].
        yaw_rad: Direction of the first side, (N,) [rad] in [0, π/2).
        size_m: Lengths of both sides, (N, 2) [m].
        low_z_m, high_z_m: Range of heights, (N,) [m].
    """

    xy_m: Array
    yaw_rad: Array
    size_m: Array
    low_z_m: Array
    high_z_m: Array


class SizePrior(NamedTuple):
    """Usual dimensions of one kind of shape: mean and deviation, each (5,) [m]."""

    mean: Array
    sigma: Array


def rectangles(points: Array) -> Rectangles:
    """Returns the smallest rectangles round points (N, P, 3) [m] from above, outliers trimmed."""
    angle = np.arange(_ANGLES) * (np.pi / 2 / _ANGLES)
    c, s = np.cos(angle), np.sin(angle)
    axes = np.array([[c, s], [-s, c]])  # (side, coordinate, angle)
    along = np.einsum('npc,scj->nsjp', points[..., :2], axes)  # (N, side, angle, P)
    low, high = np.quantile(along, [_TRIM, 1 - _TRIM], axis=-1)
    best = np.argmin((high - low).prod(axis=1), axis=-1)
    n = np.arange(len(points))
    low, high = low[n, :, best], high[n, :, best]
    side = np.moveaxis(axes, 2, 0)[best]  # (N, side, 2)
    z_low, z_high = np.quantile(points[..., 2], [_TRIM, 1 - _TRIM], axis=-1)
    centre = np.einsum('ns,nsc->nc', (low + high) / 2, side)
    return Rectangles(centre, angle[best], high - low, z_low, z_high)


def bar_yaws(points: Array, high_z_m: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Looks for a bar on top of each set of points: the handle of a container.

    Args:
        points: (N, P, 3) [m].
        high_z_m: Height of the highest points, (N,) [m].

    Returns:
        The bars' directions (N,) [rad], and whether the topmost points are elongated at all.
    """
    on_top = points[..., 2] > (high_z_m - _BAR_DEPTH_M)[:, None]
    count = np.maximum(on_top.sum(axis=1), 1)
    xy = points[..., :2]
    mean = (xy * on_top[..., None]).sum(axis=1) / count[:, None]
    centred = (xy - mean[:, None]) * on_top[..., None]
    covariance = np.einsum('npi,npj->nij', centred, centred) / count[:, None, None]
    values, vectors = np.linalg.eigh(covariance)
    elongated = values[:, 1] > _BAR_ELONGATION**2 * np.maximum(values[:, 0], 1e-8)
    return np.arctan2(vectors[:, 1, 1], vectors[:, 0, 1]), elongated


def usual_sizes(kind: str, config: PerceptionConfig, large: bool | None = None) -> SizePrior:
    """Returns the prior of the dimensions of a shape of which nothing is known but its kind.

    Args:
        kind: Shape kind.
        config: Ranges of usual sizes.
        large: Whether it is of a container's size; ``None``: only an open box is.
    """
    wide = (config.container_width_min_m, config.container_width_max_m)
    high = (config.container_height_min_m, config.container_height_max_m)
    width = wide if large else (config.small_width_min_m, config.small_width_max_m)
    height = high if large else (config.small_height_min_m, config.small_height_max_m)
    radius = (width[0] / 2, width[1] / 2)
    wall = (config.container_wall_m, config.container_wall_m)
    handle = (config.container_handle_m * 0.6, config.container_handle_m * 1.4)
    ranges: dict[str, tuple[tuple[float, float], ...]] = {
        'box': (width, width, height),
        'cylinder': (radius, height),
        'sphere': (radius,),
        'cup': (radius, height, wall),
        'open_box': (wide, wide, high, wall, handle),
    }
    low, high_end = np.zeros(MAX_DIMENSIONS), np.zeros(MAX_DIMENSIONS)
    for i, (a, b) in enumerate(ranges[kind]):
        low[i], high_end[i] = a, b
    return SizePrior((low + high_end) / 2, np.maximum((high_end - low) / 2.5, 1e-3))
