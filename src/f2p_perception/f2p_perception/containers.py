# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Open boxes in a cloud: found among their content, and where their rim is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.distance import signed_distance
from f2p_core.geometry.shapes import HANDLE_BAR_HALF_M
from f2p_perception.clusters import cluster
from f2p_perception.config import PerceptionConfig
from f2p_perception.measurements import gather
from f2p_perception.real2sim import fit_primitives, Knowledge, LARGE_KINDS, Primitive
from f2p_perception.scan import Scan
from f2p_perception.standing import heap_of, on_furniture
from f2p_perception.starts import rectangles, usual_sizes

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

WALL_SIGMAS = 2.7
"""Points nearer to a container's surface than this many deviations of depth belong to it."""

_FIT_POINTS = 320
"""Points a box is fitted to; more cost time, and the walls need some each."""

_MIN_SHARE = 0.3
"""Least share of a group's points on the walls; the content may be most of the rest."""

_LOOSE_GAP_M = 0.03
"""Gap [m] between walls that are seen apart, with content between them."""

_LOOSE_VOXEL_M = 0.008
"""Grid [m] that points are thinned to before: below the gap, for speed."""

_AROUND_M = 0.025
"""What lies this far [m] aside still belongs to a box: handle, edge noise."""

_FEW = 0.01
"""Share of the rim's points that are taken for outliers at either end."""

_STILL_THERE_MISFIT = 0.8
"""Misfit, in squared deviations per point, below which a known box still stands."""

_RIM_BAND_M = 0.012
"""Thickness [m] of the slice of points that counts as the rim."""

_INNER_BAND_M = 0.004
"""Points this near [m] to the inner side of a wall are the wall's, not content."""

_WALL_BAND_M = 0.008
"""Points this near [m] to the middle of a wall are the wall's: wall and noise."""

_RIM_QUANTILE = 0.97
"""Height of the rim among the wall's points; the topmost few are noise."""

_MIN_RIM_POINTS = 20
"""Fewer points say nothing of a rim; the box stays as it was fitted."""

_HANDLE_CLEARANCE_M = 4 * HANDLE_BAR_HALF_M
"""Ends of the long walls [m] that are left out, since the handle stands there."""


def find_containers(
    scan: Scan, indices: Indices, config: PerceptionConfig, last: Sequence[Primitive] = ()
) -> list[Primitive]:
    """Finds open boxes among points.

    Walls may be seen apart from each other, with content between them: groups are formed over
    gaps of 3 cm, and a box that explains one is fitted once more to its own points.

    Args:
        scan: The view.
        indices: Points above the supports.
        config: Settings.
        last: Boxes seen before; where one still stands the search is spared.

    Returns:
        The fitted open boxes.
    """
    points = scan.image.points
    taken = np.zeros(len(points), np.bool_)
    found: list[Primitive] = []

    def take(box: Primitive) -> None:
        found.append(box)
        taken[indices[_around(box, points[indices])]] = True

    for box in last:
        again = _refitted(scan, indices, box, config)
        if again is not None and again.misfit < _STILL_THERE_MISFIT:
            take(again)
    left = indices[~taken[indices]]
    for group in cluster(points[left], _LOOSE_GAP_M, _LOOSE_VOXEL_M, config.min_seen_points):
        rest = left[group]
        rest = rest[~taken[rest]]
        first = _container(scan, rest, config) if len(rest) > _MIN_RIM_POINTS else None
        if first is not None:
            take(_refitted(scan, indices, first, config) or first)
    return found


def distance_to(box: Primitive, points_map: Array) -> Array:
    """Returns the distances of points (P, 3) [m] in ``map`` to a primitive's surface, (P,) [m]."""
    local = (points_map - box.position_m) @ box.rotation
    distance: Array = np.abs(signed_distance(box.kind, box.dimensions, local))
    return distance


