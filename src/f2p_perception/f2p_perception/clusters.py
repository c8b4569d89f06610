# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Groups points that lie near each other: Open3D's voxel grid and DBSCAN."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from f2p_perception.open3d_loader import open3d

_BRIDGE_M = 0.03
"""Gap [m] that parts of one object may have: wider than a handle's shadow."""

_CORE_POINTS = 4
"""Points within the gap that make one the core of a cluster; fewer are strays."""

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def cluster(points: Floats, gap_m: float, voxel_m: float, min_points: int) -> list[Indices]:
    """Splits points into groups that are farther than a gap apart.

    Args:
        points: (P, 3) [m].
        gap_m: Points nearer than this belong together [m].
        voxel_m: Grid the points are thinned to before [m].
        min_points: Groups with fewer of the given points are dropped.

    Returns:
        Indices of the points of each group, large groups first.
    """
    if len(points) < min_points:
        return []
    low, high = points.min(axis=0) - voxel_m, points.max(axis=0) + voxel_m
    thinned, _, traced = _cloud(points).voxel_down_sample_and_trace(voxel_m, low, high)
    groups = np.asarray(thinned.cluster_dbscan(eps=gap_m, min_points=_CORE_POINTS))
    label = np.full(len(points), -1, np.int64)
    sizes = [len(t) for t in traced]
    label[np.concatenate([np.asarray(t) for t in traced])] = np.repeat(groups, sizes)
    count = np.bincount(label + 1, minlength=1)[1:]
    order = np.argsort(-count, kind='stable')
    return [np.flatnonzero(label == g) for g in order.tolist() if count[g] >= min_points]


def largest_cluster(points: Floats) -> Indices:
    """Returns the indices of the main body of one segment; stray points elsewhere are left out.

    The gap is wide enough to keep the parts of an object together that a handle in front of it
    divides.

    Args:
        points: Points of one segment, (P, 3) [m], P ≥ 1.
    """
    groups = np.asarray(_cloud(points).cluster_dbscan(eps=_BRIDGE_M, min_points=_CORE_POINTS))
    if groups.max(initial=-1) < 0:
        return np.arange(len(points))
    return np.flatnonzero(groups == np.bincount(groups[groups >= 0]).argmax())


def _cloud(points: Floats) -> Any:
    o3d = open3d()
    return o3d.geometry.PointCloud(o3d.utility.Vector3dVector(np.ascontiguousarray(points)))
