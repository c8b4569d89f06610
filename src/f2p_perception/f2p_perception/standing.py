# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What each segment stands on: a table, the floor of a container, another object, the ground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.parts import body_half_extents
from f2p_core.geometry.shapes import SHAPES
from f2p_perception.real2sim import Primitive
from f2p_perception.surfaces import over, Surface

Array = NDArray[np.float64]

_TRIM = 0.03
"""Share of a segment's points above and below its height that are taken for noise."""

_ABOVE_RIM_M = 0.03
"""What begins at most this far above a rim [m] stands in the container."""

_STACK_TOLERANCE_M = 0.015
"""How far apart [m] the lowest points of one and the top of another may be."""

_STACK_MIN_M = 0.025
"""Segments that begin lower than this over their support [m] stand on it."""


class Heap(NamedTuple):
    """N segments seen from the side: where they are and between which heights.

    Attributes:
        xy_m: Median of the points, (N, 2) [m].
        low_z_m, high_z_m: Range of heights, outliers trimmed, (N,) [m].
        radius_m: Median distance of the points from ``xy_m``, (N,) [m].
    """

    xy_m: Array
    low_z_m: Array
    high_z_m: Array
    radius_m: Array


def heap_of(segments: Sequence[Array]) -> Heap:
    """Summarises segments, each (P, 3) [m] in ``map``, none empty."""
    xy = np.array([np.median(s[:, :2], axis=0) for s in segments]).reshape(-1, 2)
    z = np.array([np.quantile(s[:, 2], [_TRIM, 1 - _TRIM]) for s in segments]).reshape(-1, 2)
    radius = [
        float(np.median(np.linalg.norm(s[:, :2] - c, axis=1)))
        for s, c in zip(segments, xy, strict=True)
    ]
    return Heap(xy, z[:, 0], z[:, 1], np.array(radius))


def on_furniture(heap: Heap, surfaces: Sequence[Surface]) -> Array:
    """Returns the height of the furniture under each segment, (N,) [m]; 0: the ground."""
    z = np.zeros(len(heap.xy_m))
    points = np.concatenate([heap.xy_m, z[:, None]], axis=1)
    for surface in surfaces:
        # A thing that leans over a table's edge has its median beside the table.
        z = np.where(over(points, surface, 0.02), np.maximum(z, surface.top_z_m), z)
    return z


def in_containers(heap: Heap, containers: Sequence[Primitive], below_m: Array) -> Array:
    """Returns the supports with the floor of the container a segment lies in, (N,) [m].

    Args:
        heap: The segments.
        containers: Fitted primitives; those that are no containers are skipped.
        below_m: The supports known so far, (N,) [m].
    """
    z = below_m.copy()
    for container in containers:
        definition = SHAPES[container.kind]
        if not definition.hollow:
            continue
        half = body_half_extents(container.kind, container.dimensions)
        local = (heap.xy_m - container.position_m[:2]) @ container.rotation[:2, :2]
        wall = definition.wall_m(container.dimensions)
        rim = container.position_m[2] + half[2]
        within = (np.abs(local) < half[:2]).all(axis=1) & (heap.low_z_m < rim + _ABOVE_RIM_M)
        z = np.where(within, np.maximum(z, container.position_m[2] - half[2] + wall), z)
    return z


def on_each_other(heap: Heap, below_m: Array) -> Array:
    """Returns the supports with the tops of the segments others are stacked on, (N,) [m].

    A segment is stacked on another where its lowest points are clearly above its support, at the
    height of the other's top, and its middle is over the other.
    """
    apart = np.linalg.norm(heap.xy_m[:, None] - heap.xy_m[None], axis=-1)
    over_it = apart < heap.radius_m[None, :]
    at_top = np.abs(heap.low_z_m[:, None] - heap.high_z_m[None, :]) < _STACK_TOLERANCE_M
    raised = heap.low_z_m - below_m > _STACK_MIN_M
    stacked = over_it & at_top & raised[:, None] & ~np.eye(len(below_m), dtype=np.bool_)
    tops = np.where(stacked, heap.high_z_m[None, :], -np.inf)
    highest: Array = np.maximum(below_m, tops.max(axis=1, initial=-np.inf))
    return highest
