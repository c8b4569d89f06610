# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The base behind nav2: goals, refusals, and that a cancelled drive has really ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('rclpy')

from kinematic_robot import KinematicRobot
from message_doubles import NavigateToPose
from moveit_core_double import World
import moveit_double

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import CancelledError
from f2p_core.pose import Pose, upright_pose
from f2p_core.ros.tf_buffer import TransformError
from f2p_core.ros.waiting import DeadlineError, ServerLostError, StillRunningError
from f2p_core.scene import Scene
from f2p_moveit.errors import UnsafeError
from f2p_moveit.moves import BasePose
from f2p_moveit.robot_file import FixedBase, Nav2Base, read_robot_file
from f2p_sim.errors import SkillError

ROBOTS = Path(__file__).parents[2] / 'f2p_bringup' / 'config' / 'robots'
FILE = read_robot_file(ROBOTS / 'fetch_like.yaml')
GOAL = BasePose(1.0, 0.5, 0.3)


class Nav2:
    """Stands in for the action's caller and the transforms: drives at once, or as told."""

    def __init__(self) -> None:
        self.pose = BasePose(0.0, 0.0, 0.0)
        self.end: Callable[[Control], Any] = lambda _: NavigateToPose.Result()
        self.goals: list[Any] = []
        self.rolls_m = 0.0

    def call(
        self, goal: Any, *, timeout_s: float, control: Control = UNCONTROLLED
    ) -> Any:
        assert isinstance(goal, NavigateToPose.Goal)
        assert goal.pose.header.frame_id == 'map'
        self.goals.append(goal)
        result = self.end(control)
        p = goal.pose.pose
        pose = Pose(
            position_m=(p.position.x, p.position.y, p.position.z),
            quaternion_xyzw=(0.0, 0.0, p.orientation.z, p.orientation.w),
        )
        self.pose = BasePose(p.position.x, p.position.y, pose.yaw_rad)
        return result

    def lookup(self, target: str, source: str, stamp_ns: int) -> Pose:
        assert (target, source) == ('map', 'base_link')
        self.pose = self.pose._replace(x_m=self.pose.x_m + self.rolls_m)
        return upright_pose(self.pose.x_m, self.pose.y_m, 0.0, self.pose.yaw_rad)


def make_base(nav2: Nav2) -> Any:
    moveit_double.install(World(KinematicRobot(Scene(objects=()))))
    from f2p_moveit.ros.bases import BaseLookup, NavigatingBase  # noqa: PLC0415 - imports MoveIt

    assert isinstance(FILE.base, Nav2Base)
    limits = FILE.limits.model_copy(update={'stop_s': 0.5, 'stale_s': 0.5})
    lookup = BaseLookup(nav2, lambda: 10**9, FILE.base.frame, limits.stale_s)
    return NavigatingBase(nav2, NavigateToPose, lookup, limits)


def test_a_base_nobody_knows_the_place_of_is_unsafe() -> None:
    nav2 = Nav2()
    base = make_base(nav2)

    def unknown(*_: object) -> Pose:
        raise TransformError('no transform')

    nav2.lookup = unknown  # type: ignore[method-assign]
    with pytest.raises(UnsafeError, match='base_unknown: a transform from base_link to map'):
        base.pose_map()


def nothing() -> None:
    """Never objects."""


def test_it_drives_to_a_pose_in_map() -> None:
    nav2 = Nav2()
    base = make_base(nav2)
    base.drive(GOAL, nothing)
    assert base.pose_map() == pytest.approx(GOAL)
    assert len(nav2.goals) == 1


def test_what_nav2_says_is_passed_on() -> None:
    nav2 = Nav2()
    nav2.end = lambda _: NavigateToPose.Result(error_code=204, error_msg='no path')
    with pytest.raises(SkillError, match='blocked: nav2: 204 no path'):
        make_base(nav2).drive(GOAL, nothing)


def test_ending_elsewhere_is_no_success() -> None:
    nav2 = Nav2()
    base = make_base(nav2)
    nav2.rolls_m = 0.5
    with pytest.raises(SkillError, match=r'blocked: nav2 ended 0\.50 m from'):
        base.drive(GOAL, nothing)


@pytest.mark.parametrize(
    ('error', 'said'),
    [
        (DeadlineError('a server did not come'), 'blocked: nav2: a server did not come'),
        (ServerLostError('the result will not come'), 'server_lost: nav2: the result'),
    ],
)
def test_nav2_that_is_not_there_is_said(error: Exception, said: str) -> None:
    nav2 = Nav2()

    def absent(_: Control) -> None:
        raise error

    nav2.end = absent
    with pytest.raises(SkillError, match=said):
        make_base(nav2).drive(GOAL, nothing)


def stopping(control: Control) -> None:
    assert control.should_stop()
    raise CancelledError('cancelled')


def not_ending(control: Control) -> None:
    assert control.should_stop()
    raise StillRunningError('navigate_to_pose was cancelled and goes on')


@pytest.mark.parametrize('end', [stopping, not_ending])
@pytest.mark.parametrize(
    'error', [SkillError('cancelled', 'on request'), UnsafeError('force_limit: 50 N')]
)
def test_a_check_cancels_the_drive_and_its_reason_comes_back(
    error: Exception, end: Callable[[Control], None]
) -> None:
    nav2 = Nav2()
    nav2.end = end

    def object_() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        make_base(nav2).drive(GOAL, object_)
    assert caught.value is error


def test_a_base_that_rolls_on_is_unsafe() -> None:
    nav2 = Nav2()
    nav2.end, nav2.rolls_m = stopping, 0.02

    def object_() -> None:
        raise SkillError('cancelled', 'on request')

    with pytest.raises(UnsafeError, match=r'stop_failed: the base to stand'):
        make_base(nav2).drive(GOAL, object_)


def test_a_fixed_base_is_looked_up_and_does_not_drive() -> None:
    nav2 = Nav2()
    make_base(nav2)  # makes MoveIt's classes importable
    from f2p_moveit.ros.bases import BaseLookup, StandingBase  # noqa: PLC0415 - imports MoveIt

    lookup = BaseLookup(nav2, lambda: 10**9, 'base_link', 0.5)
    base = StandingBase(lookup, FixedBase(frame='base_link', radius_m=0.2))
    nav2.pose = BasePose(0.3, -0.2, 0.5)
    assert base.pose_map() == pytest.approx(nav2.pose)
    with pytest.raises(SkillError, match=r'ik_unreachable: base_link is fixed and cannot go to'):
        base.drive(GOAL, nothing)
