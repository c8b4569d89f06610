# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the executor needs of a robot; the ROS side and the tests implement it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from f2p_core.pose import Pose
from f2p_core.scene import Scene
from f2p_moveit.moves import BasePose

Check = Callable[[], None]
"""Raises when a motion must end: cancelled, out of time or unsafe."""


class Arm(Protocol):
    """An arm with a gripper, in a planning scene.

    Every motion calls ``check`` at least every 50 ms while it lasts; when that raises, the motion
    is stopped before the exception passes on. Errors of a motion, beside what ``check`` raises:

    Raises:
        SkillError: ``ik_unreachable``, ``in_collision`` (no path; nothing has moved) or
            ``blocked`` (the controller gave up).
        UnsafeError: ``stop_failed`` if the arm could not be stopped.
    """

    def set_scene(self, scene: Scene) -> None:
        """Replaces what may be in the way; nothing may be touched, nothing is attached."""

    def refresh_scene(self) -> None:
        """Brings the planning scene up to date after the base has moved."""

    def allow_touch(self, object_ids: Sequence[str], other_ids: Sequence[str]) -> None:
        """Lets objects touch the hand and each of the others until the next ``set_scene``."""

    def attach(self, object_ids: Sequence[str]) -> None:
        """Makes objects of the scene part of the hand; ``blocked`` if they are not in it."""

    def detach(self) -> None:
        """Makes what is attached part of the scene again, where it is now."""

    def reach(self, tool_map: Pose, speed: float, check: Check) -> None:
        """Moves the tool to a pose in ``map`` on a path free of collision."""

    def straight(self, tool_map: Pose, speed: float, check: Check) -> None:
        """Moves the tool to a pose in ``map`` on a straight line."""

    def rest(self, speed: float, check: Check) -> None:
        """Moves the arm to its safe state."""

    def move_gripper(self, opening_m: float, check: Check) -> None:
        """Moves the fingers; ends without an error where something is between them."""

    def opening_m(self) -> float:
        """Returns how far each finger is from the middle now [m]."""


class Base(Protocol):
    """A mobile base; errors as of an arm's motions."""

    def pose_map(self) -> BasePose:
        """Returns where the base is."""

    def drive(self, goal_map: BasePose, check: Check) -> None:
        """Drives to a pose."""
