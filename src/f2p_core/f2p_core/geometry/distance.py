# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Surface distance between the objects of many scenes at once.

Works on NumPy arrays and torch tensors alike. Which place of one object is nearest to another is
found without gradients; the distance of that place is then differentiable in poses and dimensions,
and by the envelope theorem its gradient is that of the distance.
"""

from __future__ import annotations

from typing import Any

import array_api_compat
import numpy as np

from f2p_core.batch import SceneBatch
from f2p_core.geometry.candidates import Candidates, candidates, pairs_of, scene_column
from f2p_core.geometry.nearest import nearest_places
from f2p_core.geometry.part_table import part_distance, part_table, Parts
from f2p_core.geometry.sdf import signed_distance
from f2p_core.geometry.surface import surface_normals, surface_points

__all__ = [
    'SELF_DISTANCE_M',
    'pair_distance',
    'signed_distance',
    'surface_normals',
    'surface_points',
]

Array = Any

SELF_DISTANCE_M = 1.0
"""Distance an object is given to itself: far, and finite so that gradients stay finite [m]."""

_TINY_M = 1e-9
"""Half extents are at least this in a division [m]; no shape is so small."""


def pair_distance(batch: SceneBatch) -> Array:
    """Returns the surface distance between all pairs of objects.

    Exact to a millimetre for objects that are apart (``f2p_core.geometry.nearest``); where objects
    penetrate, the depth of the deepest place that was found.

    Args:
        batch: S scenes of N objects.

    Returns:
        Symmetric distances, shape (S, N, N) [m]; negative where two objects penetrate,
        ``SELF_DISTANCE_M`` on the diagonal.
    """
    xp = array_api_compat.array_namespace(batch.position_m)
    n = len(batch.kinds)
    far = SELF_DISTANCE_M * xp.ones_like(batch.position_m[:, :1, 0])
    if n < 2:
        return xp.broadcast_to(far[..., None], (far.shape[0], n, n))
    distance = xp.concat([_distances(batch), far], axis=1)
    pair_of = np.full((n, n), distance.shape[1] - 1)
    first, second = np.triu_indices(n, k=1)
    pair_of[first, second] = pair_of[second, first] = np.arange(len(first))
    chosen = xp.asarray(pair_of.ravel(), device=array_api_compat.device(distance))
    return xp.reshape(xp.take(distance, chosen, axis=1), (-1, n, n))


def _distances(batch: SceneBatch) -> Array:
    """Surface distances of all pairs of ``numpy.triu_indices``, (S, pairs) [m]."""
    xp = array_api_compat.array_namespace(batch.position_m)
    every = pairs_of(batch.kinds)
    parts = part_table(batch)
    fixed = _without_gradient(parts)
    pairs = candidates(fixed, every)
    scene = scene_column(pairs.own)
    places = _places(pairs, fixed)
    own, facing = parts.pick(scene, pairs.own), parts.pick(scene, pairs.facing)
    start, moved = (
        part_distance(facing, facing.from_map(own.to_map(place * own.half_m)))
        for place in places
    )
    radius = xp.where(own.ball, own.half_m[0], 0.0 * own.half_m[0])
    of_row = xp.minimum(start, moved) - radius
    of_pair = xp.asarray(every.of_pair.ravel(), device=array_api_compat.device(of_row))
    found = xp.take(of_row, of_pair, axis=1)
    return xp.min(xp.reshape(found, (-1, *every.of_pair.shape)), axis=-1)


def _places(pairs: Candidates, parts: Parts) -> tuple[Array, Array]:
    """Nearest places in units of half the size of ``own``, so that they move with its size."""
    scene = scene_column(pairs.own)
    own, facing = _as_points(parts.pick(scene, pairs.own)), parts.pick(scene, pairs.facing)
    start, moved = nearest_places(pairs, own, facing)
    size = own.half_m.clip(min=_TINY_M)
    return start / size, moved / size


def _as_points(parts: Parts) -> Parts:
    """Parts with balls shrunk to their centres: a ball is a point with a radius."""
    xp = array_api_compat.array_namespace(parts.half_m)
    return parts._replace(half_m=xp.where(parts.ball, 0.0 * parts.half_m, parts.half_m))


def _without_gradient(parts: Parts) -> Parts:
    if array_api_compat.is_torch_array(parts.centre_m):
        return Parts(*(field.detach() for field in parts))
    return parts
