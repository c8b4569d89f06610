# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pick an object up from above, carry it and put it down."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from f2p_core.skill import SkillCall
from f2p_sim.cell import Cell, CellGeometry
from f2p_sim.errors import SkillError
from f2p_sim.grasp import Grasp
from f2p_sim.kinematics import HandTarget
from f2p_sim.motion import plan_path
from f2p_sim.robot import FINGERS, FloatVector
from f2p_sim.skills.base import Motion, Operator, shifted
from f2p_sim.skills.plan import plan_pick_and_place, plan_place, release_target, Stop, Task
from f2p_sim.trajectory import Trajectory

_ATTEMPTS = 2
"""Grasps that are tried; the second takes hold elsewhere."""

_TEST_LIFT_M = 0.03
"""How far an object is raised to see whether it comes along [m]."""

_RISEN_M = 0.015
"""An object that rose less than this [m] was not held: half the test lift."""

_STOP_ABOVE_M = 0.012
"""Where the hand stops above its goal [m] to mend what has slipped on the way."""

_SAG_M = 0.02
"""What is carried is taken to hang this much lower on its way, for its sway."""

_DROPPED_M = 0.08
"""An object that slipped farther in the hand than this [m] was dropped."""

_MISPLACED_M = 0.05
"""An object that ends farther from its goal than this [m] was misplaced."""

_CARRY_SPEED = 0.85
"""Share of the joints' limits when something is carried: what is heaped stays in."""

_GENTLE = 0.5
"""Share of the joints' limits just above the goal."""


def pick_place(cell: Cell, call: SkillCall, qpos: FloatVector) -> Motion:
    """Controller of ``pick_place``.

    Args:
        cell: The scene.
        call: Object, target and (x [m], y [m], yaw [rad]) of the object in the target's frame.
        qpos: State at the start.

    Raises:
        SkillError: ``unknown_object``, ``not_movable``, ``not_graspable``, ``ik_unreachable``,
            ``in_collision``, ``grasp_missed``, ``dropped`` or ``misplaced``.
    """
    task = Task(cell.index(call.object_id), cell.index(call.target_id), call)
    if cell.object(task.held).fixed:
        raise SkillError('not_movable', f'{call.object_id!r} is furniture')
    robot = Operator(cell, qpos)
    for _ in range(_ATTEMPTS):
        view = robot.look()
        grasp, pick = plan_pick_and_place(cell, task, view)
        yield from _take(robot, grasp, pick)
        if _came_along(cell, task, view, robot.look()):
            break
        yield from robot.open(grasp.opening_m)
        yield from robot.move([pick.over])
    else:
        raise SkillError('grasp_missed', f'{call.object_id!r} did not come up with the hand')
    hand = pick.hand.raised(pick.hand.position_m[2] + _TEST_LIFT_M)
    place = yield from _carry(robot, task, hand)
    yield from _put_down(robot, task, place)
    yield from robot.open(grasp.opening_m)
    yield from robot.move([_with_fingers(place.over, robot.reference)])
    yield from robot.settle()
    _check_placed(task, robot.look())


def _take(robot: Operator, grasp: Grasp, pick: Stop) -> Motion:
    """Goes to the object, closes the fingers and lifts it a little to see whether it comes."""
    checker = robot.cell.checker(robot.look())
    path = plan_path(robot.cell, checker, robot.reference, pick.over)
    yield from robot.move([*path[1:], pick.at], checker=checker)
    yield from robot.close(grasp.width_m, grasp.force_n)
    lifted = shifted(robot.reference, by_m=(0.0, 0.0, _TEST_LIFT_M))
    yield from robot.move([lifted], _CARRY_SPEED)


def _came_along(cell: Cell, task: Task, before: CellGeometry, after: CellGeometry) -> bool:
    """Returns whether both pads touch the object and it has risen."""
    risen = after.poses[task.held, 2, 3] - before.poses[task.held, 2, 3]
    return bool(all(cell.pads_on(after.qpos, task.held)) and risen > _RISEN_M)


def _carry(
    robot: Operator, task: Task, hand: HandTarget
) -> Generator[Trajectory, FloatVector, Stop]:
    """Carries the object to just above its place.

    Args:
        robot: With the object in the hand.
        task: What goes where.
        hand: Commanded hand pose now.
    """
    cell, view = robot.cell, robot.look()
    place = plan_place(cell, task, view, hand, float(robot.reference[FINGERS][0]))
    over = _with_fingers(place.over, robot.reference)
    low = shifted(_with_fingers(place.at, robot.reference), by_m=(0.0, 0.0, _STOP_ABOVE_M))
    in_hand = _in_hand(view, task)
    hanging = in_hand.copy()
    hanging[2, 3] += _SAG_M
    checker = cell.checker(view, task.held, hanging)
    path = plan_path(cell, checker, robot.reference, over)
    yield from robot.move(path[1:], _CARRY_SPEED, checker)
    yield from robot.move([low], _CARRY_SPEED)
    slip_m = np.abs(_in_hand(robot.look(), task)[:3, 3] - in_hand[:3, 3]).max()
    if not (slip_m < _DROPPED_M and all(cell.pads_on(robot.qpos, task.held))):
        raise SkillError('dropped', f'{task.call.object_id!r} slipped {100 * slip_m:.0f} cm')
    return place


def _put_down(robot: Operator, task: Task, place: Stop) -> Motion:
    """Lowers the object to its place, corrected for how it sits in the hand now."""
    now = place.hand.raised(place.hand.position_m[2] + _STOP_ABOVE_M)
    goal = release_target(robot.cell, task, robot.look(), now)
    by_m = np.subtract(goal.position_m, now.position_m)
    turn = goal.yaw_rad - now.yaw_rad
    yield from robot.move([shifted(robot.reference, by_m=by_m, turn_rad=turn)], _GENTLE)


def _in_hand(view: CellGeometry, task: Task) -> FloatVector:
    """Returns the object's pose in the tcp frame (4, 4)."""
    pose: FloatVector = np.linalg.inv(view.tcp) @ view.poses[task.held]
    return pose


def _with_fingers(configuration: FloatVector, reference: FloatVector) -> FloatVector:
    """Returns a configuration with the fingers as in the reference."""
    q = configuration.copy()
    q[FINGERS] = reference[FINGERS]
    return q


def _check_placed(task: Task, view: CellGeometry) -> None:
    """Raises unless the object lies where it was to be put."""
    x, y, _ = task.call.parameters
    target, held = view.poses[task.target], view.poses[task.held]
    offset = (held[:3, 3] - target[:3, 3]) @ target[:3, :3]
    error_m = float(np.hypot(offset[0] - x, offset[1] - y))
    if error_m > _MISPLACED_M:
        raise SkillError('misplaced', f'{task.call.object_id!r} lies {100 * error_m:.0f} cm off')
