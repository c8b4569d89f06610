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
from f2p_core.geometry.nearest import nearest_places
from f2p_core.geometry.part_table import between_parts, part_distance, part_table, pick
from f2p_core.geometry.probes import pair_rows, scene_column
from f2p_core.geometry.rigid import between_objects
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


def pair_distance(batch: SceneBatch) -> Array:
    """Returns the surface distance between all pairs of objects.

    Exact to about a millimetre for objects that are apart (their nearest places are searched
    from few probes, see ``f2p_core.geometry.nearest``); where objects penetrate, the
    depth of the deepest place that was found.

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
    rows = pair_rows(batch.kinds)
    places = nearest_places(_without_gradient(batch), rows)
    table, scene = part_table(batch), scene_column(places.a)
    own = pick(table, scene, places.a, places.part_a)
    facing = pick(table, scene, places.b, places.part_b)
    pose = between_parts(between_objects(batch, scene, places.a, places.b), own, facing)
    start, moved = (part_distance(facing, pose.apply(unit * own.half_m)) for unit in places.unit)
    radius = xp.where(own.ball, own.half_m[..., 0], 0.0 * own.half_m[..., 0])
    of_row = xp.minimum(start, moved) - radius
    of_pair = xp.asarray(rows.of_pair.ravel(), device=array_api_compat.device(of_row))
    candidates = xp.take(of_row, of_pair, axis=1)
    return xp.min(xp.reshape(candidates, (-1, *rows.of_pair.shape)), axis=-1)


def _without_gradient(batch: SceneBatch) -> SceneBatch:
    arrays = (batch.position_m, batch.rotation, batch.dimensions)
    if array_api_compat.is_torch_array(batch.position_m):
        arrays = tuple(array.detach() for array in arrays)
    return SceneBatch(*batch[:3], *arrays)
