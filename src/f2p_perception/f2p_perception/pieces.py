# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Joins and parts groups of points by the usual size of one object."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from f2p_perception.config import PerceptionConfig
from f2p_perception.starts import rectangles

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_TOLERANCE = 1.15
"""How much wider than the widest single object an outline may be: noise at both ends."""

_ROUNDS = 12
"""Iterations of Lloyd's algorithm; a handful of parts settles in fewer."""

_MAX_PARTS = 4
"""No heap is divided into more; such a one is not understood."""


def joined(points: Floats, pieces: Sequence[Indices], config: PerceptionConfig) -> list[Indices]:
    """Joins pieces, nearest first, while what comes out is no larger than one usual object.

    Args:
        points: All points, (P, 3) [m].
        pieces: Indices of the points of each piece.
        config: Usual sizes.
    """
    left = list(pieces)
    limit = _TOLERANCE * config.small_width_max_m
    while (pair := _nearest_pair(points, left, limit)) is not None:
        union = np.concatenate([left[i] for i in pair])
        left = [p for k, p in enumerate(left) if k not in pair] + [union]
    return left


def parted(points: Floats, piece: Indices, config: PerceptionConfig) -> list[Indices]:
    """Parts a piece that is too large for one object into as many as make the usual width.

    Objects in touch are parted where their middles seen from above are nearest: Lloyd's method,
    begun along the longer side. Where up to four parts are still too large, the piece is one
    object of unusual size.

    Args:
        points: All points, (P, 3) [m].
        piece: Indices of the points of the piece.
        config: Usual sizes.
    """
    own = points[piece]
    limit = _TOLERANCE * config.small_width_max_m
    outline = rectangles(own[None])
    if outline.size_m.max() < limit or outline.size_m.max() > _MAX_PARTS * limit:
        return [piece]
    usual = (config.small_width_min_m + config.small_width_max_m) / 2
    likely = max(2, round(float(outline.size_m.max()) / usual))
    for count in range(likely, _MAX_PARTS + 1):
        part = _lloyd(own[:, :2], outline.yaw_rad[0], outline.size_m[0], count)
        groups = [np.flatnonzero(part == k) for k in range(count)]
        if all(
            len(g) >= config.min_seen_points and rectangles(own[g][None]).size_m.max() < limit
            for g in groups
        ):
            return [piece[g] for g in groups]
    return [piece]


def _nearest_pair(
    points: Floats, pieces: Sequence[Indices], limit_m: float
) -> tuple[int, int] | None:
    """The two nearest pieces whose union fits into a square of the limit, if any."""
    if len(pieces) < 2:
        return None
    middle = np.array([points[p][:, :2].mean(axis=0) for p in pieces])
    apart = np.linalg.norm(middle[:, None] - middle[None], axis=-1)
    pairs = np.argwhere(np.triu(apart < limit_m, k=1))
    for i, j in pairs[np.argsort(apart[pairs[:, 0], pairs[:, 1]])].tolist():
        union = points[np.concatenate([pieces[i], pieces[j]])]
        if rectangles(union[None]).size_m.max() < limit_m:
            return i, j
    return None


def _lloyd(xy: Floats, yaw_rad: float, size_m: Floats, count: int) -> Indices:
    """Part of each point (P, 2) after Lloyd's iterations from centres along the longer side."""
    along = yaw_rad + (np.pi / 2 if size_m[1] > size_m[0] else 0.0)
    direction = np.array([np.cos(along), np.sin(along)])
    steps = (np.arange(count) + 0.5) / count - 0.5
    centres = xy.mean(axis=0) + steps[:, None] * size_m.max() * direction
    for _ in range(_ROUNDS):
        part = np.argmin(np.linalg.norm(xy[:, None] - centres[None], axis=-1), axis=1)
        centres = np.array(
            [xy[part == k].mean(axis=0) if (part == k).any() else centres[k] for k in range(count)]
        )
    result: Indices = part
    return result
