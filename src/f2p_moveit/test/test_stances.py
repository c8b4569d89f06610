# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where the base stands: clear of furniture, near, with the arm towards the place."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from f2p_core.geometry.shapes import Table
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_moveit.moves import BasePose
from f2p_moveit.robot_file import FixedBase, read_robot_file
from f2p_moveit.stances import is_there, reach_direction, stances, stays
from f2p_moveit.surroundings import bounds
from f2p_sim.errors import SkillError

ROBOTS = Path(__file__).parents[2] / 'f2p_bringup' / 'config' / 'robots'
ALL = [read_robot_file(path) for path in sorted(ROBOTS.glob('*.yaml'))]
FILES = [robot for robot in ALL if not isinstance(robot.base, FixedBase)]
BENCH = next(robot for robot in ALL if isinstance(robot.base, FixedBase))
TABLE = SceneObject(
    object_id='table',
    shape=Table(size_m=(0.6, 0.8, 0.7)),
    pose_map=upright_pose(1.2, 0.3, 0.35, 0.2),
    fixed=True,
)
SCENE = Scene(objects=(TABLE,))
HOME = BasePose(0.0, 0.0, 0.0)


@pytest.mark.parametrize('robot', FILES, ids=lambda f: f.name)
def test_every_stance_is_clear_and_faces_the_place(robot) -> None:  # type: ignore[no-untyped-def]
    place = (1.1, 0.3)
    found = stances(SCENE, TABLE, place, robot, HOME)
    low, high = bounds(TABLE)[:, :2]
    for stand in found:
        assert stays(stand, place, robot)
        gap = np.maximum(np.maximum(low - stand[:2], stand[:2] - high), 0.0)
        assert np.hypot(*gap) > robot.base.radius_m
        x, y = reach_direction(stand, robot)
        away = math.dist(place, stand[:2])
        assert place[0] == pytest.approx(stand.x_m + away * x)
        assert place[1] == pytest.approx(stand.y_m + away * y)
    distances = [math.dist(s[:2], HOME[:2]) for s in found]
    assert distances[0] == pytest.approx(min(distances), abs=0.1)


def test_an_arm_to_the_side_turns_the_base() -> None:
    forwards, sideways = (
        stances(SCENE, TABLE, (1.1, 0.3), next(f for f in FILES if f.name == name), HOME)[0]
        for name in ('fetch_like', 'stretch_like')
    )
    assert math.remainder(sideways.yaw_rad - forwards.yaw_rad, math.tau) == pytest.approx(
        math.pi / 2, abs=1e-6
    )


def test_a_base_that_can_reach_stays_where_it_is() -> None:
    robot = FILES[0]
    stand = stances(SCENE, TABLE, (1.1, 0.3), robot, HOME)[0]
    assert stances(SCENE, TABLE, (1.1, 0.33), robot, stand) == [stand]
    assert is_there(stand, BasePose(stand.x_m + 0.001, stand.y_m, stand.yaw_rad + math.tau))
    assert not is_there(stand, HOME)


def test_the_middle_of_a_wide_table_is_out_of_reach() -> None:
    wide = TABLE.model_copy(update={'shape': Table(size_m=(3.0, 3.0, 0.7))})
    with pytest.raises(SkillError, match=r'ik_unreachable: the base cannot stand within 0\.86 m'):
        stances(
            Scene(objects=(wide,)), wide, (1.2, 0.3), read_robot_file(ROBOTS / 'f2p.yaml'),
            BasePose(-1.0, 0.0, 0.0),
        )  # fmt: skip


def test_a_fixed_base_stays_and_reaches_all_round() -> None:
    farthest = max(BENCH.stance.reaches_m)
    for heading in np.linspace(-math.pi, math.pi, 9):
        for away_m in (0.1, farthest - 1e-6):
            place = (away_m * math.cos(heading), away_m * math.sin(heading))
            assert stances(SCENE, TABLE, place, BENCH, HOME) == [HOME]
    with pytest.raises(SkillError, match=r'ik_unreachable: \(0\.66, 0\.00\) m is 0\.66'):
        stances(SCENE, TABLE, (farthest + 0.01, 0.0), BENCH, HOME)
