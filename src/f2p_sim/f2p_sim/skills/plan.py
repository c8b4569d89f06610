# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where hand and robot must be to pick an object up and to put it down."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.fit import fits_inside, resting_height
from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.geometry.prisms import prism_of
from f2p_core.geometry.rigid import plane_turn
from f2p_core.skill import SkillCall
from f2p_sim.cell import Cell, CellGeometry
from f2p_sim.collision import CollisionChecker
from f2p_sim.errors import SkillError
from f2p_sim.grasp import CLEARANCE_M, Grasp, grasps
from f2p_sim.kinematics import configuration_at, hand_yaw, HandTarget, nearest_yaw, stations
from f2p_sim.robot import (
    FINGER_THICKNESS_M,
    FINGER_WIDTH_M,
    FloatVector,
    TIP_BELOW_TCP_M,
)

RELEASE_GAP_M = 0.002
"""Gap under an object when the fingers open [m]."""

_FROM_WALL_M = 0.004
"""Gap that fingers in a cavity keep from its wall [m]: grasps are off the middle by about that."""

_OVER_RIM_M = 0.005
"""Gap between finger tips and rim where an object is let go over a cavity [m]."""

_OVER_OBSTACLES_M = 0.03
"""Clearance over what stands in the way [m]."""

_CORRIDOR_M = 0.14
"""Half width of the way that must be clear [m]: that of the hand."""

_CHECK_ABOVE_M = 0.006
"""A goal is checked this far above [m]: resting on its support would count as a collision."""

_LEAST_RISE_M = 0.05
"""What is carried is raised at least this far [m]."""

_SWAY = 0.2
"""Tangent of the tilt that a carried container may take on (11°)."""


class Task(NamedTuple):
    """A ``pick_place`` call resolved against the scene: object indices and the call."""

    held: int
    target: int
    call: SkillCall


class Stop(NamedTuple):
    """A hand target with the configurations over it and at it."""

    hand: HandTarget
    over: FloatVector
    at: FloatVector


def plan_pick_and_place(cell: Cell, task: Task, view: CellGeometry) -> tuple[Grasp, Stop]:
    """Returns the first grasp that touches nothing where it is taken and where it ends.

    Returns:
        The grasp and where the hand takes the object.

    Raises:
        SkillError: If there is none, with what stopped the one that got furthest.
    """
    item = cell.object(task.held)
    empty = cell.checker(view)
    problem = SkillError('not_graspable', f'{item.object_id!r} offers no grasp')
    furthest = 0
    pose, bounds = view.poses[task.held], view.bounds[task.held]
    for grasp in grasps(item.shape, pose, bounds, cell.balance(view, task.held)):
        got = 1
        try:
            pick = plan_pick(cell, task, view, grasp, empty)
            got = 2
            plan_place(cell, task, view, pick.hand, grasp.opening_m)
            return grasp, pick
        except SkillError as error:
            if got > furthest:
                problem, furthest = error, got
    raise problem


def plan_pick(
    cell: Cell, task: Task, view: CellGeometry, grasp: Grasp, checker: CollisionChecker
) -> Stop:
    """Returns where the hand takes hold.

    Raises:
        SkillError: ``ik_unreachable`` or ``in_collision``.
    """
    yaw = nearest_yaw(grasp.target.yaw_rad, hand_yaw(view.robot), math.pi)
    hand = HandTarget(grasp.target.position_m, yaw)
    middle = np.array(hand.position_m)
    top = view.top_along(view.tcp[:3, 3], middle, _CORRIDOR_M, {task.held})
    top = max(top, float(view.bounds[task.held, 1, 2])) + _OVER_OBSTACLES_M + TIP_BELOW_TCP_M
    height = max(top, hand.position_m[2] + _LEAST_RISE_M)
    return _stop(cell, hand, height, grasp.opening_m, checker, f'pick {task.call.object_id!r}')


