# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Relations against the definition as it is published: centres and full extents, pair by pair."""

from __future__ import annotations

from collections.abc import Callable
import math

import numpy as np

from f2p_core.batch import SceneBatch
from f2p_core.relations import hold, relation_margins, RELATION_NAMES


def oracle_toward(
    ca: np.ndarray, cb: np.ndarray, ea: np.ndarray, eb: np.ndarray, axis: int, sign: int
) -> bool:
    gap = float(sign * (ca[axis] - cb[axis]) - eb[axis] / 2)
    if gap < 0 or sign * (ca[axis] - cb[axis]) < ea[axis] / 2:
        return False
    reach = gap * math.tan(math.radians(80))
    return all(abs(ca[o] - cb[o]) - eb[o] / 2 <= reach for o in range(3) if o != axis)


def oracle_boundary(ca: np.ndarray, cb: np.ndarray, eb: np.ndarray, above: bool) -> bool:
    if not above or eb[0] <= 0.2 or eb[1] <= 0.2:
        return False
    edges = [abs(ca[i] - (cb[i] + s * eb[i] / 2)) for i in (0, 1) for s in (-1, 1)]
    return bool(min(edges) <= 0.1)


def oracle_inside(ca: np.ndarray, cb: np.ndarray, ea: np.ndarray, eb: np.ndarray) -> bool:
    low_a, high_a = ca - ea / 2, ca + ea / 2
    low_b, high_b = cb - eb / 2, cb + eb / 2
    return bool(
        (low_a[:2] > low_b[:2]).all()
        and (high_a[:2] < high_b[:2]).all()
        and low_a[2] < high_b[2] - 0.03
        and low_a[2] + 0.03 > low_b[2]
        and high_a[2] < high_b[2] + 0.14
    )


def oracle(ca: np.ndarray, cb: np.ndarray, ea: np.ndarray, eb: np.ndarray) -> list[bool]:
    bits: list[bool] = []
    for axis in range(3):
        negative = oracle_toward(ca, cb, ea, eb, axis, -1) or oracle_toward(
            cb, ca, eb, ea, axis, 1
        )
        positive = oracle_toward(cb, ca, eb, ea, axis, -1) or oracle_toward(
            ca, cb, ea, eb, axis, 1
        )
        bits += [negative, positive and not negative]
    return [*bits, oracle_boundary(ca, cb, eb, bits[5]), oracle_inside(ca, cb, ea, eb)]


def test_bits_equal_the_published_definition(
    axis_aligned_boxes: Callable[..., SceneBatch],
) -> None:
    batch = axis_aligned_boxes(1500, seed=1)
    names = [name for name in RELATION_NAMES if name != 'contact']
    found = hold(relation_margins(batch, names))
    counts = np.zeros(8, dtype=int)
    for s in range(1500):
        centre, extent = batch.position_m[s], batch.dimensions[s, :, :3]
        for a, b in ((0, 1), (1, 0)):
            expected = oracle(centre[a], centre[b], extent[a], extent[b])
            assert found[s, :, a, b].tolist() == expected
            counts += expected
    assert counts.min() >= 40, 'every relation must have come up'
