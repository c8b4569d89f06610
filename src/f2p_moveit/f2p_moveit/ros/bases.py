# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bases: one that MoveIt moves in a planning group, one that nav2 drives, one that stands."""

from __future__ import annotations

from collections.abc import Callable
import math
import time
from typing import Any

from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_core.messages.reading import FRAME_MAP
from f2p_core.pose import upright_pose
from f2p_core.ros.conversions.scene import pose_to_msg
from f2p_core.ros.tf import TransformLookup
from f2p_core.ros.tf_buffer import TransformError
from f2p_core.ros.waiting import DeadlineError, ServerLostError, wait_until
from f2p_moveit.errors import STOP_FAILED, UnsafeError
from f2p_moveit.moves import BasePose
from f2p_moveit.protocols import Check
from f2p_moveit.robot_file import FixedBase, Limits, PlanarBase
from f2p_moveit.ros.moveit_robot import FREE, MoveItRobot, require_success
from f2p_sim.errors import SkillError

NAVIGATE_ACTION = 'navigate_to_pose'

_BEHIND_NS = 200_000_000
"""How far back transforms are asked for [ns]: the newest are often not complete yet."""

_STILL_M = 0.005
"""A base that moves less than this in ``_LOOK_S`` [m, rad] stands: above noise of localisation."""

_LOOK_S = 0.1
"""Time between two looks at a base that may still roll [s]."""

_ARRIVED_M = 0.30
"""Farther from its goal than this [m] the base did not arrive; nav2 says so within its own
tolerance."""


class MoveItBase:
    """A planar base whose joints MoveIt moves.

    Args:
        robot: The connection to MoveIt.
        file: The base as the robot file has it.
        limits: The robot's limits.
    """

    def __init__(self, robot: MoveItRobot, file: PlanarBase, limits: Limits) -> None:
        self._robot = robot
        self._joints = file.joints
        self._group = robot.group(file.group)
        self._speed = limits.speed

    def pose_map(self) -> BasePose:
        """Returns where the base is."""
        positions = self._robot.joint_positions()
        return BasePose(*(positions[name] for name in self._joints))

    def drive(self, goal_map: BasePose, check: Check) -> None:
        """Drives to a pose."""
        positions = dict(zip(self._joints, goal_map, strict=True))
        goal = {'robot_state': self._robot.state_with(positions)}
        verdict = self._robot.move(self._group, goal, FREE, self._speed)(check)
        require_success(verdict, 'driving the base')


class BaseLookup:
    """Looks a base up in ``map``.

    Args:
        transforms: Where frames are.
        now_ns: The clock of the transforms [ns].
        frame: Link of the base.
        stale_s: How long its transform may take to come [s].
    """

    def __init__(
        self, transforms: TransformLookup, now_ns: Callable[[], int], frame: str, stale_s: float
    ) -> None:
        self._transforms = transforms
        self._now_ns = now_ns
        self._frame = frame
        self._stale_s = stale_s

    def pose_map(self) -> BasePose:
        """Returns where the base was a moment ago, when its transforms are all here.

        Raises:
            UnsafeError: ``base_unknown`` if there is no transform from the base to ``map``.
        """
        found: list[BasePose] = []

        def look() -> bool:
            try:
                stamp_ns = self._now_ns() - _BEHIND_NS
                pose = self._transforms.lookup(FRAME_MAP, self._frame, stamp_ns)
            except TransformError:
                return False
            x, y, _ = pose.position_m
            found.append(BasePose(x, y, pose.yaw_rad))
            return True

        try:
            what = f'a transform from {self._frame} to {FRAME_MAP}'
            wait_until(look, self._stale_s, what)
        except DeadlineError as error:
            raise UnsafeError(f'base_unknown: {error}; is the robot localised?') from error
        return found[-1]


class StandingBase:
    """A base that stands where it is, looked up in ``map``.

    Args:
        lookup: Where it is.
        file: The base as the robot file has it.
    """

    def __init__(self, lookup: BaseLookup, file: FixedBase) -> None:
        self._lookup = lookup
        self._frame = file.frame

    def pose_map(self) -> BasePose:
        """Returns where the base is; see ``BaseLookup``."""
        return self._lookup.pose_map()

    def drive(self, goal_map: BasePose, check: Check) -> None:
        """Raises: it cannot drive.

        Raises:
            SkillError: ``ik_unreachable``.
        """
        x, y, _ = goal_map
        raise SkillError(
            'ik_unreachable', f'{self._frame} is fixed and cannot go to ({x:.2f}, {y:.2f}) m'
        )


class NavigatingBase:
    """A base that nav2 drives, looked up in ``map``.

    Args:
        caller: Calls the action of type ``action``.
        action: nav2_msgs/NavigateToPose.
        lookup: Where the base is.
        limits: The robot's limits.
    """

    def __init__(self, caller: Any, action: Any, lookup: BaseLookup, limits: Limits) -> None:
        self._caller = caller
        self._action = action
        self._lookup = lookup
        self._limits = limits

    def pose_map(self) -> BasePose:
        """Returns where the base was a moment ago; see ``BaseLookup``."""
        return self._lookup.pose_map()

    def drive(self, goal_map: BasePose, check: Check) -> None:
        """Sends nav2 a pose and waits until it is there.

        Raises:
            SkillError: ``blocked`` if nav2 is not there, gives up or ends elsewhere;
                ``server_lost`` if it is gone; the base stands.
            UnsafeError: ``stop_failed`` if the base was to stop and moves on.
        """
        goal = self._action.Goal()
        goal.pose.header.frame_id = FRAME_MAP
        x, y, yaw = goal_map
        goal.pose.pose = pose_to_msg(upright_pose(x, y, 0.0, yaw))
        stopped = _Stopped(check)
        try:
            result = self._caller.call(
                goal,
                timeout_s=self._limits.drive_s,
                control=Control(should_stop=stopped.should_stop),
            )
        except CancelledError:
            self._require_standing()
            raise stopped.reason() from None
        except DeadlineError as error:
            self._require_standing()
            if stopped.is_stopped:
                raise stopped.reason() from error
            reason = 'server_lost' if isinstance(error, ServerLostError) else 'blocked'
            raise SkillError(reason, f'nav2: {error}') from error
        if result.error_code != 0:
            raise SkillError('blocked', f'nav2: {result.error_code} {result.error_msg}')
        away_m = math.dist(self.pose_map()[:2], (x, y))
        if away_m > _ARRIVED_M:
            raise SkillError('blocked', f'nav2 ended {away_m:.2f} m from where it was to go')

    def _require_standing(self) -> None:
        """Raises unless the base stands still soon."""

        def stands() -> bool:
            before = self.pose_map()
            time.sleep(_LOOK_S)
            now = self.pose_map()
            return max(abs(a - b) for a, b in zip(before, now, strict=True)) < _STILL_M

        try:
            wait_until(stands, self._limits.stop_s, 'the base to stand')
        except DeadlineError as error:
            raise UnsafeError(
                f'{STOP_FAILED}: {error} after its drive was cancelled; press the emergency stop'
            ) from error


class _Stopped:
    """A check as a condition, which keeps what the check raised."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._reason: Exception | None = None

    def should_stop(self) -> bool:
        try:
            self._check()
        except (SkillError, UnsafeError) as error:
            self._reason = error
        return self._reason is not None

    @property
    def is_stopped(self) -> bool:
        return self._reason is not None

    def reason(self) -> Exception:
        return self._reason or SkillError('cancelled', 'the drive was cancelled')