def refine_rim(box: Primitive, points_map: Array) -> Primitive:
    """Returns a fitted open box with its height taken from the upper ends of its long walls.

    Thin walls tell the fit little about where they end: the ring of free space round the outline
    ends at the handle and the far wall. The walls along x carry no handle, so their topmost points
    are the rim. The bar stays where it is.

    Args:
        box: A fitted open box.
        points_map: All its points, (P, 3) [m] in ``map``.
    """
    local = (points_map - box.position_m) @ box.rotation
    half = box.dimensions[:3] / 2
    on_wall = np.abs(np.abs(local[:, 1]) - half[1] + box.dimensions[3] / 2) < _WALL_BAND_M
    on_wall &= np.abs(local[:, 0]) < half[0] - _HANDLE_CLEARANCE_M
    on_wall &= local[:, 2] < half[2] + box.dimensions[4] / 2
    if on_wall.sum() < _MIN_RIM_POINTS:
        return box
    grown = float(np.quantile(local[on_wall, 2], _RIM_QUANTILE)) - half[2]
    dimensions = box.dimensions.copy()
    dimensions[2] += grown
    dimensions[4] = max(dimensions[4] - grown, 0.0)
    position = box.position_m + np.array([0.0, 0.0, grown / 2])
    return box._replace(position_m=position, dimensions=dimensions)


def _around(box: Primitive, points_map: Array) -> NDArray[np.bool_]:
    """Which points (P, 3) are in, on, over or close to a box, (P,)."""
    local = (points_map - box.position_m) @ box.rotation
    inside: NDArray[np.bool_] = np.all(
        np.abs(local[:, :2]) < box.dimensions[:2] / 2 + _AROUND_M, axis=1
    )
    return inside


def _container(scan: Scan, group: Indices, config: PerceptionConfig) -> Primitive | None:
    """The open box that explains a group of points, if one does."""
    points = scan.image.points[group]
    if rectangles(points[None]).size_m[0].min() < config.container_width_min_m:
        return None
    support = on_furniture(heap_of([points]), scan.surfaces)
    measurements = gather(scan.image, [group], support, _FIT_POINTS)
    known = Knowledge({kind: usual_sizes(kind, config, large=True) for kind in LARGE_KINDS})
    candidates = fit_primitives(measurements, [known], config)[0]
    if candidates['open_box'].cost > candidates['box'].cost:
        return None
    box = refine_rim(candidates['open_box'], points)
    explained = distance_to(box, points) < WALL_SIGMAS * config.depth_sigma_m
    return box if explained.mean() > _MIN_SHARE else None


def _refitted(
    scan: Scan, indices: Indices, box: Primitive, config: PerceptionConfig
) -> Primitive | None:
    """The box fitted again to its own points, begun at the outline of its rim, if there is one.

    Content is left out: seen from above a wall may be but its rim, which content outweighs.
    """
    points = scan.image.points[indices]
    local = (points - box.position_m) @ box.rotation
    half = box.dimensions[:3] / 2
    around = _around(box, points)
    at_rim = around & (np.abs(local[:, 2] - half[2] + _RIM_BAND_M / 2) < _RIM_BAND_M)
    if at_rim.sum() < _MIN_RIM_POINTS:
        return None
    low, high = np.quantile(local[at_rim, :2], [_FEW, 1 - _FEW], axis=0)
    middle = (low + high) / 2
    inner = (high - low) / 2 - box.dimensions[3] - _INNER_BAND_M
    within = (np.abs(local[:, :2] - middle) < inner).all(axis=1) & (local[:, 2] < half[2])
    own = indices[around & ~within]
    start = box._replace(
        position_m=box.position_m + box.rotation @ np.array([*middle, 0.0]),
        dimensions=np.array([*(high - low), *box.dimensions[2:]]),
    )
    measurements = gather(scan.image, [own], np.array([box.position_m[2] - half[2]]), _FIT_POINTS)
    known = Knowledge({'open_box': usual_sizes('open_box', config, large=True)}, start)
    again = fit_primitives(measurements, [known], config)[0]['open_box']
    return refine_rim(again, scan.image.points[own])
