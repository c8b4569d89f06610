# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""States of the search as arrays, their order, and which of them are alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from f2p_planner.calls import Calls
from f2p_planner.object_table import FloatArray, IntArray, Poses
from f2p_planner.stations import NO_STATION

_SCORE_STEP = 0.02
"""Scores in one step count as equal: the model is not surer than that."""

_LOG_STEP = 1.0
"""Logarithms of products in one step count as equal: a factor of e."""

_LEAST = 0.01
"""No factor of the product counts for less, so that one hopeless literal does not hide the
others."""


class Nodes(NamedTuple):
    """M states reached by calls from the states of the previous length.

    Attributes:
        poses: Predicted poses.
        calls: The call that led here.
        parent: Row in the previous nodes, shape (M,).
        literals: Probability of every goal literal, shape (M, L).
        feasible: Least feasibility of a call on the way, shape (M,).
        feasible_product: Product of the feasibilities, shape (M,).
        station: Furniture of the last place, shape (M,).
        trips: Base trips so far, shape (M,).
        length: Calls so far, the same for all.
    """

    poses: Poses
    calls: Calls
    parent: IntArray
    literals: FloatArray
    feasible: FloatArray
    feasible_product: FloatArray
    station: IntArray
    trips: IntArray
    length: int

    def take(self, rows: IntArray) -> Nodes:
        """Returns the nodes of the given rows."""
        return Nodes(
            self.poses.take(rows),
            self.calls.take(rows),
            self.parent[rows],
            self.literals[rows],
            self.feasible[rows],
            self.feasible_product[rows],
            self.station[rows],
            self.trips[rows],
            self.length,
        )

    @property
    def score(self) -> FloatArray:
        """Score of the plan that ends here: the least of its literals and feasibilities."""
        score: FloatArray = np.minimum(self.literals.min(axis=1), self.feasible)
        return score


def root_node(poses: Poses, literals: FloatArray, station: int = NO_STATION) -> Nodes:
    """Returns the start: no call made, nothing driven.

    Args:
        poses: S = 1.
        literals: Probability of every literal now, shape (L,).
        station: Furniture of the robot's last station.
    """
    none = np.zeros(1, dtype=np.int64)
    one = np.ones(1)
    calls = Calls(none, none, none, np.zeros((1, 0)))
    return Nodes(
        poses,
        calls,
        none,
        literals[None],
        one,
        one,
        none + station,
        none,
        0,
    )


class PlanKey(NamedTuple):
    """What plans are compared by, entry by entry; larger is better.

    Attributes:
        level: The score in steps of 0.02: smaller differences are a model's noise.
        soft_product: Log of the product of all factors in steps of 1, no factor counting less
            than 0.01: among hopeless plans the one that reaches more literals leads.
        skills: Minus the number of calls.
        trips: Minus the number of base trips.
        score: The exact score.
    """

    level: float
    soft_product: float
    skills: int
    trips: int
    score: float


def plan_keys(nodes: Nodes) -> list[PlanKey]:
    """Returns the keys of the plans that end at nodes."""
    level = np.round(nodes.score / _SCORE_STEP)
    log = np.log(np.maximum(nodes.literals, _LEAST)).sum(axis=1)
    log = log + np.log(np.maximum(nodes.feasible_product, _LEAST))
    soft = np.round(log / _LOG_STEP)
    return [
        PlanKey(*values)
        for values in zip(
            level.tolist(),
            soft.tolist(),
            [-nodes.length] * len(level),
            (-nodes.trips).tolist(),
            nodes.score.tolist(),
            strict=True,
        )
    ]
