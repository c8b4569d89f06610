# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Refinement of a plan's continuous parameters by random variation of shrinking width."""

from __future__ import annotations

import numpy as np

from f2p_planner.avoid import is_avoided
from f2p_planner.calls import Calls
from f2p_planner.expand import Problem
from f2p_planner.object_table import FloatArray, States, states_of
from f2p_planner.proposals import end_free

_FIRST_WIDTH = 0.15
"""Standard deviation of the first round, as a share of each parameter's range; halved per
round."""


def refine(problem: Problem, start: States, calls: Calls) -> Calls:
    """Improves the parameters of a plan whose skills, objects and targets stay as they are.

    Variants that leave their bounds, collide in the predicted geometry or are to be avoided are
    dropped. The result is never worse than what came in.

    Args:
        problem: The search, whose evaluation budget is used.
        start: The state now (S = 1).
        calls: The T calls of the plan.

    Returns:
        The calls with the best parameters that were tried.
    """
    config = problem.config
    rows = problem.table.rows_of(calls)
    span = problem.table.high[rows] - problem.table.low[rows]
    best = calls.parameters
    for turn in range(config.refine_rounds):
        width = _FIRST_WIDTH * 0.5**turn * span
        noise = problem.rng.standard_normal((config.refine_variants, *best.shape))
        noise[0] = 0.0
        variants = np.clip(best + width * noise, problem.table.low[rows], problem.table.high[rows])
        variants[0] = best
        worth = _worth(problem, start, calls, variants)
        if worth is None:
            break
        best = variants[int(worth.argmax())]
    return calls._replace(parameters=best)


def _worth(
    problem: Problem, start: States, calls: Calls, parameters: FloatArray
) -> FloatArray | None:
    """Returns score plus a thousandth of the product per variant, −1 for what is not allowed.

    Args:
        problem: The search.
        start: The state now (S = 1).
        calls: The T calls.
        parameters: Variants, shape (B, T, 3).

    Returns:
        Shape (B,); ``None`` when the budget is spent.
    """
    count = len(parameters)
    states = start.take(np.zeros(count, dtype=np.int64))
    poses = states.poses
    feasible, product, free = np.ones(count), np.ones(count), np.ones(count, dtype=np.bool_)
    literals = np.zeros((count, 0))
    for step in range(len(calls.skill)):
        same = np.full(count, step)
        step_calls = calls.take(same)._replace(parameters=parameters[:, step])
        if step:
            states = states_of(poses, problem.objects)
        free &= end_free(
            step_calls, problem.table, states, problem.objects, problem.config.clearance_m
        )
        free &= ~is_avoided(problem.avoided, problem.objects, states, step_calls)
        forecast = problem.forecaster.forecast(poses, step_calls)
        if len(forecast.feasible) < count:
            return None
        poses, literals = forecast.poses, forecast.literals
        feasible = np.minimum(feasible, forecast.feasible)
        product = product * forecast.feasible
    score = np.minimum(literals.min(axis=1), feasible)
    worth: FloatArray = score + 1e-3 * product * literals.prod(axis=1)
    worth = np.where(free, worth, -1.0)
    worth[0] = max(worth[0], 0.0)
    return worth
