# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where to start looking for the nearest places of two objects: probes spread over surfaces."""

from __future__ import annotations

from typing import Any, NamedTuple

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import SceneBatch
from f2p_core.geometry.parts import body_half_extents
from f2p_core.geometry.sdf import union_distance
from f2p_core.geometry.shapes import SHAPES
from f2p_core.geometry.surface import surface_points, surface_template

Array = Any

_PROBES = 32
"""Points per object from which the nearest place is looked for."""

_STARTS = 4
"""Parts that are tried where an object has several: the nearest probe may be on another."""


class Rows(NamedTuple):
    """The rows of work: every pair of objects once, with an object of several parts several times.

    Attributes:
        first: Column of one object per row, shape (M,).
        second: Column of the other, shape (M,).
        rank: How often the same pair came before, shape (M,).
        of_pair: Rows of each pair of ``numpy.triu_indices``, some repeated, shape (pairs, 4).
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    rank: NDArray[np.int64]
    of_pair: NDArray[np.int64]


class Starts(NamedTuple):
    """Per row (S, M) a place of object a that is near object b.

    Attributes:
        a: Column of the object the place is on; which of the pair it is differs by scene.
        b: Column of the other object.
        part: Part of a.
        unit: Place in the part's frame in units of its half size, shape (S, M, 3).
    """

    a: Array
    b: Array
    part: Array
    unit: Array


def pair_rows(kinds: tuple[str, ...]) -> Rows:
    """Returns the rows of work for objects of these kinds.

    Two convex objects are nearest to each other in one place, which one start finds. Of objects
    of several parts the nearest probe can be on another part than the nearest place, so several
    parts are tried.
    """
    first, second = np.triu_indices(len(kinds), k=1)
    several = np.array([len(SHAPES[kind].part_kinds) > 1 for kind in kinds], dtype=np.bool_)
    count = np.where(several[first] | several[second], _STARTS, 1)
    begin = np.cumsum(count) - count
    rank = np.arange(count.sum()) - np.repeat(begin, count)
    of_pair = begin[:, None] + np.minimum(np.arange(_STARTS), count[:, None] - 1)
    return Rows(np.repeat(first, count), np.repeat(second, count), rank, of_pair)


def scene_column(like: Array) -> Array:
    """Returns the scene indices (S, 1) that go with indices of shape (S, ...)."""
    xp = array_api_compat.array_namespace(like)
    return xp.arange(like.shape[0], device=array_api_compat.device(like))[:, None]


def starts(batch: SceneBatch, rows: Rows) -> Starts:
    """Returns for each row the best probe of the ``rank``-th best part of either object.

    Args:
        batch: S scenes of N objects, without gradients.
        rows: The M rows of work.
    """
    xp = array_api_compat.array_namespace(batch.position_m)
    device = array_api_compat.device(batch.position_m)
    template = _templates(batch)
    probe, distance = _best_probes(batch, template)
    first, second, rank = (xp.asarray(v, device=device) for v in rows[:3])
    either = xp.concat([distance[:, second, first], distance[:, first, second]], axis=-1)
    order = xp.argsort(either, axis=-1)
    scene = scene_column(order)
    chosen = order[scene, xp.arange(len(rows.first), device=device), rank]
    parts = distance.shape[-1]
    swap = chosen >= parts
    a, b = xp.where(swap, second, first), xp.where(swap, first, second)
    number = probe[scene, b, a, xp.where(swap, chosen - parts, chosen)]
    return Starts(a, b, template.part[a, number], template.unit[a, number])


class _Templates(NamedTuple):
    """Probes of every object: part (N, P) and unit place (N, P, 3); of a ball its centre.

    ``parts`` is the largest number of parts that carry probes.
    """

    part: Array
    unit: Array
    parts: int


def _templates(batch: SceneBatch) -> _Templates:
    xp = array_api_compat.array_namespace(batch.position_m)
    device = array_api_compat.device(batch.position_m)
    chosen = [surface_template(kind, _PROBES) for kind in batch.kinds]
    scale = np.array([0.0 if SHAPES[kind].ball else 1.0 for kind in batch.kinds])
    unit = np.stack([t.unit for t in chosen]) * scale[:, None, None]
    part = np.stack([t.part for t in chosen])
    return _Templates(
        xp.asarray(part, device=device),
        xp.asarray(unit, dtype=batch.position_m.dtype, device=device),
        int(part.max()) + 1,
    )


def _best_probes(batch: SceneBatch, template: _Templates) -> tuple[Array, Array]:
    """Number and distance [m] of the probe on each of a's parts that is nearest to b.

    Each [s, b, a, k]; parts without a probe are infinitely far.
    """
    xp = array_api_compat.array_namespace(batch.position_m)
    distance = _probe_distances(batch)
    numbers, nearest = [], []
    for k in range(template.parts):
        on_part = xp.where(template.part == k, distance, xp.inf)
        numbers.append(xp.argmin(on_part, axis=-1))
        nearest.append(xp.min(on_part, axis=-1))
    radius = _ball_radii(batch)[:, None, :, None]
    return xp.stack(numbers, axis=-1), xp.stack(nearest, axis=-1) - radius


def _probe_distances(batch: SceneBatch) -> Array:
    """Signed distance of the p-th probe of a to b's surface: [s, b, a, p] [m]."""
    xp = array_api_compat.array_namespace(batch.position_m)
    probes = xp.stack([_probes(batch, i) for i in range(len(batch.kinds))], axis=1)
    scenes, n, p, _ = probes.shape
    in_map = probes @ xp.matrix_transpose(batch.rotation) + batch.position_m[:, :, None, :]
    flat = xp.matrix_transpose(xp.reshape(in_map, (scenes, 1, n * p, 3)))
    to_b = xp.matrix_transpose(batch.rotation)
    local = to_b @ (flat - batch.position_m[..., None])
    columns: list[Array] = [None] * n
    for kind, members in _by_kind(batch.kinds):
        x, y, z = (local[:, members, i] for i in range(3))
        distance = union_distance(kind, batch.dimensions[:, members], x, y, z)
        for i, member in enumerate(members):
            columns[member] = xp.reshape(distance[:, i], (scenes, n, p))
    return xp.stack(columns, axis=1)


def _probes(batch: SceneBatch, column: int) -> Array:
    """Probes of one object in its frame, (S, P, 3) [m]."""
    kind = batch.kinds[column]
    points = surface_points(kind, batch.dimensions[:, column], _PROBES)
    return 0.0 * points if SHAPES[kind].ball else points


def _ball_radii(batch: SceneBatch) -> Array:
    """Radius of the ball round each probe (S, N) [m]: that of spheres, else 0."""
    xp = array_api_compat.array_namespace(batch.dimensions)
    radii = [
        body_half_extents(kind, batch.dimensions[:, i])[:, 0] * (1.0 if SHAPES[kind].ball else 0.0)
        for i, kind in enumerate(batch.kinds)
    ]
    return xp.stack(radii, axis=1)


def _by_kind(kinds: tuple[str, ...]) -> list[tuple[str, list[int]]]:
    distinct = dict.fromkeys(kinds)
    return [(k, [i for i, other in enumerate(kinds) if other == k]) for k in distinct]
