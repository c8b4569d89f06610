# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import mujoco
import numpy as np
import pytest

from f2p_core.geometry.shapes import Box, Cup, Cylinder, Sphere
from f2p_core.pose import Pose, upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_sim.physics import PhysicsParameters
from f2p_sim.robot import JOINT_COUNT, JOINT_NAMES
from f2p_sim.scene_model import compile_scene, initial_qpos, poses_of, scene_at, state_sizes
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

GRAVITY = 9.81


def ball(height_m: float) -> Scene:
    shape = Sphere(radius_m=0.03)
    pose = upright_pose(1.0, 1.0, height_m)
    return Scene(objects=(SceneObject(object_id='ball', shape=shape, pose_map=pose),))


def test_robot_joints_come_first_in_state_and_commands() -> None:
    model = compile_scene(ball(1.0)).model
    assert tuple(model.joint(i).name for i in range(JOINT_COUNT)) == JOINT_NAMES
    assert tuple(model.actuator(i).name for i in range(model.nu)) == JOINT_NAMES


def test_free_fall_follows_the_parabola() -> None:
    compiled = compile_scene(ball(2.0))
    data = mujoco.MjData(compiled.model)
    data.qpos[:] = initial_qpos(compiled)
    steps, dt = 100, compiled.model.opt.timestep
    for _ in range(steps):
        mujoco.mj_step(compiled.model, data)
    fallen = 2.0 - poses_of(compiled, data.qpos)[0].position_m[2]
    # Semi-implicit Euler falls g dt² n (n + 1) / 2, exactly.
    assert fallen == pytest.approx(GRAVITY * dt**2 * steps * (steps + 1) / 2, rel=1e-6)


def test_state_holds_the_scene_it_was_made_of() -> None:
    scene = sample_tabletop(TabletopConfig(inside=3, on_b=1), np.random.default_rng(0))
    back = scene_at(compile_scene(scene), initial_qpos(compile_scene(scene)))
    for was, now in zip(scene.objects, back.objects, strict=True):
        assert np.allclose(was.pose_map.rotation(), now.pose_map.rotation(), atol=1e-9)
        assert now.pose_map.position_m == pytest.approx(was.pose_map.position_m)


def test_quaternions_are_converted() -> None:
    tipped = Pose(position_m=(0, 0, 1), quaternion_xyzw=(np.sqrt(0.5), 0, 0, np.sqrt(0.5)))
    shape = Cylinder(radius_m=0.02, height_m=0.1)
    scene = Scene(objects=(SceneObject(object_id='pin', shape=shape, pose_map=tipped),))
    compiled = compile_scene(scene)
    data = mujoco.MjData(compiled.model)
    data.qpos[:] = initial_qpos(compiled)
    mujoco.mj_kinematics(compiled.model, data)
    geom = compiled.model.geom('object/pin/0').id
    assert np.allclose(data.geom_xmat[geom].reshape(3, 3)[:, 2], [0, -1, 0], atol=1e-9)


@pytest.mark.parametrize('scale', [0.5, 1.0, 1.7])
def test_mass_is_spread_over_the_parts_and_scaled(scale: float) -> None:
    cup = SceneObject(
        object_id='cup',
        shape=Cup(radius_m=0.04, height_m=0.1, wall_m=0.004),
        pose_map=upright_pose(0, 0, 1),
        mass_kg=0.25,
    )
    compiled = compile_scene(Scene(objects=(cup,)), PhysicsParameters(mass_scale=scale))
    assert compiled.model.body('object/cup').mass[0] == pytest.approx(0.25 * scale)


def test_box_inertia_is_that_of_a_solid_cuboid() -> None:
    box = SceneObject(
        object_id='box', shape=Box(size_m=(0.1, 0.2, 0.3)), pose_map=upright_pose(0, 0, 1),
        mass_kg=1.2,
    )
    body = compile_scene(Scene(objects=(box,))).model.body('object/box')
    expected = [0.1 * (0.04 + 0.09), 0.1 * (0.01 + 0.09), 0.1 * (0.01 + 0.04)]
    assert sorted(body.inertia) == pytest.approx(sorted(expected))


def test_object_ids_may_be_names_of_robot_parts() -> None:
    scene = ball(1.0)
    renamed = scene.objects[0].model_copy(update={'object_id': 'palm'})
    compiled = compile_scene(Scene(objects=(renamed,)))
    assert (compiled.geom_object == 0).sum() == 1


def test_state_sizes_count_what_the_state_is_made_of() -> None:
    rng = np.random.default_rng(1)
    a, b = (sample_tabletop(TabletopConfig(inside=3), rng) for _ in range(2))
    more = sample_tabletop(TabletopConfig(inside=4), rng)
    assert state_sizes(a) == state_sizes(b) != state_sizes(more)
    assert compile_scene(a).model.nq == compile_scene(b).model.nq
