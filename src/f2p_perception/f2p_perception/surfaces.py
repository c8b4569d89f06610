# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Support surfaces: found as planes in the cloud, checked against the furniture that is known.

``map`` is gravity-aligned, so a support is a peak in the heights of the points; least squares over
the points near it then give height and tilt. (Open3D's RANSAC would do without gravity, but does
not repeat: the same cloud and seed give planes that differ by millimetres.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.geometry.shapes import Table
from f2p_core.pose import upright_pose
from f2p_core.scene import SceneObject
from f2p_perception.errors import PerceptionCode, PerceptionError
from f2p_perception.open3d_loader import open3d

Points = NDArray[np.floating]

_BANDS_M = (0.02, 0.012, 0.008, 0.006, 0.006)
"""Half widths [m] of the slab in which a plane is fitted, from coarse to the noise."""

_HEIGHT_STEP_M = 0.004
"""Bins of the histogram of heights [m]: about the noise."""

_PLANE_POINTS = 8000
"""Points a plane is fitted to, for time."""

_MIN_PLANE_POINTS = 300
"""Fewer points make no support."""

_MAX_TILT_RAD = 0.05
"""A support is level up to this [rad]: what leans more lets objects slide or is no table."""

_MAX_SURFACES = 8
"""Planes that are looked for at most, so that the search ends."""

_MIN_SURFACE_WIDTH_M = 0.2
"""Narrower planes [m] are no tables."""

_FLOOR_CLEARANCE_M = 0.2
"""Lower points [m] are the floor or lie on it."""

_CELL_M = 0.03
"""Cells of the raster that tells whether a plane is filled [m]: holes are what hides it."""

_MIN_COVERED = 0.5
"""Least share of filled cells; a frame or two islands are no table."""


class Surface(NamedTuple):
    """A horizontal support surface.

    Attributes:
        furniture: The piece of furniture it is the top of.
        top_z_m: Its configured height in ``map`` [m].
        offset: Measured height above the configured one at (x, y): offset · (x, y, 1) [m].
        measured: Whether the cloud shows it; if not, the offset is 0.
    """

    furniture: SceneObject
    top_z_m: float
    offset: tuple[float, float, float]
    measured: bool


def measure_surfaces(
    points_map: Points, furniture: Sequence[SceneObject], max_error_m: float
) -> tuple[Surface, ...]:
    """Finds the tops of known furniture in a cloud.

    Args:
        points_map: Points in ``map``, (P, 3) [m].
        furniture: Fixed objects that carry others on their top.
        max_error_m: Largest difference in height taken for calibration error [m].

    Returns:
        One surface per piece of furniture, in order.

    Raises:
        PerceptionError: If the cloud shows a plane over a piece of furniture, but at the wrong
            height or tilted, or shows none of the furniture: the usual cause is a wrong transform.
    """
    surfaces = tuple(_measure(points_map, item, max_error_m) for item in furniture)
    if not any(s.measured for s in surfaces):
        names = ', '.join(f.object_id for f in furniture)
        raise PerceptionError(
            PerceptionCode.NO_SUPPORT,
            f'no support surface of {names} within {max_error_m:g} m of its place in map; check '
            'the transform of the sensor and the configured furniture',
        )
    return surfaces


def find_tables(points_map: Points) -> tuple[SceneObject, ...]:
    """Finds unknown tables: horizontal planes well above the floor, extruded down to it.

    Args:
        points_map: Points in the gravity-aligned frame ``map``, floor at z = 0, (P, 3) [m].

    Returns:
        Fixed tables ``table_1``, ``table_2``, … by falling number of points, sides along x and y.

    Raises:
        PerceptionError: If there is none.
    """
    left = _thin(points_map[points_map[:, 2] > _FLOOR_CLEARANCE_M], 4 * _PLANE_POINTS)
    found: list[SceneObject] = []
    for _ in range(_MAX_SURFACES):
        if len(left) < _MIN_PLANE_POINTS:
            break
        plane, on_plane = _plane(left)
        islands = _islands(left[on_plane]) if _tilt(plane) < _MAX_TILT_RAD else []
        for island in islands:
            table = _table(f'table_{len(found) + 1}', island)
            found += [table] if table is not None else []
        left = left[np.abs(left[:, 2] - np.median(left[on_plane, 2])) > _BANDS_M[0]]
    if not found:
        raise PerceptionError(
            PerceptionCode.NO_SUPPORT,
            'no horizontal surface above the floor in the cloud; check the sensor transform',
        )
    return tuple(found)


def level(points_map: Points, surface: Surface) -> Points:
    """Returns points (P, 3) with a surface's measured offset taken off their height [m]."""
    a, b, c = surface.offset
    levelled = points_map.copy()
    levelled[:, 2] -= a * points_map[:, 0] + b * points_map[:, 1] + c
    return levelled


def over(points_map: Points, surface: Surface, margin_m: float) -> NDArray[np.bool_]:
    """Returns which points (P, 3) lie over or under a piece of furniture seen from above, (P,)."""
    pose, half = surface.furniture.pose_map, _half(surface.furniture)
    c, s = np.cos(pose.yaw_rad), np.sin(pose.yaw_rad)
    x, y = points_map[:, 0] - pose.position_m[0], points_map[:, 1] - pose.position_m[1]
    inside: NDArray[np.bool_] = np.abs(c * x + s * y) <= half[0] + margin_m
    inside &= np.abs(c * y - s * x) <= half[1] + margin_m
    return inside


def _half(item: SceneObject) -> NDArray[np.float64]:
    dimensions = np.array(dimensions_of(item.shape))
    half: NDArray[np.float64] = body_half_extents(item.shape.kind, dimensions)
    return half


def _measure(points_map: Points, item: SceneObject, max_error_m: float) -> Surface:
    top = item.pose_map.position_m[2] + float(_half(item)[2])
    unmeasured = Surface(item, top, (0.0, 0.0, 0.0), measured=False)
    near = over(points_map, unmeasured, 0.0) & (np.abs(points_map[:, 2] - top) < 2 * max_error_m)
    if near.sum() < _MIN_PLANE_POINTS:
        return unmeasured
    plane, on_plane = _plane(_thin(points_map[near], _PLANE_POINTS))
    if on_plane.sum() < _MIN_PLANE_POINTS:
        return unmeasured
    a, b, c = -plane[0] / plane[2], -plane[1] / plane[2], -plane[3] / plane[2]
    x, y, _ = item.pose_map.position_m
    error = a * x + b * y + c - top
    if abs(error) > max_error_m or _tilt(plane) > _MAX_TILT_RAD:
        raise PerceptionError(
            PerceptionCode.NO_SUPPORT,
            f'the top of {item.object_id} was seen {error:+.3f} m from its height {top:.3f} m, '
            f'tilted by {np.degrees(_tilt(plane)):.1f} deg; check the transform of the sensor and '
            'the configured furniture',
        )
    return Surface(item, top, (a, b, c - top), measured=True)


def _plane(points: Points) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The nearly horizontal plane (a, b, c, d), unit normal up, through most points, and these."""
    z = points[:, 2].astype(np.float64)
    bins = np.floor((z - z.min()) / _HEIGHT_STEP_M).astype(np.int64)
    count = np.bincount(bins)
    both = count + np.append(count[1:], 0)  # a plane may lie on the edge of a bin
    height = z.min() + (both.argmax() + 1) * _HEIGHT_STEP_M
    plane = np.array([0.0, 0.0, 1.0, -height])
    for band in _BANDS_M:
        near = np.abs(points @ plane[:3] + plane[3]) < band
        centre = points[near].mean(axis=0, dtype=np.float64)
        centred = points[near] - centre
        normal = np.linalg.eigh(centred.T @ centred)[1][:, 0]
        normal = normal * (1.0 if normal[2] >= 0 else -1.0)
        plane = np.array([*normal, -normal @ centre])
    return plane, np.abs(points @ plane[:3] + plane[3]) < _BANDS_M[-1]


def _tilt(plane: NDArray[np.float64]) -> float:
    return float(np.arccos(np.clip(plane[2], -1.0, 1.0)))


def _islands(points: Points) -> list[Points]:
    """Splits the points of one plane into the tables that share its height."""
    labels = np.asarray(_open3d_cloud(points).cluster_dbscan(eps=0.06, min_points=6))
    sizes = np.bincount(labels + 1)[1:]
    return [points[labels == i] for i in np.argsort(-sizes) if sizes[i] >= _MIN_PLANE_POINTS]


def _table(object_id: str, points: Points) -> SceneObject | None:
    low, high = np.percentile(points[:, :2], [0.5, 99.5], axis=0)
    height = float(np.median(points[:, 2]))
    size = (high - low).tolist()
    if min(size) < _MIN_SURFACE_WIDTH_M or _covered(points, low, high) < _MIN_COVERED:
        return None
    centre = ((low + high) / 2).tolist()
    return SceneObject(
        object_id=object_id,
        shape=Table(size_m=(size[0], size[1], height)),
        pose_map=upright_pose(centre[0], centre[1], height / 2),
        fixed=True,
    )


def _covered(points: Points, low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """Share of a rectangle seen from above that holds points: little for a container's rim."""
    cells = np.maximum(((high - low) / _CELL_M).astype(np.int64), 1)
    place = (points[:, :2] - low) / (high - low) * cells
    place = np.clip(place.astype(np.int64), 0, cells - 1)
    hit = np.zeros(cells, np.bool_)
    hit[place[:, 0], place[:, 1]] = True
    return float(hit.mean())


def _thin(points: Points, n: int) -> Points:
    return points if len(points) <= n else points[np.linspace(0, len(points) - 1, n).astype(int)]


def _open3d_cloud(points: Points) -> Any:
    o3d = open3d()
    return o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points.astype(np.float64)))
