# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Segments of a view without labels: by distance, by what is a container's, and by usual sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from f2p_perception.clusters import cluster
from f2p_perception.config import PerceptionConfig
from f2p_perception.containers import distance_to, find_containers, WALL_SIGMAS
from f2p_perception.pieces import joined, parted
from f2p_perception.real2sim import Primitive
from f2p_perception.scan import Scan
from f2p_perception.view_image import on_solid_ground

Indices = NDArray[np.int64]

_CRUMB_SIGMAS = 3.0
"""Pieces nearer than this many deviations to a container's walls are crumbs of them."""

_BORDER_POINTS = 5
"""Segments with as many points at the border are cut off and left out."""


def segment(
    scan: Scan, config: PerceptionConfig, last_boxes: Sequence[Primitive] = ()
) -> list[Indices]:
    """Splits the points above the supports into objects.

    What reaches in from outside the space above the supports, like a robot's arm and whatever it
    holds, is left out. Clusters as wide as a container are fitted with one; what its walls, floor
    and handle do not explain is clustered anew: its content, and what touches it from outside.
    Pieces that together are no larger than one usual object are joined, for a handle in front of
    an object divides it; pieces larger than that are parted.

    Args:
        scan: The view; its labels are not looked at.
        config: Settings.
        last_boxes: Containers seen before, where they were.

    Returns:
        Point indices of each segment.
    """
    above = np.flatnonzero(~scan.on_surface)
    above = above[on_solid_ground(scan.image, above)]
    groups = _clusters(scan, above, config)
    groups = [g for g in groups if scan.at_border[g].sum() < _BORDER_POINTS]
    standing = np.concatenate([above[:0], *groups])
    boxes = find_containers(scan, standing, config, last_boxes)
    shells, rest = _shells(scan, standing, boxes, config)
    points = scan.image.points
    whole = joined(points, rest, config)
    pieces = [part for piece in whole for part in parted(points, piece, config)]
    return [p for p in (*shells, *pieces) if len(p) >= config.min_seen_points]


def _shells(
    scan: Scan, indices: Indices, boxes: Sequence[Primitive], config: PerceptionConfig
) -> tuple[list[Indices], list[Indices]]:
    """Points of the walls, floor and handle of each box, and the pieces the others fall into."""
    if not boxes:
        return [], _clusters(scan, indices, config)
    nearest, distance = _nearest(scan, indices, boxes)
    of_box = distance < WALL_SIGMAS * config.depth_sigma_m
    shells = [indices[of_box & (nearest == i)] for i in range(len(boxes))]
    pieces: list[Indices] = []
    for piece in _clusters(scan, indices[~of_box], config):
        owner, distance = _nearest(scan, piece, boxes)
        if np.median(distance) > _CRUMB_SIGMAS * config.depth_sigma_m:
            pieces.append(piece)
        else:
            shells[owner[0]] = np.concatenate([shells[owner[0]], piece])
    return shells, pieces


def _nearest(
    scan: Scan, indices: Indices, boxes: Sequence[Primitive]
) -> tuple[Indices, NDArray[np.float64]]:
    """The box whose surface is nearest to each point, and its distance [m]."""
    distance = np.stack([distance_to(box, scan.image.points[indices]) for box in boxes])
    return np.argmin(distance, axis=0), distance.min(axis=0)


def _clusters(scan: Scan, indices: Indices, config: PerceptionConfig) -> list[Indices]:
    groups = cluster(
        scan.image.points[indices], config.cluster_gap_m, config.voxel_m, config.min_piece_points
    )
    return [indices[g] for g in groups]
