# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest

from f2p_core.geometry.shapes import Box, Cup, Cylinder, OpenBox, Shape, Table
from f2p_core.pose import upright_pose
from f2p_sim.errors import SkillError
from f2p_sim.grasp import Grasp, grasps


def options(shape: Shape, yaw: float = 0.0, half_height: float = 0.03) -> list[Grasp]:
    pose = np.eye(4)
    pose[:3, :3] = upright_pose(0, 0, 0, yaw).rotation()
    pose[:3, 3] = (0.8, 0.5, 0.7 + half_height)
    bounds = np.array([[0.7, 0.4, 0.7], [0.9, 0.6, 0.7 + 2 * half_height]])
    return grasps(shape, pose, bounds)


def test_a_box_is_held_by_its_narrow_side_first() -> None:
    first, second = options(Box(size_m=(0.05, 0.04, 0.06)), yaw=0.3)
    assert (first.width_m, second.width_m) == (0.04, 0.05)
    # Width 0.04 is along the box's y: fingers close along it.
    assert first.target.yaw_rad == pytest.approx(0.3)
    assert abs(math.sin(second.target.yaw_rad - 0.3)) == pytest.approx(1.0)


def test_a_standing_cylinder_is_held_from_many_sides() -> None:
    found = options(Cylinder(radius_m=0.02, height_m=0.06))
    assert len({round(g.target.yaw_rad % math.pi, 6) for g in found}) == 8


def test_the_container_is_held_by_its_handle() -> None:
    shape = OpenBox(size_m=(0.34, 0.28, 0.1), wall_m=0.006, handle_height_m=0.12)
    first = options(shape, yaw=0.4, half_height=0.05)[0]
    assert first.target.position_m == pytest.approx((0.8, 0.5, 0.75 + 0.05 + 0.12))
    assert first.target.yaw_rad == pytest.approx(0.4)


def test_a_bowl_too_wide_for_the_hand_is_pinched_on_its_rim() -> None:
    bowl = Cup(radius_m=0.06, height_m=0.06, wall_m=0.005)
    found = options(bowl, yaw=0.3)
    assert len(found) == 16
    for grasp in found:
        x, y, z = grasp.target.position_m
        assert math.hypot(x - 0.8, y - 0.5) == pytest.approx(0.0575)
        # The closing direction is map y turned by the hand's yaw: across the wall.
        across = math.sin(grasp.target.yaw_rad) * (0.8 - x) + math.cos(grasp.target.yaw_rad) * (
            y - 0.5
        )
        assert across == pytest.approx(0.0575)
        assert z == pytest.approx(0.76 - 0.012)
        assert grasp.width_m == 0.005


@pytest.mark.parametrize(
    'shape',
    [
        Box(size_m=(0.2, 0.1, 0.05)),
        OpenBox(size_m=(0.34, 0.28, 0.1), wall_m=0.006, handle_height_m=0.0),
        Table(size_m=(0.6, 0.8, 0.7)),
    ],
)
def test_what_offers_no_hold_is_said(shape: Shape) -> None:
    with pytest.raises(SkillError, match='not_graspable'):
        options(shape)


def test_fingertips_stay_over_the_ground() -> None:
    low = options(Box(size_m=(0.04, 0.04, 0.03)), half_height=0.015)[0]
    assert low.target.position_m[2] - 0.02 > 0.7
