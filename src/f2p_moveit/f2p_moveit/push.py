# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``push`` as stages: behind the object, straight on, back and up.

The hand touches nothing it could feel: the object is taken to be where it was seen, and the push
is as long as the call says from there.
"""

from __future__ import annotations

from collections.abc import Iterator
import math

import numpy as np

from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.scene import SceneObject
from f2p_core.skill import SkillCall
from f2p_moveit.building import drive_stage, Situation
from f2p_moveit.moves import BasePose, Open, Reach, SkillPlan, Stage, Straight, Touch
from f2p_moveit.poses import moved, tool_pose
from f2p_moveit.stances import stances
from f2p_moveit.surroundings import surface_height
from f2p_sim.errors import SkillError
from f2p_sim.kinematics import HandTarget

GAP_M = 0.02
"""The push begins this far behind the object [m]."""

_FINGER_HALF_M = 0.010
"""Half the width of the closed fingers along the push [m], with their rounding."""

_TIP_CLEARANCE_M = 0.008
"""Height of the finger tips over the support [m]: clear of it, below most centres of mass."""

_BACK_M = 0.02
"""How far the fingers draw back at the end [m], so that they rise free of the object."""

_STANCES = 2
"""Places of the base that are tried: driving to each takes longest of all."""


def push_plans(situation: Situation, call: SkillCall) -> Iterator[SkillPlan]:
    """Yields ways to carry out a call.

    Args:
        situation: What was seen, and with which robot.
        call: Object, the support it stands on, and (direction [rad], distance [m], offset [m]) in
            the support's frame.

    Raises:
        SkillError: ``unknown_object``, ``not_movable`` or ``ik_unreachable``.
    """
    item = situation.movable(call.object_id)
    if call.target_id not in situation.scene.object_ids:
        raise SkillError('unknown_object', f'{call.target_id!r} is not in the scene')
    support = situation.scene.object(call.target_id)
    heading = support.pose_map.yaw_rad + call.parameters[0]
    x, y, _ = item.pose_map.position_m
    furniture = situation.furniture_under(call.object_id)
    robot = situation.robot
    for stand in stances(situation.scene, furniture, (x, y), robot, situation.base_map)[:_STANCES]:
        ahead = stand.yaw_rad + robot.stance.arm_yaw_rad
        # The fingers, closed, touch side by side: the closing line is across the push.
        turn = math.remainder(heading + math.pi / 2 - ahead, math.pi)
        for yaw in (ahead + turn, ahead + turn - math.copysign(math.pi, turn)):
            hand = HandTarget(_start(situation, call, item, support), yaw)
            yield _stages(situation, call, stand, hand)


def _start(
    situation: Situation, call: SkillCall, item: SceneObject, support: SceneObject
) -> tuple[float, float, float]:
    """Returns where the tool is just behind the object, seen in the direction of the push [m]."""
    direction, _, offset = call.parameters
    heading = support.pose_map.yaw_rad + direction
    along = np.array([math.cos(heading), math.sin(heading), 0.0])
    aside = np.array([-along[1], along[0], 0.0])
    half = body_half_extents(item.shape.kind, np.array(dimensions_of(item.shape)))
    reach = float(np.abs(item.pose_map.rotation().T @ along) @ half)
    back = reach + _FINGER_HALF_M + GAP_M
    x, y, _ = (np.array(item.pose_map.position_m) - back * along + offset * aside).tolist()
    tip = situation.robot.gripper.tip_beyond_tool_m
    return x, y, surface_height(item, support) + tip + _TIP_CLEARANCE_M


def _stages(
    situation: Situation, call: SkillCall, stand: BasePose, hand: HandTarget
) -> SkillPlan:
    robot = situation.robot
    limits, start = robot.limits, tool_pose(hand)
    heading = situation.scene.object(call.target_id).pose_map.yaw_rad + call.parameters[0]
    tip = start.position_m[2] - robot.gripper.tip_beyond_tool_m
    over = situation.over(start, tip, robot.distances.approach_m)
    end = moved(start, _along(heading, GAP_M + call.parameters[1]))
    behind = moved(end, _along(heading, -_BACK_M))
    away = behind.model_copy(
        update={'position_m': (*behind.position_m[:2], over.position_m[2])}
    )
    contact = limits.contact_speed
    return (
        drive_stage(robot, stand),
        Stage('approach', 'approaching', (Open(0.0), Reach(over, limits.speed)), limits.stage_s),
        Stage(
            'push',
            'acting',
            (
                Touch((call.object_id,), (call.target_id,)),
                Straight(start, contact),
                Straight(end, contact),
            ),
            limits.stage_s,
        ),
        Stage(
            'retreat',
            'retreating',
            (Straight(behind, contact), Straight(away, contact)),
            limits.stage_s,
        ),
    )


def _along(heading_rad: float, distance_m: float) -> tuple[float, float, float]:
    return distance_m * math.cos(heading_rad), distance_m * math.sin(heading_rad), 0.0
