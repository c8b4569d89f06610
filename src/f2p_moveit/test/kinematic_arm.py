# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Arm and base of the kinematic robot, as the executor's Protocols: every motion really made."""

from __future__ import annotations

from collections.abc import Sequence

from kinematic_robot import KinematicRobot, Vector
import numpy as np

from f2p_core.pose import Pose
from f2p_core.scene import Scene
from f2p_moveit.moves import BasePose
from f2p_moveit.protocols import Check
from f2p_sim.errors import SkillError
from f2p_sim.robot import ARM, BASE, FINGERS, HOME, LIFT


class KinematicArm:
    """Moves the robot in joint space; a path is not checked for collisions.

    Attributes:
        attached: Objects that move with the hand, as it was told.
        steps: Configurations taken so far.
    """

    def __init__(self, robot: KinematicRobot) -> None:
        self.robot = robot
        self.attached: tuple[str, ...] = ()
        self.touching: set[tuple[str, str]] = set()
        self.steps = 0

    def set_scene(self, scene: Scene) -> None:
        self.attached, self.touching = (), set()

    def refresh_scene(self) -> None:
        pass

    def allow_touch(self, object_ids: Sequence[str], other_ids: Sequence[str]) -> None:
        self.touching |= {(a, b) for a in object_ids for b in other_ids}

    def attach(self, object_ids: Sequence[str]) -> None:
        self.attached = tuple(object_ids)

    def detach(self) -> None:
        self.attached = ()

    def reach(self, tool_map: Pose, speed: float, check: Check) -> None:
        q = self.robot.solve(_matrix(tool_map), self.robot.q)
        if q is None:
            raise SkillError('ik_unreachable', f'tool at {tool_map.position_m} m')
        self._follow(np.linspace(self.robot.q, q, 10)[1:], check)

    def straight(self, tool_map: Pose, speed: float, check: Check) -> None:
        rows = self.robot.line(_matrix(tool_map), self.robot.q)
        if rows is None:
            raise SkillError('ik_unreachable', f'line to {tool_map.position_m} m')
        self._follow(rows, check)

    def rest(self, speed: float, check: Check) -> None:
        q = self.robot.q.copy()
        q[LIFT], q[ARM] = HOME[LIFT], HOME[ARM]
        self._follow([q], check)

    def move_gripper(self, opening_m: float, check: Check) -> None:
        q = self.robot.q.copy()
        q[FINGERS] = opening_m
        self._follow([q], check)

    def opening_m(self) -> float:
        return float(self.robot.q[FINGERS].mean())

    def _follow(self, rows: Sequence[Vector], check: Check) -> None:
        for q in rows:
            check()
            self.robot.step(q)
            self.steps += 1


class KinematicBase:
    """The robot's planar base."""

    def __init__(self, robot: KinematicRobot) -> None:
        self.robot = robot

    def pose_map(self) -> BasePose:
        return BasePose(*self.robot.q[BASE].tolist())

    def drive(self, goal_map: BasePose, check: Check) -> None:
        check()
        q = self.robot.q.copy()
        q[BASE] = goal_map
        self.robot.step(q)


def _matrix(pose: Pose) -> Vector:
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = pose.rotation(), pose.position_m
    return matrix
