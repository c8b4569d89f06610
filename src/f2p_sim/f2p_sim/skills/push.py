# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Push an object along a straight line with two fingertips a little apart.

Two points of contact keep a box from turning and a cylinder from rolling off one fingertip.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.skill import SkillCall
from f2p_sim.cell import Cell, CellGeometry
from f2p_sim.errors import SkillError
from f2p_sim.kinematics import configuration_at, hand_yaw, HandTarget, nearest_yaw, stations
from f2p_sim.motion import plan_path
from f2p_sim.robot import TIP_BELOW_TCP_M
from f2p_sim.skills.base import Motion, Operator, shifted
from f2p_sim.skills.plan import surface_height
from f2p_sim.trajectory import through

_FINGER_HALF_M = 0.010
"""Half the width of the closed fingers along the push [m], with their rounding."""

_CLOSED_M = 0.001
"""Opening of each finger while pushing [m]: closed, without pressing the pads."""

_GAP_M = 0.015
"""Distance to the object at which the fingers come down [m]."""

_SEEK_M = 0.08
"""How far beyond it is felt for the object [m]: its pose is known less exactly."""

TIP_CLEARANCE_M = 0.008
"""Height of the finger tips over the support [m]: clear of it, below most centres of mass."""

_OVER_OBSTACLES_M = 0.05
"""Clearance over what stands in the way [m]."""

_CORRIDOR_M = 0.14
"""Half width of the way that must be clear [m]: that of the hand."""

_TOUCHED_M = 0.0015
"""An object that moved this far [m] was touched: far above the noise of the contact."""

_BACK_OFF_M = 0.015
"""How far the fingers draw back at the end [m], so that they rise free of the object."""

_SPEED = 0.4
"""Share of the joints' limits while pushing: faster, objects slide on by themselves."""

_CHUNK_S = 0.04
"""Time between two looks for a touch [s]."""

_BEHIND_M = 0.03
"""A base that stays farther behind its path than this [m] is blocked."""


class Stroke(NamedTuple):
    """A straight line along which the fingertips move an object.

    Attributes:
        heading_rad: Direction in ``map`` [rad].
        distance_m: Length after first contact [m].
        offset_m: How far to the left of the object's middle the fingertips touch [m].
        tip_height_m: Height of the fingertips over the surface the object stands on [m].
    """

    heading_rad: float
    distance_m: float
    offset_m: float
    tip_height_m: float = TIP_CLEARANCE_M


def push(cell: Cell, call: SkillCall, qpos: NDArray[np.float64]) -> Motion:
    """Controller of ``push``.

    Args:
        cell: The scene.
        call: Object, the support it stands on, and (direction [rad], distance [m], offset [m])
            in the support's frame.
        qpos: State at the start.

    Raises:
        SkillError: As for ``push_along``.
    """
    direction, distance_m, offset_m = call.parameters
    heading = cell.look(qpos).yaw(cell.index(call.target_id)) + direction
    yield from push_along(cell, call, qpos, Stroke(heading, distance_m, offset_m))


