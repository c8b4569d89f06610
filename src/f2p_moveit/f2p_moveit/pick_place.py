# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``pick_place`` as stages: grasp from above, lift, carry, put down, let go."""

from __future__ import annotations

from collections.abc import Iterator
import math
from typing import NamedTuple

import numpy as np

from f2p_core.pose import Pose, upright_pose
from f2p_core.skill import SkillCall
from f2p_core.supports import support_tree
from f2p_moveit.building import drive_stage, Situation
from f2p_moveit.moves import (
    Attach,
    BasePose,
    Close,
    Detach,
    Move,
    Open,
    Phase,
    PutBack,
    Reach,
    SkillPlan,
    Stage,
    Straight,
    Touch,
)
from f2p_moveit.poses import compose, inverse, moved, tool_pose
from f2p_moveit.stances import is_there, reach_direction, stances
from f2p_moveit.surroundings import balance_m, bounds, held_with, surface_height
from f2p_sim.errors import SkillError
from f2p_sim.grasp import Grasp, grasps
from f2p_sim.kinematics import HandTarget

RELEASE_GAP_M = 0.003
"""Gap under an object when the fingers open [m]."""

_GRASPS = 3
"""Grasps that are tried per place of the base: planning each takes seconds."""

_STANCES = 2
"""Places of the base that are tried: driving to each takes longest of all."""


def pick_place_plans(situation: Situation, call: SkillCall) -> Iterator[SkillPlan]:
    """Yields ways to carry out a call, the most comfortable first.

    Args:
        situation: What was seen, and with which robot.
        call: Object, target and (x [m], y [m], yaw [rad]) of the object in the target's frame.

    Raises:
        SkillError: ``unknown_object``, ``not_movable``, ``not_graspable`` or
            ``ik_unreachable``.
    """
    scene, robot = situation.scene, situation.robot
    item = situation.movable(call.object_id)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = item.pose_map.rotation(), item.pose_map.position_m
    balance = balance_m(scene, call.object_id)
    found = grasps(item.shape, pose, bounds(item), balance, robot.gripper.hand)
    furniture = situation.furniture_under(call.object_id)
    x, y, _ = item.pose_map.position_m
    for stand in stances(scene, furniture, (x, y), robot, situation.base_map)[:_STANCES]:
        ahead = stand.yaw_rad + robot.stance.arm_yaw_rad
        for grasp in found[:_GRASPS]:
            for hand in _either_way_round(grasp.target, ahead):
                yield _Carry(situation, call, stand, grasp, tool_pose(hand)).plan()


def _either_way_round(hand: HandTarget, ahead_rad: float) -> list[HandTarget]:
    """Returns a hold and the same with the fingers exchanged, the less turned hand first."""
    turn = math.remainder(hand.yaw_rad - ahead_rad, math.pi)
    other = turn - math.copysign(math.pi, turn)
    return [HandTarget(hand.position_m, ahead_rad + t) for t in (turn, other)]


