# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A relation: two things stand near each other."""

from __future__ import annotations

from f2p_core.geometry.pairs import PairGeometry
from f2p_core.relations import Relation
from f2p_core.relations.definition import Array

NEAR_M = 0.22
"""Centres at most this far apart along x and along y are near: a forearm's reach [m]."""


def _margin(geometry: PairGeometry) -> Array:
    """Piecewise linear in the positions, so that a model can compute its probability."""
    apart = geometry.xp.abs(geometry.offset_m[..., :2])
    return NEAR_M - geometry.xp.maximum(apart[..., 0], apart[..., 1])


NEAR = Relation(
    name='near',
    margin=_margin,
    meaning=f'the centres are at most {100 * NEAR_M:.0f} cm apart along x and along y',
    symmetric=True,
    greatest_m=NEAR_M,
)
