# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The nearest places of pairs of convex parts: where on the one it is nearest to the other."""

from __future__ import annotations

from typing import Any

import array_api_compat

from f2p_core.geometry.candidates import Candidates
from f2p_core.geometry.part_table import Parts, project, turned, turned_back

Array = Any

_STEPS = 12
"""Steps towards the nearest place: all of 6,551 random pairs came within 1 mm."""

_DEEPENINGS = 2
"""Further ones towards the core of what is touched: they find the deepest place."""

_TOUCHING_M = 1e-4
"""A point this near to its own projection [m] lies in the part or on it."""

_LONGEST_STEP = 1e4
"""Steps are at most so many times as long as a projection; nearly parallel faces need them."""

_TINY = 1e-30
"""Least divisor, so that 0 / 0 is 0."""


def nearest_places(pairs: Candidates, own: Parts, facing: Parts) -> tuple[Array, Array]:
    """Finds where parts are nearest to each other, or deepest in each other.

    Half the squared distance to ``facing`` is a convex function on ``own``, whose gradient is the
    way to the nearest point of ``facing``. It is followed by projected steps, as long as the
    change of the gradient says (Barzilai and Borwein, 1988). Where the parts meet, projections
    onto the core of ``facing`` then lead into the depth.

    Args:
        pairs: The pairs of parts.
        own: ``pairs.own`` with axes (S, M), balls shrunk to their centres.
        facing: ``pairs.facing``.

    Returns:
        Two places per pair in the frames of ``own``, the better of which counts: the corner that
        is turned to the other part, and where the steps led; each of shape (3, S, M) [m].
    """
    corner = _corner(pairs, own, facing)
    here = _descend(pairs, own, facing, _nearer(pairs, own, facing, corner))
    for _ in range(_DEEPENINGS):
        there = _apply(pairs, here)
        target = project(_core(facing, there), there)
        here = project(own, turned_back(pairs.rotation, target - pairs.offset_m))
    return corner, here


def _apply(pairs: Candidates, points: Array) -> Array:
    return turned(pairs.rotation, points) + pairs.offset_m


def _corner(pairs: Candidates, own: Parts, facing: Parts) -> Array:
    """The place of ``own`` that reaches farthest towards the face of ``facing`` (3, S, M) [m]."""
    xp = array_api_compat.array_namespace(own.half_m)
    gap = pairs.gap_m
    largest = xp.max(gap, axis=0)
    out = xp.where(largest > 0.0, gap.clip(min=0.0), xp.where(gap == largest, 1.0, 0.0 * gap))
    out = out * xp.sign(pairs.offset_m)
    aside = _length(out[:2]) / _length(pairs.offset_m[:2])
    around = xp.concat([pairs.offset_m[:2] * aside, out[2:]])
    normal = xp.where(facing.flat, out, around)
    towards = -turned_back(pairs.rotation, normal)
    box = own.half_m * xp.sign(towards)
    on_rim = towards[:2] * (own.half_m[0] / _length(towards[:2]))
    return xp.where(own.flat, box, xp.concat([on_rim, box[2:]]))


def _length(vectors: Array) -> Array:
    xp = array_api_compat.array_namespace(vectors)
    return xp.sqrt(xp.sum(vectors * vectors, axis=0).clip(min=_TINY))


def _away(pairs: Candidates, facing: Parts, points: Array) -> Array:
    """The way from the nearest point of ``facing`` to points of ``own``, in own's frame [m]."""
    there = _apply(pairs, points)
    return turned_back(pairs.rotation, there - project(facing, there))


def _nearer(pairs: Candidates, own: Parts, facing: Parts, corner: Array) -> Array:
    """The corner or the place on ``own`` next to its own projection, whichever is nearer."""
    xp = array_api_compat.array_namespace(corner)
    middle = project(own, -_away(pairs, facing, 0.0 * corner))
    ways = [_away(pairs, facing, points) for points in (corner, middle)]
    squared = [xp.sum(way * way, axis=0) for way in ways]
    return xp.where(squared[0] <= squared[1], corner, middle)


def _descend(pairs: Candidates, own: Parts, facing: Parts, start: Array) -> Array:
    """The nearest place that steps from a start come by, (3, S, M) [m]."""
    xp = array_api_compat.array_namespace(start)
    here, away = start, _away(pairs, facing, start)
    best, least = here, xp.sum(away * away, axis=0)
    step = xp.ones_like(least)
    for _ in range(_STEPS):
        there = project(own, here - step * away)
        then = _away(pairs, facing, there)
        squared, moved = xp.sum(then * then, axis=0), there - here
        slope = xp.sum(moved * (then - away), axis=0).clip(min=_TINY)
        step = (xp.sum(moved * moved, axis=0) / slope).clip(min=1.0, max=_LONGEST_STEP)
        here, away = there, then
        nearer = squared < least
        best, least = xp.where(nearer, here, best), xp.where(nearer, squared, least)
    return best


def _core(parts: Parts, points: Array) -> Parts:
    """Parts that a point touches, shrunk to what is deepest in them; other parts as they are."""
    xp = array_api_compat.array_namespace(points)
    touching = xp.max(xp.abs(points - project(parts, points)), axis=0) < _TOUCHING_M
    depth = xp.where(touching, xp.min(parts.half_m, axis=0), 0.0 * parts.half_m[0])
    return parts._replace(half_m=parts.half_m - depth)
