# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""From the segments of one view to objects with names: by label, or by place and size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from f2p_perception.cloud import UNLABELLED
from f2p_perception.clusters import largest_cluster
from f2p_perception.config import PerceptionConfig
from f2p_perception.identities import Match, match, STAYED_M
from f2p_perception.real2sim import Knowledge
from f2p_perception.scan import Scan
from f2p_perception.segments import segment
from f2p_perception.sightings import fit_sightings
from f2p_perception.starts import Rectangles, rectangles
from f2p_perception.tracks import (
    first_track,
    knowledge_of,
    knowledge_of_size,
    Sighting,
    Track,
    TrackState,
    updated_track,
)
from f2p_perception.view_image import seen_through

Indices = NDArray[np.int64]

_STRAY_CHECK_POINTS = 2000
"""Segments with more points are not cleaned, for time: strays are few in them."""

_OUTLINE_POINTS = 400
"""Points an outline is taken from, for time."""

_WRONG_MISFIT = 1.2
"""Squared deviations per point above which what was known of the place was wrong."""

_CONFIRMED_SIGHTINGS = 3
"""An object seen this often is kept although its place looks empty."""


def labelled_sightings(
    tracks: Sequence[Track], scan: Scan, names: Mapping[int, str], config: PerceptionConfig
) -> dict[str, Sighting]:
    """Returns sightings by object id; segments and identities are those of the labels."""
    labelled = np.flatnonzero(scan.labels > UNLABELLED)
    order = labelled[np.argsort(scan.labels[labelled], kind='stable')]
    values, starts = np.unique(scan.labels[order], return_index=True)
    groups = zip(values.tolist(), np.split(order, starts[1:]), strict=True)
    segments = {
        names.get(label, f'object_{label}'): _main_body(scan, indices)
        for label, indices in groups
        if len(indices) >= config.min_seen_points
    }
    known = {t.object_id: t for t in tracks}
    members = list(segments.values())
    outlines = [_outline(scan, m) for m in members]
    knowledge = [
        knowledge_of(known[i], o.xy_m[0], config)
        if i in known
        else knowledge_of_size(o.size_m[0], config)
        for i, o in zip(segments, outlines, strict=True)
    ]
    return dict(zip(segments, fit_sightings(scan, members, knowledge, config), strict=True))


def with_sightings(
    state: TrackState, sightings: Mapping[str, Sighting], stamp_ns: int
) -> TrackState:
    """Returns the state after sightings of known and new objects; the others stay as they were."""
    known = {t.object_id for t in state.tracks}
    kept = (
        updated_track(t, sightings[t.object_id], stamp_ns) if t.object_id in sightings else t
        for t in state.tracks
    )
    new = (first_track(i, s, stamp_ns) for i, s in sightings.items() if i not in known)
    return replace(state, tracks=(*kept, *new), stamp_ns=stamp_ns)


def recognised(
    state: TrackState, scan: Scan, stamp_ns: int, config: PerceptionConfig
) -> tuple[TrackState, dict[str, Sighting]]:
    """Segments a view without labels and finds out which object is which.

    Returns:
        The new state and the sightings by object id. New objects are named object_1, object_2, …
        from left to right. An object seen in fewer than three views whose place is then seen to be
        empty is forgotten, unless it is found elsewhere: it was never there.
    """
    found = _unlabelled_sightings(state.tracks, scan, config)
    matched = match(state.tracks, found)
    ids, named = _ids(state, found, matched)
    sightings = dict(zip(ids, found, strict=True))
    tracks = _forgetting(state.tracks, set(ids), scan)
    after = with_sightings(replace(state, tracks=tracks, named=named), sightings, stamp_ns)
    return _with_look_alikes(after, state.tracks, ids, matched), sightings


def _main_body(scan: Scan, indices: Indices) -> Indices:
    """A segment without the stray points that a segmenter gives it at edges."""
    if len(indices) > _STRAY_CHECK_POINTS:
        return indices
    return indices[largest_cluster(scan.image.points[indices])]


def _outline(scan: Scan, indices: Indices) -> Rectangles:
    points = scan.image.points[indices]
    some = points[:: max(1, len(points) // _OUTLINE_POINTS)]
    return rectangles(some[None])


def _unlabelled_sightings(
    tracks: Sequence[Track], scan: Scan, config: PerceptionConfig
) -> list[Sighting]:
    """Fits of all segments; where a track stands its knowledge is used, unless that fits badly."""
    boxes = [t.primitive for t in tracks if t.primitive.kind == 'open_box']
    members = segment(scan, config, boxes)
    outlines = [_outline(scan, m) for m in members]
    fresh = [knowledge_of_size(o.size_m[0], config) for o in outlines]
    known = [
        _standing_there(tracks, o.xy_m[0], f, config) for o, f in zip(outlines, fresh, strict=True)
    ]
    sightings = fit_sightings(scan, members, known, config)
    wrong = [s.best.misfit > _WRONG_MISFIT for s in sightings]
    if not any(w and k is not f for w, k, f in zip(wrong, known, fresh, strict=True)):
        return sightings
    known = [f if w else k for w, k, f in zip(wrong, known, fresh, strict=True)]
    return fit_sightings(scan, members, known, config)


def _standing_there(
    tracks: Sequence[Track], xy_m: NDArray[np.float64], fresh: Knowledge, config: PerceptionConfig
) -> Knowledge:
    """What the track says whose last place is that of a segment; ``fresh`` if there is none."""
    if not tracks:
        return fresh
    apart = [float(np.linalg.norm(t.primitive.position_m[:2] - xy_m)) for t in tracks]
    nearest = tracks[int(np.argmin(apart))]
    if min(apart) > STAYED_M or set(fresh.priors).isdisjoint(nearest.kind_costs):
        return fresh
    return knowledge_of(nearest, xy_m, config)


def _ids(state: TrackState, found: Sequence[Sighting], matched: Match) -> tuple[list[str], int]:
    """Object id per sighting, and how many names were given out so far."""
    used = {t.object_id for t in state.tracks}
    ids = [state.tracks[t].object_id if t >= 0 else '' for t in matched.track_of]
    named = state.named
    new = [i for i, t in enumerate(matched.track_of) if t < 0]
    for i in sorted(new, key=lambda i: -float(found[i].best.position_m[1])):
        named += 1
        while f'object_{named}' in used:
            named += 1
        ids[i] = f'object_{named}'
    return ids, named


def _forgetting(tracks: Sequence[Track], seen: set[str], scan: Scan) -> tuple[Track, ...]:
    """Tracks without those that were hardly ever seen and whose place is empty."""
    if not tracks:
        return ()
    places = np.array([t.primitive.position_m for t in tracks])
    empty = seen_through(scan.image, places, 2 * STAYED_M)
    return tuple(
        t
        for t, gone in zip(tracks, empty.tolist(), strict=True)
        if t.object_id in seen or t.sightings >= _CONFIRMED_SIGHTINGS or not gone
    )


def _with_look_alikes(
    state: TrackState, before: Sequence[Track], ids: Sequence[str], matched: Match
) -> TrackState:
    """Marks exchanged look-alikes; an object that moved and was recognised for sure is cleared."""
    fresh = {
        object_id: frozenset(before[k].object_id for k in alike)
        for object_id, alike, moved in zip(ids, matched.look_alikes, matched.moved, strict=True)
        if moved
    }
    sure = {object_id for object_id, alike in fresh.items() if not alike}
    tracks = tuple(
        replace(t, look_alikes=(fresh.get(t.object_id, t.look_alikes) - sure))
        for t in state.tracks
    )
    return replace(state, tracks=tracks)
