# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Fits shapes to the segments of one view: containers first, then what lies in or beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from f2p_perception.config import PerceptionConfig
from f2p_perception.containers import refine_rim
from f2p_perception.fitting import Measurements
from f2p_perception.measurements import gather, take
from f2p_perception.real2sim import best_primitive, fit_primitives, Knowledge, Primitive
from f2p_perception.scan import Scan
from f2p_perception.standing import heap_of, in_containers, on_each_other, on_furniture
from f2p_perception.tilted import fit_tilted
from f2p_perception.tracks import choose, Sighting

_LARGE_POINTS = 256
"""Points fitted where a container may be among the segments: walls need some each."""

_SMALL_POINTS = 128
"""Points fitted per small object."""

_MISFIT_OF_TILTED = 0.7
"""Squared deviations per point above which lying and leaning poses are tried."""

_MISFIT_ELSEWHERE = 0.8
"""Squared deviations per point above which the last place is forgotten."""

Indices = NDArray[np.int64]


def fit_sightings(
    scan: Scan,
    members: Sequence[Indices],
    knowledge: Sequence[Knowledge],
    config: PerceptionConfig,
) -> list[Sighting]:
    """Fits the objects of all segments of a view.

    Args:
        scan: The view.
        members: Point indices of N segments.
        knowledge: What is known of each segment's object.
        config: Settings.

    Returns:
        One sighting per segment, in order.
    """
    points = scan.image.points
    heap = heap_of([points[m] for m in members])
    support = on_furniture(heap, scan.surfaces)
    large = [i for i, known in enumerate(knowledge) if 'open_box' in known.priors]
    small = [i for i in range(len(members)) if i not in large]
    found: dict[int, Sighting] = {}
    for i, candidates in _fit(scan, members, knowledge, large, support, config).items():
        if 'open_box' in candidates:
            candidates['open_box'] = refine_rim(candidates['open_box'], points[members[i]])
        found[i] = choose(candidates, members[i])
    support = in_containers(heap, [found[i].best for i in large], support)
    support = on_each_other(heap, support)
    for i, candidates in _fit(scan, members, knowledge, small, support, config).items():
        found[i] = choose(candidates, members[i])
    cups = [found[i].best for i in small if found[i].best.kind == 'cup']
    raised = in_containers(heap, cups, support)
    in_cups = [i for i in small if raised[i] > support[i] and found[i].best.kind != 'cup']
    for i, candidates in _fit(scan, members, knowledge, in_cups, raised, config).items():
        found[i] = choose(candidates, members[i])
    return [found[i] for i in range(len(members))]


def _fit(
    scan: Scan,
    members: Sequence[Indices],
    knowledge: Sequence[Knowledge],
    chosen: Sequence[int],
    support_z_m: NDArray[np.float64],
    config: PerceptionConfig,
) -> dict[int, dict[str, Primitive]]:
    """Candidates of the chosen segments."""
    if not chosen:
        return {}
    known = [knowledge[i] for i in chosen]
    large = any('open_box' in k.priors for k in known)
    measurements = gather(
        scan.image,
        [members[i] for i in chosen],
        support_z_m[list(chosen)],
        _LARGE_POINTS if large else _SMALL_POINTS,
    )
    candidates = fit_primitives(measurements, known, config)
    _search_again(measurements, known, candidates, config)
    if not large:
        _add_tilted(measurements, known, candidates, config)
    return dict(zip(chosen, candidates, strict=True))


def _search_again(
    measurements: Measurements,
    knowledge: Sequence[Knowledge],
    candidates: list[dict[str, Primitive]],
    config: PerceptionConfig,
) -> None:
    """Forgets the last place of objects that do not fit there: they were turned or exchanged."""
    wrong = [
        i
        for i, known in enumerate(knowledge)
        if known.last is not None and best_primitive(candidates[i]).misfit > _MISFIT_ELSEWHERE
    ]
    if wrong:
        fresh = [knowledge[i]._replace(last=None) for i in wrong]
        again = fit_primitives(take(measurements, np.array(wrong)), fresh, config)
        for i, fits in zip(wrong, again, strict=True):
            candidates[i] = fits


def _add_tilted(
    measurements: Measurements,
    knowledge: Sequence[Knowledge],
    candidates: list[dict[str, Primitive]],
    config: PerceptionConfig,
) -> None:
    """Replaces upright fits that explain the points badly by lying or leaning ones."""
    best = [best_primitive(c) for c in candidates]
    bad = [i for i, p in enumerate(best) if p.misfit > _MISFIT_OF_TILTED]
    for i, fits in fit_tilted(measurements, knowledge, bad, config).items():
        for kind, primitive in fits.items():
            if primitive.cost < candidates[i].get(kind, primitive).cost:
                candidates[i][kind] = primitive
