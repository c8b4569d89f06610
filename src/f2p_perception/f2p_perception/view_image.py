# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Points sorted into a virtual image seen from the camera, whatever cloud they came from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.pose import Pose

MARGIN_PX = 3
"""Empty pixels round the virtual image."""

_USUAL_SPACING = 1 / 400
"""Angle between neighbouring points (its tangent) where it cannot be measured: 640 px over 77°."""

_SPACING_LIMITS = (1 / 1500, 1 / 200)
"""Angles between neighbouring points (tangents) that an image may have."""

_ROUNDING = 0.25  # keeps both whole and half pixel coordinates off the edges between pixels
_NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
_SOLID_M = 0.012
_SOLID_NEIGHBOURS = 3


class ViewImage(NamedTuple):
    """Points sorted into a virtual image.

    Attributes:
        points: (P, 3) [m] in ``map``.
        camera_map: Pose of the camera's optical frame in ``map``.
        row, column: Virtual pixel of each point, (P,).
        point_at: Point in each pixel, (H, W); −1: none.
        spacing: Tangent of the angle between neighbouring pixels.
        origin: Virtual pixel (row, column) of the optical axis.
    """

    points: NDArray[np.float64]
    camera_map: Pose
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    point_at: NDArray[np.int64]
    spacing: float
    origin: tuple[int, int]

    @property
    def camera(self) -> NDArray[np.float64]:
        """Position of the camera, (3,) [m] in ``map``."""
        return np.asarray(self.camera_map.position_m)


def view_image(points_map: NDArray[np.float64], camera_map: Pose) -> ViewImage:
    """Sorts points (P, 3) [m] in ``map`` into a virtual image as dense as they are."""
    x, y, _ = _projected(points_map, camera_map)
    spacing = _spacing(x, y)
    row, column = _pixel(y, spacing), _pixel(x, spacing)
    origin = (int(MARGIN_PX - row.min(initial=0)), int(MARGIN_PX - column.min(initial=0)))
    row, column = row + origin[0], column + origin[1]
    size = (row.max(initial=0) + MARGIN_PX + 1, column.max(initial=0) + MARGIN_PX + 1)
    point_at = np.full(size, -1, np.int64)
    point_at[row, column] = np.arange(len(row))
    return ViewImage(points_map, camera_map, row, column, point_at, spacing, origin)


def seen_through(
    view: ViewImage, places: NDArray[np.float64], beyond_m: float
) -> NDArray[np.bool_]:
    """Returns whether the camera looked through places (N, 3) [m] and saw what lies behind, (N,).

    Args:
        view: The points in their virtual image.
        places: Positions in ``map``.
        beyond_m: Only points farther behind a place than this count [m].
    """
    x, y, depth = _projected(places, view.camera_map)
    row = np.clip(_pixel(y, view.spacing) + view.origin[0], 0, view.point_at.shape[0] - 1)
    column = np.clip(_pixel(x, view.spacing) + view.origin[1], 0, view.point_at.shape[1] - 1)
    hit = view.point_at[row, column]
    reached = view.camera_map.to_child(view.points[hit])[:, 2]
    through: NDArray[np.bool_] = (hit >= 0) & (reached > depth + beyond_m)
    return through


def on_solid_ground(view: ViewImage, indices: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Returns which points have neighbours in the image that are near them in space too, (n,).

    A pixel that straddles an edge mixes the depths of both sides: its point hangs in the air.
    """
    row, column, points = view.row[indices], view.column[indices], view.points[indices]
    near = np.zeros(len(indices), np.int64)
    for r, c in _NEIGHBOURS:
        other = view.point_at[row + r, column + c]
        apart = np.abs(view.points[other] - points).max(axis=1)
        near += (other >= 0) & (apart < _SOLID_M)
    solid: NDArray[np.bool_] = near >= _SOLID_NEIGHBOURS
    return solid


def _projected(
    points: NDArray[np.float64], camera_map: Pose
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Tangents of the angles right and down of the optical axis, and depth [m]."""
    local = camera_map.to_child(points)
    depth = np.maximum(local[:, 2], 1e-6)
    return local[:, 0] / depth, local[:, 1] / depth, depth


def _pixel(tangent: NDArray[np.float64], spacing: float) -> NDArray[np.int64]:
    pixel: NDArray[np.int64] = np.floor(tangent / spacing + _ROUNDING).astype(np.int64)
    return pixel


def _spacing(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Usual angle between consecutive points: neighbours in an image; else a usual value."""
    if len(x) < 2:
        return _USUAL_SPACING
    spacing = float(np.median(np.hypot(np.diff(x), np.diff(y))))
    low, high = _SPACING_LIMITS
    return spacing if low < spacing < high else _USUAL_SPACING
