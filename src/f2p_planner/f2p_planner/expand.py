# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One more call for every state: the growing step of the search."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from f2p_core.symbolic import Goal
from f2p_planner.avoid import AvoidedCall, is_avoided
from f2p_planner.calls import Calls, CallTable
from f2p_planner.config import PlannerConfig
from f2p_planner.forecast import Forecaster
from f2p_planner.nodes import Nodes
from f2p_planner.object_table import ObjectTable, root_furniture, States
from f2p_planner.proposals import propose
from f2p_planner.stations import added_trips
from f2p_planner.symmetry import object_codes, spread_over_alike, Symmetry


class Problem(NamedTuple):
    """What one search is about; the generator is its only changing part.

    Attributes:
        goal: Literals and budgets.
        objects: The N objects.
        table: The C possible combinations of skill, object and target.
        config: Budgets and thresholds.
        avoided: Calls that shall not be used.
        symmetry: Which states are alike.
        forecaster: The model with the evaluation budget.
        rng: Source of all randomness.
    """

    goal: Goal
    objects: ObjectTable
    table: CallTable
    config: PlannerConfig
    avoided: tuple[AvoidedCall, ...]
    symmetry: Symmetry
    forecaster: Forecaster
    rng: np.random.Generator


def expand(problem: Problem, nodes: Nodes, states: States, samples: int) -> Nodes:
    """Predicts every possible call in every state.

    Args:
        problem: The search.
        nodes: M states, most promising first: where the evaluation budget ends, the children of
            the last ones are missing.
        states: The same nodes with what stands on what.
        samples: Parameter samples per possible call, shared by calls that act on alike objects.

    Returns:
        The children; ``parent`` are rows of ``nodes``.
    """
    table, objects = problem.table, problem.objects
    proposals = propose(table, states, objects, problem.config, samples, problem.rng)
    roots = root_furniture(states, objects)
    place = roots[:, table.target]
    trips = nodes.trips[:, None] + added_trips(
        nodes.station[:, None], roots[:, table.object], place
    )
    valid = proposals.valid & (trips <= problem.goal.max_base_trips)[..., None]
    drawn = Calls(
        table.skill[:, None], table.object[:, None], table.target[:, None], proposals.parameters
    )
    valid &= ~is_avoided(problem.avoided, objects, states, drawn)
    codes = object_codes(nodes, states, problem.symmetry)[:, table.object]
    valid = spread_over_alike(valid, table, codes)
    row, column, sample = np.nonzero(valid)
    calls = Calls(
        table.skill[column],
        table.object[column],
        table.target[column],
        proposals.parameters[row, column, sample],
    )
    forecast = problem.forecaster.forecast(nodes.poses.take(row), calls)
    done = np.arange(len(forecast.feasible))
    row, column = row[done], column[done]
    return Nodes(
        poses=forecast.poses,
        calls=calls.take(done),
        parent=row,
        literals=forecast.literals,
        feasible=np.minimum(nodes.feasible[row], forecast.feasible),
        feasible_product=nodes.feasible_product[row] * forecast.feasible,
        station=place[row, column],
        trips=trips[row, column],
        length=nodes.length + 1,
    )
