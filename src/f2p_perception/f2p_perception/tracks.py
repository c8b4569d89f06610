# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What is remembered of each object between views; nothing is ever assumed of one not seen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.rigid import about_z
from f2p_core.geometry.shapes import MAX_DIMENSIONS, SHAPES
from f2p_perception.config import PerceptionConfig
from f2p_perception.real2sim import best_primitive, Knowledge, LARGE_KINDS, Primitive, SMALL_KINDS
from f2p_perception.starts import SizePrior, usual_sizes

Array = NDArray[np.float64]

_SETTLED_SIGHTINGS = 3
"""Views after which the kind of an object may be settled: one view can be unlucky."""

_SETTLED_COST = 25.0
"""Squared deviations by which one kind must fit better: five deviations."""

_SYSTEMATIC_M = 0.0015
"""Error of sizes that all views share [m] and more views do not average out."""

_KNOWN_SIGMA_M = 0.001
"""No size is known better than this [m]."""

_FIT_INFLATION = 2.0
"""Fits are this many times less certain than they say: neighbouring points err alike."""

_YAW_SCALE_RAD = 0.35
"""Turn [rad] that counts as one deviation of the size when equal poses are compared."""

_STAYED_M = 0.015
"""An object whose outline is within this [m] of its last place may not have moved."""


class Sighting(NamedTuple):
    """One object as one view shows it.

    Attributes:
        indices: Its points in the scan.
        candidates: The fit of each kind that came into question.
        best: The fit that was chosen.
    """

    indices: NDArray[np.int64]
    candidates: dict[str, Primitive]
    best: Primitive


@dataclass(frozen=True, eq=False)
class Track:
    """One object over time.

    Attributes:
        object_id: Its name, which it keeps.
        primitive: Kind, size and pose when last seen, the size being that of all sightings.
        size_sigma: Standard deviations of the dimensions, (5,) [m].
        kind_costs: Per kind the costs of the fits of all sightings, summed.
        sightings: In how many views it was seen.
        stamp_ns: When it was last seen [ns].
        look_alikes: Objects it may have been mistaken for when it was last found again.
    """

    object_id: str
    primitive: Primitive
    size_sigma: Array
    kind_costs: dict[str, float]
    sightings: int
    stamp_ns: int
    look_alikes: frozenset[str] = frozenset()

    @property
    def settled(self) -> bool:
        """Whether its kind is beyond doubt."""
        costs = sorted(self.kind_costs.values())
        clear = len(costs) == 1 or costs[1] - costs[0] > _SETTLED_COST
        return self.sightings >= _SETTLED_SIGHTINGS and clear


@dataclass(frozen=True, eq=False)
class TrackState:
    """All that perception remembers; passed in and out of ``perceive``.

    Attributes:
        tracks: Objects in the order they were first seen.
        stamp_ns: Time of the last view [ns]; −1 before the first.
        named: How many objects were given a name of perception's own.
    """

    tracks: tuple[Track, ...] = field(default=())
    stamp_ns: int = -1
    named: int = 0

    def find(self, object_id: str) -> Track | None:
        """Returns the track of an object, if there is one."""
        return next((t for t in self.tracks if t.object_id == object_id), None)


def knowledge_of(track: Track, xy_m: Array, config: PerceptionConfig) -> Knowledge:
    """Returns what a track tells about its object: the kinds it may be, sizes, and place.

    Args:
        track: What is remembered.
        xy_m: Middle of the segment's outline now, (2,) [m]; the last place only counts near it.
        config: Settings.
    """
    stayed = np.linalg.norm(track.primitive.position_m[:2] - xy_m) < _STAYED_M
    last = track.primitive if stayed else None
    known = SizePrior(track.primitive.dimensions, np.maximum(track.size_sigma, _KNOWN_SIGMA_M))
    kind = track.primitive.kind
    if track.settled:
        return Knowledge({kind: known}, last)
    large = 'open_box' in track.kind_costs
    priors = {k: usual_sizes(k, config, large) for k in track.kind_costs}
    return Knowledge(priors | {kind: known}, last)


