# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What stages of all skills are built from: the situation, drives, heights over things."""

from __future__ import annotations

from typing import NamedTuple

from f2p_core.pose import Pose
from f2p_core.scene import Scene, SceneObject
from f2p_core.supports import root_support
from f2p_moveit.moves import BasePose, Drive, Phase, Stage
from f2p_moveit.poses import moved
from f2p_moveit.robot_file import RobotFile
from f2p_moveit.surroundings import top_near
from f2p_sim.errors import SkillError

OVER_M = 0.03
"""What passes over something keeps this distance [m]."""

NEAR_M = 0.14
"""Things nearer than this beside a place are passed over [m]."""


class Situation(NamedTuple):
    """What a skill is planned for.

    Attributes:
        scene: Where objects were seen.
        robot: The robot.
        base_map: Where its base is.
    """

    scene: Scene
    robot: RobotFile
    base_map: BasePose

    def movable(self, object_id: str) -> SceneObject:
        """Returns an object that can be moved.

        Raises:
            SkillError: ``unknown_object`` or ``not_movable``.
        """
        if object_id not in self.scene.object_ids:
            known = ', '.join(self.scene.object_ids)
            raise SkillError('unknown_object', f'{object_id!r}; the scene has {known}')
        item = self.scene.object(object_id)
        if item.fixed:
            raise SkillError('not_movable', f'{object_id!r} is furniture')
        return item

    def furniture_under(self, object_id: str) -> SceneObject | None:
        """Returns the furniture that carries an object in the end; ``None``: the floor."""
        support = root_support(self.scene, object_id)
        return None if support is None else self.scene.object(support)

    def over(self, tool_map: Pose, lowest_m: float, least_m: float, *but: str) -> Pose:
        """Returns a tool pose raised over what is near.

        Args:
            tool_map: Pose of the tool.
            lowest_m: Height of the lowest point of hand and held object there [m].
            least_m: Raised by at least this [m].
            *but: Objects that need not be passed over.
        """
        x, y, _ = tool_map.position_m
        rise = top_near(self.scene, (x, y), NEAR_M, but) + OVER_M - lowest_m
        return moved(tool_map, (0.0, 0.0, max(rise, least_m)))


def drive_stage(robot: RobotFile, goal: BasePose, phase: Phase = 'approaching') -> Stage:
    """Returns the stage in which the base goes to a pose."""
    return Stage('drive', phase, (Drive(goal),), robot.limits.drive_s)
