# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The nearest places of all pairs of objects: which parts, and where on the first of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import array_api_compat

from f2p_core.batch import SceneBatch
from f2p_core.geometry.part_table import (
    between_parts,
    part_distance,
    part_table,
    Parts,
    pick,
    project,
)
from f2p_core.geometry.probes import Rows, scene_column, starts
from f2p_core.geometry.rigid import between_objects, rotated, Transform

Array = Any

_PROJECTIONS = 3
"""Alternating projections per pair; the start is a probe nearby, so that few do."""

_DEEPENINGS = 2
"""Further ones towards the core of what is touched: they find the deepest place."""

_TOUCHING_M = 1e-4
"""A point this near to its own projection [m] lies in the part or on it."""

_TINY_M = 1e-9
"""Half extents are at least this in a division [m]; no shape is so small."""


class Places(NamedTuple):
    """For each of M rows of work places of object a that are near object b.

    Attributes:
        a: Column of the object the places are on, shape (S, M).
        b: Column of the other object, shape (S, M).
        part_a: Part of a they are on, shape (S, M).
        part_b: Part of b they are near, shape (S, M).
        unit: Places in the frame of a's part, in units of its half size: start and moved
            start, each of shape (S, M, 3).
    """

    a: Array
    b: Array
    part_a: Array
    part_b: Array
    unit: tuple[Array, Array]


def nearest_places(batch: SceneBatch, rows: Rows) -> Places:
    """Finds where the objects of pairs are nearest to each other, or deepest in each other.

    Starting from the best probe, alternating projections between the two convex parts converge
    to the nearest places of parts that are apart. Where the parts meet, projections onto the
    core of b's part then lead into the depth.

    Args:
        batch: S scenes of N objects, without gradients.
        rows: The M rows of work.
    """
    xp = array_api_compat.array_namespace(batch.position_m)
    start = starts(batch, rows)
    scene, table = scene_column(start.a), part_table(batch)
    own = pick(table, scene, start.a, start.part)
    pose = between_objects(batch, scene, start.a, start.b)
    here = start.unit * own.half_m
    part_b = _nearest_part(table, scene, start.b, pose.apply(own.to_object(here)))
    facing = pick(table, scene, start.b, part_b)
    moved = _alternate(own, facing, between_parts(pose, own, facing), here)
    moved = xp.where(own.ball[..., None], start.unit, moved / own.half_m.clip(min=_TINY_M))
    return Places(start.a, start.b, start.part, part_b, (start.unit, moved))


def _nearest_part(table: Parts, scene: Array, b: Array, points: Array) -> Array:
    """The part of b that is nearest to points (S, M, 3) in b's frame [m]: (S, M)."""
    xp = array_api_compat.array_namespace(points)
    parts = Parts(
        table.centre_m[scene, b],
        table.half_m[scene, b],
        table.turn[b],
        table.flat[b],
        table.ball[b],
    )
    to_part = xp.matrix_transpose(parts.turn)
    local = rotated(to_part, points[..., None, :] - parts.centre_m)
    return xp.argmin(part_distance(parts, local), axis=-1)


def _alternate(own: Parts, facing: Parts, pose: Transform, start: Array) -> Array:
    """Moves places of a's part (S, M, 3) towards b's part and back onto a's by projections."""
    here = start
    for i in range(_PROJECTIONS + _DEEPENINGS):
        there = pose.apply(here)
        target = project(facing if i < _PROJECTIONS else _core(facing, there), there)
        here = project(own, pose.apply_back(target))
    return here


def _core(parts: Parts, points: Array) -> Parts:
    """Parts that a point touches, shrunk to what is deepest in them; other parts as they are."""
    xp = array_api_compat.array_namespace(points)
    touching = xp.max(xp.abs(points - project(parts, points)), axis=-1) < _TOUCHING_M
    depth = xp.where(touching, xp.min(parts.half_m, axis=-1), 0.0 * parts.half_m[..., 0])
    return parts._replace(half_m=parts.half_m - depth[..., None])