class _Carry(NamedTuple):
    """One way to take the object: where the base stands, which grasp, where the tool is."""

    situation: Situation
    call: SkillCall
    stand: BasePose
    grasp: Grasp
    tool_map: Pose

    @property
    def held(self) -> tuple[str, ...]:
        """The object and what moves along with it."""
        return held_with(self.situation.scene, self.call.object_id)

    def plan(self) -> SkillPlan:
        """Returns the stages."""
        lifted = self._lifted()
        put_back = self._put_back(lifted)
        return (*self._pick(lifted, put_back), *self._place(lifted, put_back))

    def _stage(self, name: str, phase: Phase, *moves: Move, holds: bool = False) -> Stage:
        limit_s = self.situation.robot.limits.stage_s
        return Stage(name, phase, moves, limit_s, self.grasp.width_m if holds else 0.0)

    def _lifted(self) -> Pose:
        """Returns the tool's pose with the object over everything near."""
        item = self.situation.scene.object(self.call.object_id)
        bottom = float(bounds(item)[0, 2])
        least = self.situation.robot.distances.lift_m
        return self.situation.over(self.tool_map, bottom, least, *self.held)

    def _opening_m(self) -> float:
        return self.grasp.opening_of(self.situation.robot.gripper.hand)

    def _put_back(self, lifted: Pose) -> tuple[Stage, ...]:
        """Stages that put the object back where it was taken, from the same stance."""
        limits = self.situation.robot.limits
        down = moved(self.tool_map, (0.0, 0.0, RELEASE_GAP_M))
        return (
            self._stage('carry back', 'retreating', Reach(lifted, limits.carry_speed)),
            self._stage(
                'put back',
                'retreating',
                Straight(down, limits.contact_speed),
                Open(self._opening_m()),
                Detach(),
                Straight(lifted, limits.contact_speed),
            ),
        )

    def _pick(self, lifted: Pose, put_back: tuple[Stage, ...]) -> tuple[Stage, ...]:
        """Stages from wherever the robot is to the object lifted over its place."""
        robot = self.situation.robot
        limits = robot.limits
        tip = self.tool_map.position_m[2] - robot.gripper.tip_beyond_tool_m
        over = self.situation.over(self.tool_map, tip, robot.distances.approach_m)
        under = support_tree(self.situation.scene)[self.call.object_id]
        return (
            drive_stage(robot, self.stand),
            self._stage(
                'approach', 'approaching', Open(self._opening_m()), Reach(over, limits.speed)
            ),
            self._stage(
                'grasp',
                'acting',
                Touch(self.held, () if under is None else (under,)),
                Straight(self.tool_map, limits.contact_speed),
                Close(),
                PutBack(put_back),
                Attach(self.held),
                holds=True,
            ),
            self._stage('lift', 'carrying', Straight(lifted, limits.carry_speed), holds=True),
        )

    def _place(self, lifted: Pose, put_back: tuple[Stage, ...]) -> tuple[Stage, ...]:
        """Stages from the lifted object to the empty hand over the place."""
        robot, call = self.situation.robot, self.call
        limits = robot.limits
        goal = place_pose(self.situation, call)
        item = self.situation.scene.object(call.object_id)
        tool = compose(goal, compose(inverse(item.pose_map), self.tool_map))
        bottom = float(bounds(item.model_copy(update={'pose_map': goal}))[0, 2])
        over = self.situation.over(tool, bottom, robot.distances.approach_m, *self.held)
        away = self.situation.over(tool, bottom, robot.distances.retreat_m, *self.held)
        x, y, _ = tool.position_m
        furniture = self.situation.furniture_under(call.target_id)
        stand = stances(self.situation.scene, furniture, (x, y), robot, self.stand)[0]
        return (
            *self._carry_base(lifted, stand, put_back),
            self._stage('carry', 'carrying', Reach(over, limits.carry_speed), holds=True),
            self._stage(
                'place',
                'releasing',
                Touch(self.held, (call.target_id,)),
                Straight(tool, limits.contact_speed),
                holds=True,
            ),
            self._stage('release', 'releasing', Open(self._opening_m()), Detach()),
            self._stage('retreat', 'retreating', Straight(away, limits.contact_speed)),
        )

    def _carry_base(
        self, lifted: Pose, stand: BasePose, put_back: tuple[Stage, ...]
    ) -> tuple[Stage, ...]:
        """Stages of a drive with the object; the way back begins where the arm is drawn in."""
        if is_there(stand, self.stand):
            return ()
        robot = self.situation.robot
        speed = robot.limits.carry_speed
        tucked = self._tucked(lifted, self.stand)
        turn = upright_pose(0.0, 0.0, 0.0, stand.yaw_rad - self.stand.yaw_rad)
        tucked_there = self._tucked(compose(turn, lifted), stand)
        home = (drive_stage(robot, self.stand, 'retreating'), *put_back)
        withdraw = self._stage('withdraw', 'retreating', Reach(tucked_there, speed))
        return (
            self._stage('tuck', 'carrying', Straight(tucked, speed), PutBack(home), holds=True),
            drive_stage(robot, stand, 'carrying'),
            self._stage('arrive', 'carrying', PutBack((withdraw, *home)), holds=True),
        )

    def _tucked(self, lifted: Pose, stand: BasePose) -> Pose:
        """Returns the tool's pose near the base, as high and turned as when lifted."""
        robot = self.situation.robot
        x, y = reach_direction(stand, robot)
        near = robot.stance.carry_reach_m
        position = (stand.x_m + near * x, stand.y_m + near * y, lifted.position_m[2])
        return lifted.model_copy(update={'position_m': position})


def place_pose(situation: Situation, call: SkillCall) -> Pose:
    """Returns the object's pose in ``map`` just before it is let go.

    Raises:
        SkillError: ``unknown_object`` if the scene has no such target.
    """
    if call.target_id not in situation.scene.object_ids:
        raise SkillError('unknown_object', f'{call.target_id!r} is not in the scene')
    item = situation.scene.object(call.object_id)
    target = situation.scene.object(call.target_id)
    x, y, yaw = call.parameters
    goal_x, goal_y, _ = target.pose_map.to_parent(np.array([x, y, 0.0])).tolist()
    turn = upright_pose(0.0, 0.0, 0.0, target.pose_map.yaw_rad + yaw - item.pose_map.yaw_rad)
    turned = compose(turn, item.pose_map)
    centre_over_bottom = item.pose_map.position_m[2] - float(bounds(item)[0, 2])
    z = surface_height(item, target) + centre_over_bottom + RELEASE_GAP_M
    return turned.model_copy(update={'position_m': (goal_x, goal_y, z)})