def knowledge_of_size(size_xy_m: Array, config: PerceptionConfig) -> Knowledge:
    """Returns what the outline (2,) [m] of a new segment tells: a container or something small."""
    large = bool(size_xy_m.min() > config.container_width_min_m)
    kinds = LARGE_KINDS if large else SMALL_KINDS
    return Knowledge({kind: usual_sizes(kind, config, large) for kind in kinds})


def first_track(object_id: str, sighting: Sighting, stamp_ns: int) -> Track:
    """Returns the track of an object that was never seen before."""
    costs = {kind: p.cost for kind, p in sighting.candidates.items()}
    best = _canonical(sighting.best)
    return Track(object_id, best, _measured_sigma(best), costs, 1, stamp_ns)


def updated_track(track: Track, sighting: Sighting, stamp_ns: int) -> Track:
    """Returns a track after another sighting.

    Only kinds that came into question so far stay in question. The pose is that of this view. The
    size was fitted with the remembered one as its prior, so it
    is that of all views. The kind is the one that explains all sightings best; when it changes,
    the size starts anew.
    """
    costs = {
        kind: cost + sighting.candidates[kind].cost
        for kind, cost in track.kind_costs.items()
        if kind in sighting.candidates
    } or {kind: primitive.cost for kind, primitive in sighting.candidates.items()}
    kind = min(costs, key=lambda k: costs[k])
    primitive = sighting.candidates[kind]
    if kind == track.primitive.kind:
        primitive = _turned_like(primitive, track.primitive)
        sigma = np.minimum(track.size_sigma, _measured_sigma(primitive))
    else:
        primitive = _canonical(primitive)
        sigma = _measured_sigma(primitive)
    return replace(
        track,
        primitive=primitive,
        size_sigma=np.maximum(sigma, _KNOWN_SIGMA_M),
        kind_costs=costs,
        sightings=track.sightings + 1,
        stamp_ns=stamp_ns,
    )


def _measured_sigma(primitive: Primitive) -> Array:
    """Deviations of measured dimensions: of the fit, and of what all views share."""
    sigma: Array = np.hypot(_FIT_INFLATION * primitive.sigma[3:], _SYSTEMATIC_M)
    return sigma


def _quarter_turns(primitive: Primitive) -> list[Primitive]:
    """The poses in which an equal shape looks the same: by quarter turns, sides swapped."""
    definition = SHAPES[primitive.kind]
    if definition.round:
        return [primitive]
    swapped = primitive.dimensions.copy()
    swapped[[0, 1]] = swapped[[1, 0]]
    sigma = primitive.sigma.copy()
    sigma[[3, 4]] = sigma[[4, 3]]
    turned = []
    for k in range(0, 4, 4 // (definition.fold_square or definition.fold)):
        quarter = about_z(np.array(k * math.pi / 2))
        turned.append(
            primitive._replace(
                rotation=primitive.rotation @ quarter,
                dimensions=swapped if k % 2 else primitive.dimensions,
                sigma=sigma if k % 2 else primitive.sigma,
            )
        )
    return turned


def _canonical(primitive: Primitive) -> Primitive:
    """Returns the equivalent pose that is least turned."""
    return max(_quarter_turns(primitive), key=lambda p: float(p.rotation[0, 0]))


def _turned_like(primitive: Primitive, like: Primitive) -> Primitive:
    """Returns the equivalent pose nearest to an earlier one in size, then in direction."""

    def distance(candidate: Primitive) -> float:
        size = (candidate.dimensions - like.dimensions)[:MAX_DIMENSIONS] / _SYSTEMATIC_M
        cosine = (np.trace(candidate.rotation.T @ like.rotation) - 1) / 2
        turn = math.acos(min(1.0, max(-1.0, float(cosine)))) / _YAW_SCALE_RAD
        return float(size @ size) + turn * turn

    return min(_quarter_turns(primitive), key=distance)


def choose(candidates: dict[str, Primitive], indices: NDArray[np.int64]) -> Sighting:
    """Returns the sighting of the best candidate."""
    return Sighting(indices, candidates, best_primitive(candidates))
