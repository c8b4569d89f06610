# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st
import mujoco
import numpy as np
import pytest

from f2p_core.geometry.shapes import Box
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_sim.cell import Cell
from f2p_sim.errors import SkillError
from f2p_sim.kinematics import configuration_at, HandTarget, nearest_yaw, Station, stations
from f2p_sim.motion import plan_path
from f2p_sim.robot import FloatVector, HOME, LIFT, robot_model
from f2p_sim.rrt import search
from f2p_sim.scene_model import compile_scene, initial_qpos
from f2p_sim.skills.base import shifted
from f2p_tasks.tabletop import sample_tabletop, tables, TabletopConfig

STATION = next(stations())


def hand_pose(configuration: FloatVector) -> tuple[FloatVector, FloatVector]:
    model = robot_model()
    data = mujoco.MjData(model)
    data.qpos[:] = configuration
    mujoco.mj_kinematics(model, data)
    return data.site('tcp').xpos.copy(), data.site('tcp').xmat.reshape(3, 3).copy()


def cell_of(scene: Scene) -> Cell:
    return Cell(compile_scene(scene), np.random.default_rng(0))


def walled() -> Scene:
    """Two tables and a wall across table_a that a hand at low height cannot pass straight."""
    wall = SceneObject(
        object_id='wall',
        shape=Box(size_m=(0.5, 0.04, 1.0)),
        pose_map=upright_pose(0.75, 0.45, 1.2),
        fixed=True,
    )
    return Scene(objects=(*tables(), wall))


def at(x: float, y: float, z: float, yaw: float = 0.0) -> FloatVector:
    configuration = configuration_at(STATION, HandTarget((x, y, z), yaw), 0.02)
    assert configuration is not None
    return configuration


@pytest.mark.parametrize('station', list(stations())[:15])
def test_inverse_kinematics_puts_the_hand_at_the_target(station: Station) -> None:
    target = HandTarget((0.8, 0.4, 0.75 + (station.wrist_m < 0) * 0.3), 0.7)
    configuration = configuration_at(station, target, 0.02)
    assert configuration is not None
    position, rotation = hand_pose(configuration)
    assert position == pytest.approx(target.position_m, abs=1e-3)
    assert np.allclose(rotation[:, 2], [0, 0, -1], atol=2e-3)
    # The closing direction is map y turned by the yaw.
    assert np.allclose(rotation[:, 1], [-math.sin(0.7), math.cos(0.7), 0], atol=5e-3)


def test_out_of_reach_is_none() -> None:
    assert configuration_at(STATION, HandTarget((0.8, 0.4, 2.5), 0.0), 0.02) is None


@given(yaw=st.floats(-3.1, 3.1), near=st.floats(-3.1, 3.1))
def test_nearest_yaw_is_equivalent_and_in_reach(yaw: float, near: float) -> None:
    found = nearest_yaw(yaw, near, math.pi)
    assert abs(found) <= 3.2
    assert math.isclose(math.sin(2 * (found - yaw)), 0.0, abs_tol=1e-9)


def test_shifting_moves_the_hand_exactly() -> None:
    start = at(0.8, 0.4, 0.9, 0.3)
    moved = shifted(start, by_m=(0.03, -0.05, 0.02), turn_rad=0.4)
    (before, turned), (after, rotation) = hand_pose(start), hand_pose(moved)
    assert after - before == pytest.approx([0.03, -0.05, 0.02], abs=1e-6)
    angle = math.atan2(*(rotation @ turned.T)[[1, 0], [0, 0]])
    assert angle == pytest.approx(0.4, abs=2e-3)


def test_home_touches_nothing_and_the_hand_in_a_table_does() -> None:
    cell = cell_of(Scene(objects=tables()))
    checker = cell.checker(cell.look(initial_qpos(cell.compiled)))
    assert checker.free(HOME)
    hit = checker.obstacle(at(0.8, 0.5, 0.70))
    assert hit is not None
    assert cell.name(hit) == 'table_a'


def test_what_is_held_collides_and_its_content_does_not() -> None:
    scene = sample_tabletop(TabletopConfig(inside=3), np.random.default_rng(4))
    cell = cell_of(scene)
    view = cell.look(initial_qpos(cell.compiled))
    box = scene.index('container')
    assert sorted(cell.content(view, box)) == [box + 1, box + 2, box + 3]
    over = at(0.8, 0.5, 1.15)
    position, rotation = hand_pose(over)
    tcp = np.eye(4)
    tcp[:3, :3], tcp[:3, 3] = rotation, position
    hanging = np.eye(4)
    hanging[:3, 3] = position - [0.0, 0.0, 0.2]
    checker = cell.checker(view, box, np.linalg.inv(tcp) @ hanging)
    assert checker.free(over)
    lower = over.copy()
    lower[LIFT] -= 0.25
    assert cell.name(checker.obstacle(lower) or 0) == 'table_a'


def test_paths_go_round_obstacles() -> None:
    cell = cell_of(walled())
    checker = cell.checker(cell.look(initial_qpos(cell.compiled)))
    start, goal = at(0.75, 0.3, 0.9), at(0.75, 0.7, 0.9)
    assert checker.path_obstacle([start, goal]) is not None
    path = plan_path(cell, checker, start, goal)
    assert np.array_equal(path[0], start)
    assert np.array_equal(path[-1], goal)
    assert checker.path_obstacle(path) is None


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_sampled_paths_are_free_level_and_repeatable(seed: int) -> None:
    cell = cell_of(walled())
    checker = cell.checker(cell.look(initial_qpos(cell.compiled)))
    start, goal = at(0.75, 0.3, 0.9), at(0.75, 0.7, 0.9)
    path = search(checker, start, goal, np.random.default_rng(seed))
    again = search(checker, start, goal, np.random.default_rng(seed))
    assert path is not None
    assert again is not None
    assert np.array_equal(np.array(path), np.array(again))
    assert checker.path_obstacle(path) is None
    for waypoint in path:
        assert np.allclose(hand_pose(waypoint)[1][:, 2], [0, 0, -1], atol=2e-3)


def test_no_path_names_what_is_in_the_way() -> None:
    cell = cell_of(walled())
    checker = cell.checker(cell.look(initial_qpos(cell.compiled)))
    with pytest.raises(SkillError, match='in_collision: no free path, wall is in the way'):
        plan_path(cell, checker, at(0.75, 0.3, 0.9), at(0.75, 0.45, 0.9))
