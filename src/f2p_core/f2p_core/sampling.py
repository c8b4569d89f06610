# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Farthest point sampling: n points of a cloud that are as far from each other as can be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from f2p_core.errors import InvalidInputError


def farthest_point_indices(
    points: NDArray[Any], n: int, first: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Returns the indices of n points chosen greedily, each farthest from those chosen before.

    The choice depends on the points alone: it starts at the point farthest from the mean. When
    there are fewer than n points, the chosen ones are repeated in order.

    Args:
        points: Points, shape (P, 3) [m], P ≥ 1, finite.
        n: How many to choose, n ≥ 1.
        first: Indices (F,) that are taken before all others (of these at most n).

    Returns:
        Indices, shape (n,).

    Raises:
        InvalidInputError: If there is no point or n < 1.
    """
    if len(points) == 0 or n < 1:
        raise InvalidInputError(f'cannot choose {n} of {len(points)} points; both must be ≥ 1')
    chosen = np.empty(min(n, len(points)), dtype=np.int64)
    gap = np.full(len(points), np.inf)
    start = _farthest_from_mean(points) if first is None else int(first[0])
    given = 1 if first is None else min(len(first), len(chosen))
    nearest = start
    for i in range(len(chosen)):
        if 0 < i < given and first is not None:
            nearest = int(first[i])
        chosen[i] = nearest
        offset = points - points[nearest]
        np.minimum(gap, np.einsum('ij,ij->i', offset, offset), out=gap)
        gap[nearest] = -1.0
        nearest = int(np.argmax(gap))
    return np.resize(chosen, n)


def farthest_point_sample(points: NDArray[Any], n: int) -> NDArray[Any]:
    """Returns n points of a cloud chosen by ``farthest_point_indices``, shape (n, 3) [m].

    Raises:
        InvalidInputError: If there is no point or n < 1.
    """
    return np.asarray(points)[farthest_point_indices(np.asarray(points), n)]


def _farthest_from_mean(points: NDArray[Any]) -> int:
    offset = points - points.mean(axis=0)
    return int(np.argmax(np.einsum('ij,ij->i', offset, offset)))