def push_along(
    cell: Cell, call: SkillCall, qpos: NDArray[np.float64], stroke: Stroke
) -> Motion:
    """Pushes the object of a call along a line, whatever the parameters of its skill.

    Args:
        cell: The scene.
        call: Names the object and the support it stands on.
        qpos: State at the start.
        stroke: The line.

    Raises:
        SkillError: ``unknown_object``, ``not_movable``, ``ik_unreachable``, ``in_collision``,
            ``push_missed`` or ``blocked``.
    """
    item, support = cell.index(call.object_id), cell.index(call.target_id)
    if cell.object(item).fixed:
        raise SkillError('not_movable', f'{call.object_id!r} is furniture')
    robot = Operator(cell, qpos)
    view = robot.look()
    along = np.array([math.cos(stroke.heading_rad), math.sin(stroke.heading_rad), 0.0])
    hand = _start(cell, view, item, support, stroke)
    travel = along * (_GAP_M + _SEEK_M + stroke.distance_m)
    over, at = _reach(cell, view, hand, travel, item)
    checker = cell.checker(view)
    path = plan_path(cell, checker, robot.reference, over)
    yield from robot.move([*path[1:], at], checker=checker)
    yield from _seek(robot, item, along)
    moved_m = float((robot.look().poses[item, :3, 3] - view.poses[item, :3, 3]) @ along)
    goal = shifted(robot.reference, by_m=along * max(stroke.distance_m - moved_m, 0.0))
    yield from robot.move([goal], _SPEED)
    behind_m = float((goal - robot.qpos[: len(goal)])[:2] @ along[:2])
    yield from robot.move([shifted(goal, by_m=-along * _BACK_OFF_M)], _SPEED)
    rise = over - at
    yield from robot.move([robot.reference + rise])
    yield from robot.settle()
    if behind_m > _BEHIND_M:
        raise SkillError('blocked', f'the hand stayed {100 * behind_m:.0f} cm behind')


def _start(
    cell: Cell, view: CellGeometry, item: int, support: int, stroke: Stroke
) -> HandTarget:
    """Returns the hand pose just behind the object, seen in the direction of the push."""
    heading = stroke.heading_rad
    along = np.array([math.cos(heading), math.sin(heading), 0.0])
    aside = np.array([-along[1], along[0], 0.0])
    middle = view.poses[item, :3, 3]
    back_m = cell.extent(view, item, -along) + _FINGER_HALF_M + _GAP_M
    x, y, _ = (middle - along * back_m + aside * stroke.offset_m).tolist()
    floor = surface_height(cell, view, item, support)
    yaw = nearest_yaw(heading + math.pi / 2, hand_yaw(view.robot), math.pi)
    return HandTarget((x, y, floor + TIP_BELOW_TCP_M + stroke.tip_height_m), yaw)


def _reach(
    cell: Cell, view: CellGeometry, hand: HandTarget, travel: NDArray[np.float64], item: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns configurations over and at the start, from where the whole push is in reach.

    Raises:
        SkillError: ``ik_unreachable`` or ``in_collision``.
    """
    here = np.array(hand.position_m)
    top = view.top_along(view.tcp[:3, 3], here, _CORRIDOR_M, set())
    height = max(top + _OVER_OBSTACLES_M, hand.position_m[2]) + TIP_BELOW_TCP_M
    others = cell.checker(view)
    furniture = cell.checker(view, ignored=cell.compiled.movable)
    first: int | None = None
    for station in stations():
        over = configuration_at(station, hand.raised(height), _CLOSED_M)
        at = configuration_at(station, hand, _CLOSED_M)
        if over is None or at is None:
            continue
        hit = others.path_obstacle([over, over, at])
        if hit is None:
            hit = furniture.path_obstacle([at, shifted(at, by_m=travel)])
        if hit is None:
            return over, at
        first = hit if first is None else first
    what = f'push {cell.name(item)!r}'
    if first is None:
        raise SkillError('ik_unreachable', f'{what}: hand at {np.round(here, 2).tolist()} m')
    raise SkillError('in_collision', f'{what}: {cell.name(first)} is in the way')


def _seek(robot: Operator, item: int, along: NDArray[np.float64]) -> Motion:
    """Moves along until the object moves.

    Raises:
        SkillError: ``push_missed`` if it never does.
    """
    start = robot.look().poses[item, :3, 3]
    goal = shifted(robot.reference, by_m=along * (_GAP_M + _SEEK_M))
    timestep_s = robot.cell.timestep_s
    rows = through([robot.reference, goal], timestep_s, speed=_SPEED)
    step = max(round(_CHUNK_S / timestep_s), 1)
    for first in range(0, len(rows), step):
        yield from robot.follow(rows[first : first + step])
        if np.linalg.norm(robot.look().poses[item, :3, 3] - start) > _TOUCHED_M:
            return
    raise SkillError('push_missed', f'{robot.cell.name(item)!r} was not touched')
