# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import mujoco
import numpy as np
import pytest

from f2p_core.camera import PinholeCamera
from f2p_core.pose import Pose
from f2p_core.scene import Scene
from f2p_sim.camera import HEAD_CAMERA, head_camera_pose, points_optical, ray_cast
from f2p_sim.scene_model import compile_scene, initial_qpos
from f2p_tasks.tabletop import tables

SPHERE = '<mujoco><worldbody><geom type="sphere" size="0.5" pos="0 0 3"/></worldbody></mujoco>'
IDENTITY = Pose(position_m=(0.0, 0.0, 0.0))


def data_of(model: mujoco.MjModel) -> mujoco.MjData:
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    return data


def test_a_ball_on_the_axis_is_seen_where_it_is() -> None:
    model = mujoco.MjModel.from_xml_string(SPHERE)
    camera = PinholeCamera.from_fov(101, 81, math.radians(60.0))
    image = ray_cast(model, data_of(model), IDENTITY, camera)
    assert image.depth_m.shape == (81, 101)
    assert image.depth_m[40, 50] == pytest.approx(2.5, abs=1e-6)
    assert image.depth_m[0, 0] == 0.0
    assert image.geom[0, 0] == -1
    points = points_optical(image.depth_m, camera)[image.geom == 0]
    assert np.linalg.norm(points - [0, 0, 3], axis=1) == pytest.approx(0.5, abs=1e-5)


def test_pixels_run_right_and_down() -> None:
    camera = PinholeCamera.from_fov(101, 81, math.radians(60.0))
    points = points_optical(np.ones((81, 101), dtype=np.float32), camera)
    assert points[40, 100, 0] > 0 > points[40, 0, 0]
    assert points[80, 50, 1] > 0 > points[0, 50, 1]
    assert points[40, 100, 0] == pytest.approx(math.tan(math.radians(30.0)) * 100 / 101)


def test_the_head_camera_sees_both_tables_whole_from_home() -> None:
    compiled = compile_scene(Scene(objects=tables()))
    data = mujoco.MjData(compiled.model)
    data.qpos[:] = initial_qpos(compiled)
    mujoco.mj_kinematics(compiled.model, data)
    pose = head_camera_pose(compiled.model, data)
    x, y, z = pose.position_m
    assert (x, y, z) == pytest.approx((0.25, 0.0, 2.0), abs=1e-6)
    image = ray_cast(compiled.model, data, pose, HEAD_CAMERA)
    points = pose.to_parent(points_optical(image.depth_m, HEAD_CAMERA))
    for index, side in ((0, 1.0), (1, -1.0)):
        top = (compiled.geom_object[image.geom] == index) & (image.geom >= 0)
        top &= np.abs(points[..., 2] - 0.7) < 1e-4
        low, high = points[top].min(axis=0), points[top].max(axis=0)
        assert low[:2] == pytest.approx([0.5, min(0.15 * side, 0.95 * side)], abs=0.01)
        assert high[:2] == pytest.approx([1.1, max(0.15 * side, 0.95 * side)], abs=0.01)
