# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest

from f2p_core.geometry.shapes import Box, Cup, Cylinder, OpenBox, Shape, Shelf, Sphere
from f2p_core.pose import Pose, upright_pose
from f2p_core.scene import SceneObject
from f2p_core.skill import Hand, PICK_PLACE, PUSH
from f2p_core.skill.hand import closing_lines

STANDING = upright_pose(0.0, 0.0, 0.5, 0.4)
LYING = Pose(
    position_m=(0.0, 0.0, 0.5), quaternion_xyzw=(math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5))
)


@pytest.mark.parametrize(
    ('shape', 'pose', 'least_m'),
    [
        (Box(size_m=(0.03, 0.06, 0.1)), STANDING, 0.03),
        (Box(size_m=(0.06, 0.1, 0.03)), STANDING, 0.06),
        (Box(size_m=(0.06, 0.1, 0.03)), LYING, 0.03),
        (Cylinder(radius_m=0.02, height_m=0.1), STANDING, 0.04),
        (Cylinder(radius_m=0.02, height_m=0.03), LYING, 0.04),
        (Sphere(radius_m=0.03), STANDING, 0.06),
        (Cup(radius_m=0.04, height_m=0.1, wall_m=0.004), STANDING, 0.004),
        (Cup(radius_m=0.04, height_m=0.1, wall_m=0.004), LYING, 0.08),
        (Cup(radius_m=0.022, height_m=0.05, wall_m=0.004), STANDING, 0.044),
        (OpenBox(size_m=(0.3, 0.3, 0.1), wall_m=0.006, handle_height_m=0.1), STANDING, 0.016),
        (OpenBox(size_m=(0.05, 0.05, 0.1), wall_m=0.006, handle_height_m=0.0), STANDING, math.inf),
        (Shelf(size_m=(0.3, 0.3, 0.3), wall_m=0.01), STANDING, math.inf),
    ],
)
def test_an_object_is_graspable_by_hands_that_open_wider_than_its_narrowest_hold(
    shape: Shape, pose: Pose, least_m: float
) -> None:
    item = SceneObject(object_id='item', shape=shape, pose_map=pose)
    assert not PICK_PLACE.hand_fits(item, Hand(min(least_m, 5.0) - 1e-6))
    assert PICK_PLACE.hand_fits(item, Hand(least_m + 1e-6)) is math.isfinite(least_m)
    assert PUSH.hand_fits(item, Hand(0.0))


def test_a_cup_is_held_round_its_outside_first_and_then_by_its_rim() -> None:
    cup = Cup(radius_m=0.06, height_m=0.06, wall_m=0.005)
    lines = closing_lines(cup, STANDING.rotation())
    outside = [line for line in lines if line.offset_m == 0.0]
    rim = [line for line in lines if line.offset_m > 0.0]
    assert lines == outside + rim
    assert {line.width_m for line in outside} == {0.12}
    assert {line.width_m for line in rim} == {0.005}
    assert [line.offset_m for line in rim] == pytest.approx([0.0575] * len(rim))
    apart = np.diff([line.yaw_rad for line in rim])
    assert apart == pytest.approx(math.tau / len(rim))
