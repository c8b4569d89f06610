# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Paths round obstacles by OMPL's RRTConnect, for a hand that keeps pointing down.

Searched are base x and y, lift, shoulder pan and lift, elbow and wrist roll; the wrist flex
follows so that the hand stays vertical. That is linear in the joints: straight legs keep it too,
and what is carried stays level.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
import math
from threading import Lock

import numpy as np
from ompl import base as ob
from ompl import geometric as og
from ompl import util as ou

from f2p_sim.collision import CollisionChecker
from f2p_sim.robot import FloatVector, LIFT, robot_model, within_limits

_SEARCHED = (0, 1, LIFT, 4, 5, 7, 10)
"""Joints that are searched; the others follow, so that the hand points down."""

_SHOULDER_LIFT, _ELBOW, _WRIST_FLEX = 5, 7, 9
_MARGIN = np.array([0.4, 0.4, 0.6, 0.4, 0.5, 0.6, 0.5])
"""How far beyond start and goal each searched joint may go [m, rad]."""

_MOST_CHECKS = 12_000
"""Collision checks of one search: a count, not a time, keeps results repeatable."""

_SEARCHES = 3
"""Searches from fresh random numbers; one is now and then unlucky."""

_RESOLUTION = 0.01
"""Share of the space's extent between two checks of a leg; the path is checked again more
finely."""

_RANGE = 0.6
"""Longest new leg of the tree, in the units of the space [m, rad]; chosen, not tuned."""

_SHORTCUTS = 60
"""Shortcuts that are tried along a path; later ones gain little."""

_SEEDED = Lock()

ou.noOutputHandler()


def search(
    checker: CollisionChecker, start: FloatVector, goal: FloatVector, rng: np.random.Generator
) -> list[FloatVector] | None:
    """Returns waypoints (13,) from start to goal whose straight legs touch nothing.

    Args:
        checker: Collision checks; holds the carried object.
        start: Configuration with the hand pointing down.
        goal: Configuration with the hand pointing down.
        rng: All randomness: the same generator state gives the same path.

    Returns:
        The path, shortened, or ``None`` if start or goal is not free or three searches of 12,000
        collision checks each found none.
    """
    # OMPL would wait in vain for a start or goal that is not valid.
    if not all(within_limits(q) and checker.free(q) for q in (start, goal)):
        return None
    for _ in range(_SEARCHES):
        path = _search_once(checker, start, goal, rng)
        if path is not None and checker.path_obstacle(path) is None:
            return _shortened(checker, path, rng)
    return None


def _search_once(
    checker: CollisionChecker, start: FloatVector, goal: FloatVector, rng: np.random.Generator
) -> list[FloatVector] | None:
    """Returns a path free at OMPL's resolution, ``None`` if none was found."""
    columns = list(_SEARCHED)
    space = _space(start[columns], goal[columns])
    setup = og.SimpleSetup(space)
    information = setup.getSpaceInformation()

    checks = count()

    def valid(state: ob.State) -> bool:
        next(checks)
        return checker.free(_whole([state[i] for i in range(len(columns))], goal))

    setup.setStateValidityChecker(valid)
    information.setStateValidityCheckingResolution(_RESOLUTION)
    setup.setStartAndGoalStates(_state(space, start[columns]), _state(space, goal[columns]))
    planner = og.RRTConnect(information)
    planner.setRange(_RANGE)
    setup.setPlanner(planner)
    # OMPL seeds each sampler from one global generator: the only way to hand it a seed.
    with _SEEDED:
        ou.RNG.setSeed(int(rng.integers(1, 2**31)))
        setup.solve(ob.PlannerTerminationCondition(lambda: next(checks) > _MOST_CHECKS))
    if not setup.haveExactSolutionPath():
        return None
    states = setup.getSolutionPath().getStates()
    found = [_whole([s[i] for i in range(len(columns))], goal) for s in states]
    return [start, *found[1:-1], goal]


def _whole(searched: Sequence[float], like: FloatVector) -> FloatVector:
    """Returns the whole configuration of the searched joints with the hand pointing down."""
    q = like.copy()
    q[list(_SEARCHED)] = searched
    q[_WRIST_FLEX] = math.pi / 2 - q[_SHOULDER_LIFT] - q[_ELBOW]
    return q


def _space(start: FloatVector, goal: FloatVector) -> ob.RealVectorStateSpace:
    limits = robot_model().jnt_range[list(_SEARCHED)]
    space = ob.RealVectorStateSpace(len(_SEARCHED))
    bounds = ob.RealVectorBounds(len(_SEARCHED))
    for i, (low, high) in enumerate(limits.tolist()):
        bounds.setLow(i, max(low, float(min(start[i], goal[i]) - _MARGIN[i])))
        bounds.setHigh(i, min(high, float(max(start[i], goal[i]) + _MARGIN[i])))
    space.setBounds(bounds)
    return space


def _state(space: ob.RealVectorStateSpace, values: FloatVector) -> ob.State:
    state = space.allocState()
    for i, value in enumerate(values.tolist()):
        state[i] = value
    return state


def _shortened(
    checker: CollisionChecker, path: list[FloatVector], rng: np.random.Generator
) -> list[FloatVector]:
    """Returns the path without detours that a straight leg can replace."""
    for _ in range(_SHORTCUTS):
        if len(path) < 3:
            break
        first, last = sorted(rng.choice(len(path), size=2, replace=False).tolist())
        if last - first > 1 and checker.path_obstacle([path[first], path[last]]) is None:
            path = path[: first + 1] + path[last:]
    return path
