# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which pairs of links need no collision checks, computed from the robot's shapes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from itertools import combinations
from typing import NamedTuple

import mujoco
import numpy as np
from numpy.typing import NDArray

from f2p_moveit.description.urdf import link_name

SAMPLES = 5000
"""Configurations that are tried, uniform within the joint ranges."""

_WITHIN_M = 0.002
"""Links this near count as touching: a pair that only just misses is still checked [m]."""


class AllowedPair(NamedTuple):
    """Two links that may touch, and why: ``Adjacent``, ``Default``, ``Always`` or ``Never``."""

    link1: str
    link2: str
    reason: str


def allowed_pairs(
    model: mujoco.MjModel, harmless: Sequence[NDArray[np.float64]]
) -> list[AllowedPair]:
    """Returns the pairs of links that MoveIt need not check, in alphabetical order.

    Args:
        model: The robot alone.
        harmless: Configurations (nq,) the robot may always be in; what touches in them may.
    """
    pairs = _Touching(model)
    rng = np.random.default_rng(0)
    low, high = model.jnt_range.T
    touched: dict[tuple[int, int], int] = {}
    for configuration in rng.uniform(low, high, size=(SAMPLES, model.nq)):
        for pair in pairs.at(configuration):
            touched[pair] = touched.get(pair, 0) + 1
    by_default = set().union(*(pairs.at(configuration) for configuration in harmless))
    bodies = [b for b in range(1, model.nbody) if model.body_geomnum[b] > 0]
    found = []
    for a, b in combinations(bodies, 2):
        reason = _reason(model, (a, b), (a, b) in by_default, touched.get((a, b), 0))
        if reason:
            first, second = sorted((link_name(model, a), link_name(model, b)))
            found.append(AllowedPair(first, second, reason))
    return sorted(found)


def _reason(model: mujoco.MjModel, pair: tuple[int, int], by_default: bool, touched: int) -> str:
    parents = model.body_parentid
    a, b = pair
    if parents[a] == b or parents[b] == a:
        return 'Adjacent'
    if by_default:
        return 'Default'
    if touched == SAMPLES:
        return 'Always'
    return '' if touched else 'Never'


class _Touching:
    """Finds touching pairs of bodies; the robot's own collision bits, which spare it, are set."""

    def __init__(self, model: mujoco.MjModel) -> None:
        self._model = copy(model)
        for bits in ('geom_contype', 'geom_conaffinity', 'body_contype', 'body_conaffinity'):
            getattr(self._model, bits)[:] = 1
        self._model.geom_margin[:] = _WITHIN_M
        self._data = mujoco.MjData(self._model)

    def at(self, configuration: NDArray[np.float64]) -> set[tuple[int, int]]:
        """Returns pairs of bodies (a < b) that touch in a configuration."""
        self._data.qpos[:] = configuration
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_collision(self._model, self._data)
        bodies = self._model.geom_bodyid[self._data.contact.geom]
        return {(min(a, b), max(a, b)) for a, b in bodies.tolist()}
