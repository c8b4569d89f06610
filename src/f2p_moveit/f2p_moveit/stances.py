# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where the base can stand for the hand to reach a place on a piece of furniture."""

from __future__ import annotations

import math

import numpy as np

from f2p_core.scene import Scene, SceneObject
from f2p_moveit.moves import BasePose
from f2p_moveit.robot_file import FixedBase, RobotFile
from f2p_moveit.surroundings import bounds
from f2p_sim.errors import SkillError

_CLEARANCE_M = 0.05
"""Free space round the base where it stands [m], beyond its own radius."""

_SAME_M = 0.01
"""Nearer than this [m] the base need not drive: less than it drives exactly."""

_SAME_RAD = 0.02
"""Turned by less than this [rad] the base need not turn."""

_ASIDE_RAD = 0.4
"""What lies farther aside than this [rad] is out of comfortable reach: 23°."""


def stances(
    scene: Scene,
    support: SceneObject | None,
    xy_m: tuple[float, float],
    robot: RobotFile,
    now: BasePose,
) -> list[BasePose]:
    """Returns poses of the base from which the arm reaches straight over an edge.

    Args:
        scene: Furniture is kept clear of.
        support: The furniture that is reached over; ``None``: the floor, reached from where the
            base is.
        xy_m: The place to reach, in ``map`` [m].
        robot: Reaches and radius of the base.
        now: Where the base is. It stays there if it can, a fixed one always; else near poses come
            first, then comfortable ones.

    Raises:
        SkillError: ``ik_unreachable`` if there is none.
    """
    if stays(now, xy_m, robot):
        return [now]
    x, y = xy_m
    if isinstance(robot.base, FixedBase):
        raise SkillError(
            'ik_unreachable',
            f'({x:.2f}, {y:.2f}) m is {math.dist(xy_m, now[:2]):.2f} m from the base, which is '
            f'fixed; the arm reaches {max(robot.stance.reaches_m):.2f} m',
        )
    ahead = math.atan2(y - now.y_m, x - now.x_m)
    edges = [ahead] if support is None else [
        support.pose_map.yaw_rad + k * math.pi / 2 for k in range(4)
    ]  # fmt: skip
    found = []
    for heading in edges:
        for rank, reach_m in enumerate(robot.stance.reaches_m):
            yaw = math.remainder(heading - robot.stance.arm_yaw_rad, math.tau)
            place = BasePose(
                x - reach_m * math.cos(heading), y - reach_m * math.sin(heading), yaw
            )
            if _is_clear(scene, place, robot.base.radius_m + _CLEARANCE_M):
                away_m = math.dist(place[:2], now[:2])
                found.append((round(away_m, 1), rank, place))
    if not found:
        raise SkillError(
            'ik_unreachable',
            f'the base cannot stand within {max(robot.stance.reaches_m):.2f} m of '
            f'({x:.2f}, {y:.2f}) m beside the furniture',
        )
    return [place for _, _, place in sorted(found)]


def stays(stand: BasePose, xy_m: tuple[float, float], robot: RobotFile) -> bool:
    """Returns whether a place [m] is in comfortable reach from a pose of the base.

    The arm of a fixed base reaches all round, and nearer than is comfortable: it cannot stand
    elsewhere.
    """
    x, y = xy_m[0] - stand.x_m, xy_m[1] - stand.y_m
    aside = math.atan2(y, x) - stand.yaw_rad - robot.stance.arm_yaw_rad
    reaches = robot.stance.reaches_m
    if isinstance(robot.base, FixedBase):
        return math.hypot(x, y) <= max(reaches)
    is_ahead = abs(math.remainder(aside, math.tau)) < _ASIDE_RAD
    return is_ahead and min(reaches) <= math.hypot(x, y) <= max(reaches)


def reach_direction(base: BasePose, robot: RobotFile) -> tuple[float, float]:
    """Returns the unit vector in ``map`` along which the arm reaches."""
    heading = base.yaw_rad + robot.stance.arm_yaw_rad
    return math.cos(heading), math.sin(heading)


def is_there(goal: BasePose, now: BasePose) -> bool:
    """Returns whether the base is at a pose already."""
    turn = abs(math.remainder(goal.yaw_rad - now.yaw_rad, math.tau))
    return math.dist(goal[:2], now[:2]) < _SAME_M and turn < _SAME_RAD


def _is_clear(scene: Scene, place: BasePose, radius_m: float) -> bool:
    for item in scene.objects:
        if item.fixed:
            low, high = bounds(item)
            xy = np.array(place[:2])
            gap = np.maximum(np.maximum(low[:2] - xy, xy - high[:2]), 0.0)
            if np.hypot(*gap) < radius_m:
                return False
    return True
