# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Collision-free paths of the whole robot."""

from __future__ import annotations

from f2p_sim.cell import Cell
from f2p_sim.collision import CollisionChecker
from f2p_sim.errors import SkillError
from f2p_sim.robot import ARM, FloatVector, HOME, LIFT, WRIST_ROLL
from f2p_sim.rrt import search


def plan_path(
    cell: Cell, checker: CollisionChecker, start: FloatVector, goal: FloatVector
) -> list[FloatVector]:
    """Returns waypoints (13,) from start to goal whose straight legs touch nothing.

    Tried in this order: the straight line; the lift first; the arm drawn in over the base between
    lift and drive; a sampled path (OMPL).

    Args:
        cell: The scene.
        checker: Collision checks; holds the carried object.
        start: Configuration, taken to be free.
        goal: Configuration.

    Raises:
        SkillError: ``in_collision`` if no path is found.
    """
    touched: list[int] = []
    for candidate in _candidates(start, goal):
        hit = checker.path_obstacle(candidate)
        if hit is None:
            return candidate
        touched.append(hit)
    found = search(checker, start, goal, cell.rng)
    if found is not None:
        return found
    raise SkillError('in_collision', f'no free path, {cell.name(touched[0])} is in the way')


def _candidates(start: FloatVector, goal: FloatVector) -> list[list[FloatVector]]:
    """Returns simple paths, the quickest first."""
    height = max(start[LIFT], goal[LIFT])
    lifted, over = start.copy(), goal.copy()
    lifted[LIFT] = over[LIFT] = height
    drawn_in, driven = lifted.copy(), over.copy()
    for q in (drawn_in, driven):
        roll = q[WRIST_ROLL]
        q[ARM] = HOME[ARM]
        q[WRIST_ROLL] = roll
    return [
        [start, goal],
        [start, lifted, over, goal],
        [start, lifted, drawn_in, driven, over, goal],
    ]
