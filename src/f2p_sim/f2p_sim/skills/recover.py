# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Put down whatever is in the hand, at the end of an execution or when a skill fails."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.rigid import plane_turn
from f2p_sim.cell import Cell, CellGeometry
from f2p_sim.errors import SkillError
from f2p_sim.motion import plan_path
from f2p_sim.robot import FINGERS, HOME, LIFT, MAX_FINGER_OPENING_M, TIP_BELOW_TCP_M
from f2p_sim.skills.base import Motion, Operator, shifted
from f2p_sim.trajectory import through

_STEP_M = 0.02
"""Step in which what is held is lowered [m]."""

_RESTING_SHARE = 0.5
"""What sinks by less than this share of a step rests on something."""

_RISE_M = 0.25
"""How far an empty hand rises after a failure [m]: above everything on the tables."""

_NEAR_M = 0.08
"""What stands nearer to the hand than this [m] is in its way."""

_SPEED = 0.6
"""Share of the joints' limits while recovering: something unknown may be in the way."""


def recover(
    cell: Cell,
    qpos: NDArray[np.float64],
    reference: NDArray[np.float64],
    before: NDArray[np.float64],
) -> Motion:
    """Controller that ends every execution: an empty hand at the look pose.

    Something still held is put back where it was, or, where there is no way there, down.

    Args:
        cell: The scene.
        qpos: State now (nq,).
        reference: Configuration last commanded (13,); its fingers may still press.
        before: State when the execution began (nq,).
    """
    robot = Operator(cell, qpos)
    robot.reference = reference.copy()
    yield from _let_go(robot, before)
    if _among_objects(robot):
        yield from _open_and_rise(robot)
    try:
        path = plan_path(cell, cell.checker(robot.look()), robot.reference, HOME.copy())
    except SkillError:
        yield from robot.move([_raised(robot)])
        path = [robot.reference, _raised(robot), HOME.copy()]
    yield from robot.move(path[1:])


def tidy(cell: Cell, motion: Motion, qpos: NDArray[np.float64]) -> Motion:
    """Runs a controller; when it fails half-way, puts back what is held before it says so.

    Args:
        cell: The scene.
        motion: The controller.
        qpos: State at its start (nq,).
    """
    before, reference = qpos, None
    try:
        rows = next(motion)
        while True:
            reference = rows[-1]
            qpos = yield rows
            rows = motion.send(qpos)
    except StopIteration:
        return
    except SkillError:
        if reference is not None:
            robot = Operator(cell, qpos)
            robot.reference = reference.copy()
            yield from _let_go(robot, before)
            yield from robot.settle()
        raise


def _let_go(robot: Operator, before: NDArray[np.float64]) -> Motion:
    """Puts what both pads touch, if anything, back where it was."""
    cell = robot.cell
    held = [i for i in cell.compiled.movable if all(cell.pads_on(robot.qpos, i))]
    if held:
        yield from _bring_back(robot, held[0], cell.look(before))
        yield from _set_down(robot, held[0])


def _bring_back(robot: Operator, held: int, before: CellGeometry) -> Motion:
    """Carries an object over the place it had before; stays where there is no way there."""
    view = robot.look()
    turn = before.yaw(held) - view.yaw(held)
    turn -= 2 * math.pi * round(turn / (2 * math.pi))
    grip = view.tcp[:2, 3] - view.poses[held, :2, 3]
    goal = before.poses[held, :2, 3] + plane_turn(turn) @ grip
    x, y = (goal - view.tcp[:2, 3]).tolist()
    over = shifted(robot.reference, by_m=(x, y, 0.0), turn_rad=turn)
    in_hand = np.linalg.inv(view.tcp) @ view.poses[held]
    checker = robot.cell.checker(view, held, in_hand)
    try:
        path = plan_path(robot.cell, checker, robot.reference, over)
    except SkillError:
        return
    yield from robot.move(path[1:], _SPEED, checker)


def _set_down(robot: Operator, held: int) -> Motion:
    """Lowers in steps until the object stays behind the hand, then opens and rises."""
    while robot.reference[LIFT] > _STEP_M:
        before = robot.look().poses[held, 2, 3]
        lower = shifted(robot.reference, by_m=(0.0, 0.0, -_STEP_M))
        rows = through([robot.reference, lower], robot.cell.timestep_s, speed=_SPEED)
        yield from robot.follow(rows)
        if before - robot.look().poses[held, 2, 3] < _RESTING_SHARE * _STEP_M:
            break
    yield from _open_and_rise(robot)


def _among_objects(robot: Operator) -> bool:
    """Returns whether the fingertips are lower than something near them.

    A hand stopped while it closes round a handle would drag the container along.
    """
    view = robot.look()
    tcp = view.tcp[:3, 3]
    return view.top_along(tcp, tcp, _NEAR_M, set()) > float(tcp[2]) - TIP_BELOW_TCP_M


def _open_and_rise(robot: Operator) -> Motion:
    """Opens the fingers a little more and raises the hand straight up."""
    opening = float(robot.qpos[FINGERS].mean()) + 0.01
    yield from robot.open(min(opening, MAX_FINGER_OPENING_M))
    yield from robot.move([_raised(robot)])


def _raised(robot: Operator) -> NDArray[np.float64]:
    """Returns the reference with the lift higher, within its range."""
    raised = robot.reference.copy()
    raised[LIFT] = min(raised[LIFT] + _RISE_M, robot.cell.compiled.model.jnt_range[LIFT, 1])
    return raised