def plan_place(
    cell: Cell, task: Task, view: CellGeometry, hand: HandTarget, finger_m: float
) -> Stop:
    """Returns where the hand lets go so that the object comes to lie as the call says.

    Args:
        cell: The scene.
        task: What goes where.
        view: Geometry with the object in or at the hand.
        hand: Commanded hand pose now.
        finger_m: Opening of each finger [m].

    Raises:
        SkillError: ``ik_unreachable`` or ``in_collision``.
    """
    goal = release_target(cell, task, view, hand)
    in_tcp = np.linalg.inv(_tcp_pose(hand)) @ view.poses[task.held]
    checker = cell.checker(view, task.held, in_tcp)
    size = float(np.ptp(view.bounds[task.held, :, :2], axis=0).max())
    ignored = {task.held, *cell.content(view, task.held)}
    top = view.top_along(
        np.array(hand.position_m), np.array(goal.position_m), _CORRIDOR_M + size / 2, ignored
    )
    lowest = min(float(view.bounds[task.held, 0, 2]), hand.position_m[2] - TIP_BELOW_TCP_M)
    clearance = _OVER_OBSTACLES_M + _SWAY * size / 2
    rise = max(top + clearance - lowest, _LEAST_RISE_M)
    height = max(hand.position_m[2] + rise, goal.position_m[2] + _LEAST_RISE_M)
    raised = goal.raised(goal.position_m[2] + _CHECK_ABOVE_M)
    stop = _stop(cell, raised, height, finger_m, checker, f'place {task.call.object_id!r}')
    return Stop(goal, stop.over, stop.at)


def release_target(cell: Cell, task: Task, view: CellGeometry, hand: HandTarget) -> HandTarget:
    """Returns the hand pose that puts the object, as it sits in the hand now, in its place."""
    x, y, yaw = task.call.parameters
    target, held = view.poses[task.target], view.poses[task.held]
    frame_yaw = view.yaw(task.target)
    turn = frame_yaw + yaw - view.yaw(task.held)
    turn -= 2 * math.pi * round(turn / (2 * math.pi))
    goal_xy = target[:2, 3] + plane_turn(frame_yaw) @ np.array([x, y])
    offset = plane_turn(turn) @ (np.array(hand.position_m[:2]) - held[:2, 3])
    surface = surface_height(cell, view, task.held, task.target)
    drop = surface + RELEASE_GAP_M - view.bounds[task.held, 0, 2]
    height = float(hand.position_m[2] + drop)
    if _walls_meet_fingers(cell, task):
        rim = float(view.bounds[task.target, 1, 2])
        height = max(height, rim + TIP_BELOW_TCP_M + _OVER_RIM_M)
    gx, gy = (goal_xy + offset).tolist()
    yaw = nearest_yaw(hand.yaw_rad + turn, hand.yaw_rad, 2 * math.pi)
    return HandTarget((gx, gy, height), yaw)


def _walls_meet_fingers(cell: Cell, task: Task) -> bool:
    """Returns whether open fingers round the object would touch the round wall it goes into.

    Between straight walls there are holds along a wall; whether one is free is checked.
    """
    item, target = (prism_of(cell.object(i).shape) for i in (task.held, task.target))
    if not (target.disc and fits_inside(item, target)):
        return False
    outline = np.hypot(*item.half_m[:2]) if not item.disc else item.half_m[0]
    x, y, _ = task.call.parameters
    hand = math.hypot(outline + CLEARANCE_M + FINGER_THICKNESS_M, FINGER_WIDTH_M / 2)
    return bool(math.hypot(x, y) + hand + _FROM_WALL_M > target.half_m[0] - target.wall_m)


def surface_height(cell: Cell, view: CellGeometry, item: int, support: int) -> float:
    """Returns the height of the surface an object would stand on, a top or a floor [m]."""
    shape = cell.object(item).shape
    half_height = body_half_extents(shape.kind, np.array(dimensions_of(shape)))[2]
    rest = resting_height(shape, cell.object(support).shape)
    return float(view.poses[support, 2, 3] + rest - half_height)


def _stop(
    cell: Cell,
    hand: HandTarget,
    height_m: float,
    finger_m: float,
    checker: CollisionChecker,
    what: str,
) -> Stop:
    """Returns the first station from which the hand can be lowered without touching anything."""
    first: int | None = None
    for station in stations():
        over = configuration_at(station, hand.raised(height_m), finger_m)
        at = configuration_at(station, hand, finger_m)
        if over is None or at is None:
            continue
        hit = checker.path_obstacle([over, over, at])
        if hit is None:
            return Stop(hand, over, at)
        first = hit if first is None else first
    if first is None:
        x, y, z = hand.position_m
        raise SkillError('ik_unreachable', f'{what}: hand at ({x:.2f}, {y:.2f}, {z:.2f}) m')
    raise SkillError('in_collision', f'{what}: {cell.name(first)} is in the way')


def _tcp_pose(hand: HandTarget) -> NDArray[np.float64]:
    """Returns the pose of the tool centre (4, 4): z down, y the closing direction."""
    c, s = math.cos(hand.yaw_rad), math.sin(hand.yaw_rad)
    pose = np.eye(4)
    pose[:3, :3] = [[-c, -s, 0.0], [-s, c, 0.0], [0.0, 0.0, -1.0]]
    pose[:3, 3] = hand.position_m
    return pose
