# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which sighting is which object, when no labels tell.

One assignment over all pairs (``scipy.optimize.linear_sum_assignment``). Its cost is what speaks
against a pair: another size or kind of shape, and another place. An object that stayed is known
by its place; one that was carried away by its size, at a flat cost for having moved. Among
carried objects of like size, those lying at the same place *relative to their container, which
was seen too,* are preferred: a preference between sightings, never a claim about the unseen.
Where size alone could not have told two carried objects apart they are marked as look-alikes, and
relations that would differ if they were exchanged count as unobserved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from f2p_core.geometry.shapes import SHAPES
from f2p_perception.real2sim import Primitive
from f2p_perception.tracks import Sighting, Track

Array = NDArray[np.float64]

STAYED_M = 0.03
"""An object found nearer than this to where it was last seen has stayed there."""

_PLACE_SIGMA_M = 0.015
"""Deviation of the place of what stayed [m]: noise of two fits, a light touch."""

_MOVED_COST = 16.0
"""Squared deviations that having been moved counts as: less likely than four of them."""

_ARRANGEMENT_SIGMA_M = 0.03
"""Deviation of places relative to a container that was moved [m]."""

_ARRANGEMENT_COST = 6.0
"""Added where no container tells the place: as of 2.4 deviations."""

_SIZE_SLACK_M = 0.002
"""Added to the deviations of both sizes [m]: what the views have in common."""

_MAX_SIZE_COST = 40.0
"""Squared deviations beyond which sizes say no more than that they differ."""

_KIND_SHARE = 0.3
"""What the cost of another kind of shape counts against that of the size."""

_MISFIT_COST = 45.0
"""Cost of a new object: above ``_MAX_SIZE_COST``; what stands where one stood is that one."""

_IMPOSSIBLE = 1e6
"""Cost of a pair that shares no kind of shape; the assignment needs a finite one."""

_LOOK_ALIKE_COST = 9.0
"""Squared deviations by which exchanged objects may fit worse: three deviations."""


class Match(NamedTuple):
    """Which sighting shows which track.

    Attributes:
        track_of: Track per sighting; −1: an object never seen before.
        moved: Per sighting, whether its object was elsewhere when last seen.
        look_alikes: Per sighting the tracks it may show instead, judged by size alone.
    """

    track_of: tuple[int, ...]
    moved: tuple[bool, ...]
    look_alikes: tuple[frozenset[int], ...]


def match(tracks: Sequence[Track], sightings: Sequence[Sighting]) -> Match:
    """Assigns sightings to tracks; a track that fits none stays unseen.

    Args:
        tracks: T known objects.
        sightings: D sightings of one view.
    """
    if not tracks or not sightings:
        n = len(sightings)
        return Match((-1,) * n, (False,) * n, (frozenset(),) * n)
    size = _size_costs(tracks, sightings)
    apart = _apart([t.primitive for t in tracks], [s.best for s in sightings])
    cost = size + _place_costs(tracks, sightings, apart, size)
    # Extra columns and rows leave a track unseen or make a sighting a new object.
    t, d = cost.shape
    padded = np.full((t + d, d + t), _MISFIT_COST)
    padded[:t, :d] = cost
    padded[t:, d:] = 0.0
    rows, columns = linear_sum_assignment(padded)
    assigned = np.full(d, -1)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if row < t and column < d:
            assigned[column] = row
    moved = np.array([a >= 0 and apart[a, i] > STAYED_M for i, a in enumerate(assigned)])
    return Match(
        tuple(assigned.tolist()), tuple(moved.tolist()), _look_alikes(size, assigned, moved)
    )


def _apart(tracks: Sequence[Primitive], sightings: Sequence[Primitive]) -> Array:
    """Distances from above between all pairs, (T, D) [m]."""
    a = np.array([p.position_m[:2] for p in tracks])
    b = np.array([p.position_m[:2] for p in sightings])
    distance: Array = np.linalg.norm(a[:, None] - b[None], axis=-1)
    return distance


def _size_costs(tracks: Sequence[Track], sightings: Sequence[Sighting]) -> Array:
    """What speaks against a pair by kind and size, (T, D)."""
    costs = np.full((len(tracks), len(sightings)), _IMPOSSIBLE)
    for i, track in enumerate(tracks):
        for j, sighting in enumerate(sightings):
            fitted = sighting.candidates.get(track.primitive.kind)
            if fitted is not None:
                kind_cost = _KIND_SHARE * (fitted.cost - sighting.best.cost)
                size_cost = _size_cost(track, fitted)
                costs[i, j] = min(kind_cost + size_cost, _MAX_SIZE_COST)
    return costs


def _size_cost(track: Track, fitted: Primitive) -> float:
    free = list(SHAPES[fitted.kind].view_columns)
    variance = track.size_sigma[free] ** 2 + fitted.sigma[3:][free] ** 2 + _SIZE_SLACK_M**2
    known, seen = track.primitive.dimensions[free], fitted.dimensions[free]
    cost = ((known - seen) ** 2 / variance).sum()
    if SHAPES[fitted.kind].fold_square is not None:
        order = [1, 0, 2]
        cost = min(cost, ((known - seen[order]) ** 2 / variance).sum())
    return float(cost)


def _place_costs(
    tracks: Sequence[Track], sightings: Sequence[Sighting], apart: Array, size: Array
) -> Array:
    """What speaks against a pair by place, (T, D): little for an object that stayed."""
    stayed = (apart / _PLACE_SIGMA_M) ** 2
    return np.minimum(stayed, _MOVED_COST + _arrangement_costs(tracks, sightings, size))


def _arrangement_costs(
    tracks: Sequence[Track], sightings: Sequence[Sighting], size: Array
) -> Array:
    """What speaks against a pair by the place relative to a container seen before and now."""
    costs = np.full(size.shape, _ARRANGEMENT_COST)
    for i, track in enumerate(tracks):
        if track.primitive.kind != 'open_box':
            continue
        j = int(np.argmin(size[i]))
        if size[i, j] >= _MAX_SIZE_COST:
            continue
        before = _relative(track.primitive, [t.primitive for t in tracks])
        after = _relative(sightings[j].best, [s.best for s in sightings])
        # Turned by half a turn an open box looks the same.
        apart = np.minimum(
            np.linalg.norm(before[:, None] - after[None], axis=-1),
            np.linalg.norm(before[:, None] + after[None], axis=-1),
        )
        costs = np.minimum(costs, (apart / _ARRANGEMENT_SIGMA_M) ** 2)
    return costs


def _relative(container: Primitive, others: Sequence[Primitive]) -> Array:
    xy = np.array([p.position_m[:2] for p in others]) - container.position_m[:2]
    relative: Array = xy @ container.rotation[:2, :2]
    return relative


def _look_alikes(
    size: Array, assigned: NDArray[np.int64], moved: NDArray[np.bool_]
) -> tuple[frozenset[int], ...]:
    """Per sighting the other tracks that it, or their sightings, could be exchanged with."""
    sighting_of = {int(a): j for j, a in enumerate(assigned) if a >= 0}
    found: list[frozenset[int]] = []
    for j, own in enumerate(assigned.tolist()):
        others: set[int] = set()
        for other in range(len(size)) if own >= 0 and moved[j] else ():
            if other == own:
                continue
            k = sighting_of.get(other)
            if k is None:
                extra = size[other, j] - size[own, j]
            elif moved[k]:
                extra = size[own, k] + size[other, j] - size[own, j] - size[other, k]
            else:
                continue
            if extra < _LOOK_ALIKE_COST:
                others.add(other)
        found.append(frozenset(others))
    return tuple(found)
