# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which convex parts of two objects may be the nearest ones: those with the least bounds.

A body lies within the box round it along the axes of another. What is between the two boxes bounds
their distance from below, and tells which face is turned to the other body.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.part_table import entries, part_owners, Parts, turned_back

Array = Any
Indices = NDArray[np.int64]

_CANDIDATES = 12
"""Pairs of parts that are looked at of two objects that have more: in all of 6,551 random scenes
the nearest was among them, in all but one among the best 8."""


class Candidates(NamedTuple):
    """M pairs of parts in each of S scenes, first one way and then the other.

    Attributes:
        own: Part on which a place is looked for, shape (S, M).
        facing: Part which that place is to be near to, shape (S, M).
        rotation: Rotations own → facing, shape (3, 3, S, M).
        offset_m: Centre of ``own`` in the frame of ``facing``, shape (3, S, M) [m].
        gap_m: How far apart they are along the axes of ``facing``, shape (3, S, M) [m].
    """

    own: Array
    facing: Array
    rotation: Array
    offset_m: Array
    gap_m: Array


class PartPairs(NamedTuple):
    """All pairs of parts of the objects of given kinds, and how many of them are looked at.

    Attributes:
        first: Part of the first object per pair of parts, shape (P,).
        second: Part of the second one, shape (P,).
        few: Pairs of parts of objects with few, all of which are looked at, shape (F,).
        many: The others, one row per pair of objects, filled up with P, shape (G, W).
        of_pair: Candidates of each pair of ``numpy.triu_indices``, some repeated, (pairs, C).
    """

    first: Indices
    second: Indices
    few: Indices
    many: Indices
    of_pair: Indices


@lru_cache(maxsize=256)
def pairs_of(kinds: tuple[str, ...]) -> PartPairs:
    """Returns the pairs of parts of objects of these kinds."""
    owner = part_owners(kinds)
    parts = [np.flatnonzero(owner == i) for i in range(len(kinds))]
    objects = list(zip(*np.triu_indices(len(kinds), k=1), strict=True))
    first = [np.repeat(parts[a], len(parts[b])) for a, b in objects]
    second = [np.tile(parts[b], len(parts[a])) for a, b in objects]
    count = np.array([len(pairs) for pairs in first])
    begin = np.cumsum(count) - count
    few = count <= _CANDIDATES
    places = np.arange(int(count[~few].max(initial=0)))
    many = np.where(places < count[~few, None], begin[~few, None] + places, count.sum())
    rows = np.minimum(count, _CANDIDATES)
    order = np.argsort(~few, kind='stable')
    row = np.empty_like(count)
    row[order] = np.cumsum(rows[order]) - rows[order]
    one_way = row[:, None] + np.minimum(np.arange(_CANDIDATES), rows[:, None] - 1)
    return PartPairs(
        np.concatenate(first),
        np.concatenate(second),
        np.flatnonzero(np.repeat(few, count)),
        many,
        np.concatenate([one_way, one_way + rows.sum()], axis=1),
    )


def candidates(parts: Parts, pairs: PartPairs) -> Candidates:
    """Returns the pairs of parts with the least bounds of their distance, both ways.

    Where parts are apart, either way leads to the nearest places; where they meet, the corners of
    either may be the deepest.

    Args:
        parts: All parts, without gradients, with axes (S, T).
        pairs: All pairs there are.
    """
    xp = array_api_compat.array_namespace(parts.centre_m)
    a, b = parts.columns(pairs.first), parts.columns(pairs.second)
    rotation = xp.sum(b.axes[:, :, None] * a.axes[:, None], axis=0)
    across = a.centre_m - b.centre_m
    offset_b, offset_a = turned_back(b.axes, across), turned_back(a.axes, across)
    back = xp.permute_dims(rotation, (1, 0, 2, 3))
    gap_b = xp.abs(offset_b) - b.half_m - _reach(a, rotation)
    gap_a = xp.abs(offset_a) - a.half_m - _reach(b, back)
    chosen = _least(xp.maximum(_bound(gap_a), _bound(gap_b)), pairs)
    scene, device = scene_column(chosen), array_api_compat.device(chosen)
    first, second = (xp.asarray(number, device=device)[chosen] for number in pairs[:2])
    turn, offset_b, gap_b, offset_a, gap_a = (
        entries(field, scene, chosen) for field in (rotation, offset_b, gap_b, offset_a, gap_a)
    )
    both_ways = (
        (first, second),
        (second, first),
        (turn, xp.permute_dims(turn, (1, 0, 2, 3))),
        (offset_b, -offset_a),
        (gap_b, gap_a),
    )
    return Candidates(*(xp.concat(ways, axis=-1) for ways in both_ways))


def scene_column(like: Array) -> Array:
    """Returns the scene indices (S, 1) that go with indices of shape (S, M)."""
    xp = array_api_compat.array_namespace(like)
    return xp.arange(like.shape[0], device=array_api_compat.device(like))[:, None]


def _reach(parts: Parts, axes: Array) -> Array:
    """How far parts reach along three axes, given in their frames as rows of (3, 3, ...) [m]."""
    xp = array_api_compat.array_namespace(axes)
    half = parts.half_m
    box = xp.sum(xp.abs(axes) * half[None], axis=1)
    along = axes[:, 2]
    across = xp.sqrt((1.0 - along * along).clip(min=0.0))
    cylinder = half[0] * across + half[2] * xp.abs(along)
    return xp.where(parts.flat, box, xp.where(parts.ball, half, cylinder))


def _bound(gap: Array) -> Array:
    """Least distance of bodies with these gaps along three axes [m], negative in each other."""
    xp = array_api_compat.array_namespace(gap)
    largest = xp.max(gap, axis=0)
    apart = gap.clip(min=0.0)
    return xp.where(largest > 0.0, xp.sqrt(xp.sum(apart * apart, axis=0)), largest)


def _least(bound: Array, pairs: PartPairs) -> Array:
    """Numbers of the pairs of parts to look at, (S, P) [m] → (S, M)."""
    xp = array_api_compat.array_namespace(bound)
    device = array_api_compat.device(bound)
    few = xp.asarray(pairs.few, device=device)
    few = xp.broadcast_to(few, (bound.shape[0], len(pairs.few)))
    if not len(pairs.many):
        return few
    many = xp.asarray(pairs.many, device=device)
    filled = xp.concat([bound, xp.inf * xp.ones_like(bound[:, :1])], axis=1)
    order = xp.argsort(filled[:, many], axis=-1)[..., :_CANDIDATES]
    group = xp.arange(many.shape[0], device=device)[:, None]
    chosen = xp.reshape(many[group, order], (bound.shape[0], -1))
    return xp.concat([few, chosen], axis=1)
