# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What one view says about each segment: its points, and the space in front that is free.

The rays just outside a segment's outline passed beside the object, so they are free up to what
they hit; a ray that hit something nearer (an occluder) says nothing about the space behind it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from f2p_perception.fitting import Measurements
from f2p_perception.view_image import MARGIN_PX, ViewImage

_RING_PX = 2
"""Width [px] of the ring round an outline: rays that just pass the object."""

_RAYS = 40
"""Rays taken of the ring, spread evenly; more say the same."""

_BELOW_TOP_M = (0.002, 0.006, 0.012)
"""Depths below the top [m] at which a ray is probed: close by, where the edge is found."""

_MIDDLE = 0.5
"""Share of the height at which a ray is probed once more, for the sides."""

_OWN_RAYS = 30
"""Rays that ended on the object, probed just before their end."""

_IN_FRONT_M = 0.015
"""How far before its end [m] a ray was surely free: five deviations of depth."""

_CLEARANCE_M = 0.01
"""How far above what it hit [m] a ray must be to count as free."""


def gather(
    view: ViewImage,
    members: Sequence[NDArray[np.int64]],
    support_z_m: NDArray[np.float64],
    n_points: int,
) -> Measurements:
    """Collects what the view says about segments.

    Args:
        view: The points in their virtual image.
        members: Indices of the points of each of N segments; none empty.
        support_z_m: Height each segment's object rests at, (N,) [m].
        n_points: Points taken per segment; where it has fewer they repeat with lower weight.

    Returns:
        Measurements of N hypotheses, one per segment.
    """
    points, weight, free, free_weight = [], [], [], []
    for indices, support_z in zip(members, support_z_m.tolist(), strict=True):
        chosen = indices[np.linspace(0, len(indices) - 1, n_points).astype(np.int64)]
        own = view.points[chosen]
        points.append(own)
        weight.append(np.full(n_points, min(1.0, len(indices) / n_points)))
        top = float(np.quantile(own[:, 2], 0.95))
        beside, beside_weight = _beside(view, indices, support_z, top)
        front = _in_front(view.camera, own[:: max(1, n_points // _OWN_RAYS)][:_OWN_RAYS])
        free.append(np.concatenate([beside, front]))
        free_weight.append(np.concatenate([beside_weight, np.ones(len(front))]))
    return Measurements(
        np.stack(points), np.stack(weight), np.stack(free), np.stack(free_weight), support_z_m
    )


def take(measurements: Measurements, chosen: NDArray[np.int64]) -> Measurements:
    """Returns the measurements of chosen hypotheses, which may repeat."""
    return Measurements(*(array[chosen] for array in measurements))


def _beside(
    view: ViewImage, indices: NDArray[np.int64], support_z: float, top_z: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points on the rays round a segment's outline at some heights, and whether they are free."""
    hits = view.points[_ring(view, indices)]
    n = (len(_BELOW_TOP_M) + 1) * _RAYS
    if len(hits) == 0:
        return np.zeros((n, 3)), np.zeros(n)
    hits = hits[np.linspace(0, len(hits) - 1, _RAYS).astype(np.int64)]
    middle = support_z + _MIDDLE * (top_z - support_z)
    z = np.array([*(top_z - below for below in _BELOW_TOP_M), middle])[:, None]
    towards = hits - view.camera
    share = (z - view.camera[2]) / np.where(np.abs(towards[:, 2]) > 1e-6, towards[:, 2], 1e-6)
    points = view.camera + share[..., None] * towards
    free = (share > 0) & (z > hits[:, 2] + _CLEARANCE_M) & (view.camera[2] > z)
    return points.reshape(n, 3), free.reshape(n).astype(np.float64)


def _ring(view: ViewImage, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the points just outside the outline of a segment."""
    row, column = view.row[indices], view.column[indices]
    r0, c0 = row.min() - MARGIN_PX, column.min() - MARGIN_PX
    shape = (row.max() + MARGIN_PX + 1 - r0, column.max() + MARGIN_PX + 1 - c0)
    mask = np.zeros(shape, np.bool_)
    mask[row - r0, column - c0] = True
    filled = ndimage.binary_closing(mask)
    ring = ndimage.binary_dilation(filled, iterations=_RING_PX) & ~filled
    found = view.point_at[r0 : r0 + shape[0], c0 : c0 + shape[1]][ring]
    hit: NDArray[np.int64] = found[found >= 0]
    return hit


def _in_front(camera: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points a little nearer to the camera than seen ones: they were looked through."""
    towards = points - camera
    length = np.linalg.norm(towards, axis=-1, keepdims=True)
    nearer: NDArray[np.float64] = points - _IN_FRONT_M * towards / length
    return nearer
