# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Many rays at once meet what each ray meets alone."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest

from f2p_sim.rays import cast_rays
from f2p_sim.scene_model import compile_scene, initial_qpos
from f2p_tasks.transport import transport_scene

CAMERA_M = np.array([0.25, 0.0, 2.0])


@pytest.mark.parametrize('seed', range(3))
def test_no_body_is_passed_through(seed: int) -> None:
    compiled = compile_scene(transport_scene(3, np.random.default_rng(seed)))
    data = mujoco.MjData(compiled.model)
    data.qpos[:] = initial_qpos(compiled)
    mujoco.mj_kinematics(compiled.model, data)
    x, y = np.meshgrid(np.linspace(0.4, 1.2, 60), np.linspace(0.1, 1.0, 60))
    rays = np.stack([x, y, np.full_like(x, 0.7)], axis=-1).reshape(-1, 3) - CAMERA_M
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    hits = cast_rays(compiled.model, data, CAMERA_M, rays, farthest_m=10.0)
    alone = np.array([-1], dtype=np.int32)
    for ray, geom, distance_m in zip(rays, hits.geom, hits.distance_m, strict=True):
        wanted_m = mujoco.mj_ray(compiled.model, data, CAMERA_M, ray, None, 1, -1, alone)
        assert (geom, distance_m) == (alone[0], pytest.approx(wanted_m))


def test_nothing_is_met_beyond_the_farthest() -> None:
    model = mujoco.MjModel.from_xml_string(
        '<mujoco><worldbody><geom size="0.5" pos="0 0 3"/></worldbody></mujoco>'
    )
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    up = np.array([[0.0, 0.0, 1.0]])
    near, far = (cast_rays(model, data, np.zeros(3), up, farthest_m=f) for f in (2.0, 3.0))
    assert (near.geom.tolist(), far.geom.tolist()) == ([-1], [0])
    assert far.distance_m == pytest.approx([2.5])
    assert far.normal == pytest.approx(np.array([[0.0, 0.0, -1.0]]))
