# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A runner of the executor's core on the kinematic robot."""

from __future__ import annotations

import math
from pathlib import Path

from kinematic_arm import KinematicArm, KinematicBase
from kinematic_robot import KinematicRobot
import numpy as np

from f2p_core.scene import Scene
from f2p_moveit.errors import UnsafeError
from f2p_moveit.robot_file import read_robot_file
from f2p_moveit.runner import Robot, Runner
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

ROBOTS = Path(__file__).parents[2] / 'f2p_bringup' / 'config' / 'robots'
FILE = read_robot_file(ROBOTS / 'f2p.yaml')
SCENE = sample_tabletop(TabletopConfig(inside=2, on_a=1), np.random.default_rng(3))


class Bench:
    """A runner on a kinematic robot, with a clock that stands still."""

    def __init__(self, scene: Scene = SCENE) -> None:
        self.robot = KinematicRobot(scene)
        self.arm = KinematicArm(self.robot)
        self.base = KinematicBase(self.robot)
        self.problem: UnsafeError | None = None
        self.now_s = 0.0
        self.runner = Runner(Robot(FILE, self.arm, self.base, self._safety, lambda: self.now_s))

    def _safety(self) -> None:
        if self.problem is not None:
            raise self.problem

    def position(self, object_id: str) -> np.ndarray:
        return self.robot.poses[object_id][:3, 3]

    def yaw(self, object_id: str) -> float:
        pose = self.robot.poses[object_id]
        return math.atan2(pose[1, 0], pose[0, 0])
