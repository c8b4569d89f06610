# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The arm behind MoveIt: implements ``f2p_moveit.protocols.Arm``."""

from __future__ import annotations

from collections.abc import Sequence

from geometry_msgs.msg import PoseStamped

from f2p_core.messages.reading import FRAME_MAP
from f2p_core.pose import Pose
from f2p_core.ros.conversions.scene import pose_to_msg
from f2p_core.scene import Scene
from f2p_moveit.poses import compose, inverse
from f2p_moveit.protocols import Check
from f2p_moveit.robot_file import RobotFile
from f2p_moveit.ros.moveit_robot import FREE, MoveItRobot, require_success, STRAIGHT
from f2p_moveit.ros.planning_scene import (
    attached_object,
    collision_object,
    detached_object,
    Touching,
)
from f2p_sim.errors import SkillError


class MoveItArm:
    """An arm with a gripper, in MoveIt's planning scene.

    Args:
        robot: The connection to MoveIt.
        file: The robot file.
    """

    def __init__(self, robot: MoveItRobot, file: RobotFile) -> None:
        self._robot = robot
        self._file = file
        self._arm = robot.group(file.arm_group)
        self._gripper = robot.group(file.gripper.group)
        self._link_in_tool = inverse(file.tool.pose)
        self._scene = Scene(objects=())
        self._touching = Touching()
        self._attached: tuple[str, ...] = ()
        self._taken: set[str] = set()  # no longer where they were seen

    def set_scene(self, scene: Scene) -> None:
        """Replaces what may be in the way."""
        self.detach()
        self._scene, self._taken = scene, set()
        with self._robot.monitor.read_write() as planning_scene:
            self._touching.forbid_all(planning_scene.allowed_collision_matrix)
            planning_scene.remove_all_collision_objects()
        self.refresh_scene()

    def refresh_scene(self) -> None:
        """Places what was seen anew: ``map`` may have moved in MoveIt's own frame."""
        self._robot.monitor.update_frame_transforms()
        with self._robot.monitor.read_write() as planning_scene:
            for item in self._scene.objects:
                if item.object_id not in self._taken:
                    planning_scene.apply_collision_object(collision_object(item))
            planning_scene.current_state.update()

    def allow_touch(self, object_ids: Sequence[str], other_ids: Sequence[str]) -> None:
        """Lets objects touch the hand and each of the others."""
        others = (*self._file.gripper.touch_links, self._file.tool.link, *other_ids)
        pairs = [(a, b) for a in object_ids for b in others]
        with self._robot.monitor.read_write() as planning_scene:
            self._touching.allow(planning_scene.allowed_collision_matrix, pairs)

    def attach(self, object_ids: Sequence[str]) -> None:
        """Makes objects part of the hand, so that paths are planned for all of them."""
        for object_id in object_ids:
            message = attached_object(
                object_id, self._file.tool.link, self._file.gripper.touch_links
            )
            if not self._robot.monitor.process_attached_collision_object(message):
                raise SkillError('blocked', f'MoveIt did not attach {object_id!r}; see its log')
        self._attached = tuple(object_ids)
        self._taken.update(object_ids)

    def detach(self) -> None:
        """Makes what is attached part of the scene again, where it is now."""
        for object_id in self._attached:
            message = detached_object(object_id, self._file.tool.link)
            if not self._robot.monitor.process_attached_collision_object(message):
                raise SkillError('blocked', f'MoveIt did not detach {object_id!r}; see its log')
        self._attached = ()

    def reach(self, tool_map: Pose, speed: float, check: Check) -> None:
        """Moves the tool to a pose in ``map`` on a path free of collision."""
        self._go(tool_map, FREE, speed, check)

    def straight(self, tool_map: Pose, speed: float, check: Check) -> None:
        """Moves the tool to a pose in ``map`` on a straight line."""
        self._go(tool_map, STRAIGHT, speed, check)

    def rest(self, speed: float, check: Check) -> None:
        """Moves the arm to its safe state."""
        goal = {'configuration_name': self._file.safe_state}
        verdict = self._robot.move(self._arm, goal, FREE, speed)(check)
        require_success(verdict, 'the safe state')

    def move_gripper(self, opening_m: float, check: Check) -> None:
        """Moves the fingers; closing ends where something is between them."""
        is_opening = opening_m > self.opening_m()
        goal = {'robot_state': self._robot.state_with(self._file.gripper.positions(opening_m))}
        speed = self._file.limits.speed
        verdict = self._robot.move(self._gripper, goal, FREE, speed)(check)
        if is_opening:  # a closing gripper is held up by what it grasps
            require_success(verdict, 'opening the gripper')

    def opening_m(self) -> float:
        """Returns how far each finger is from the middle now [m]."""
        return self._file.gripper.opening_m(self._robot.joint_positions())

    def _go(
        self, tool_map: Pose, planner: tuple[str, str], speed: float, check: Check
    ) -> None:
        target = PoseStamped(pose=pose_to_msg(compose(tool_map, self._link_in_tool)))
        target.header.frame_id = FRAME_MAP
        goal = {'pose_stamped_msg': target, 'pose_link': self._file.tool.link}
        verdict = self._robot.move(self._arm, goal, planner, speed)(check)
        require_success(verdict, 'moving the arm')
