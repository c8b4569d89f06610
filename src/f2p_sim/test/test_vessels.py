# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Small round vessels in physics: filled over the rim, carried by it."""

from __future__ import annotations

import numpy as np
import pytest

from f2p_core.geometry.shapes import Cup, Cylinder
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import PICK_PLACE, SkillCall
from f2p_core.supports import contents
from f2p_sim.mujoco_backend import MujocoOptions, MujocoSimulator
from f2p_sim.protocol import Rollout
from f2p_tasks.tabletop import TABLE_B, tables

SIMULATOR = MujocoSimulator(MujocoOptions(threads=1))
CAPSULE = Cylinder(radius_m=0.012, height_m=0.04)


def standing(object_id: str, shape: Cup | Cylinder, x_m: float, y_m: float) -> SceneObject:
    pose = upright_pose(x_m, y_m, 0.7 + shape.height_m / 2)
    return SceneObject(object_id=object_id, shape=shape, pose_map=pose, mass_kg=0.05)


def executed(scene: Scene, object_id: str, target_id: str) -> Rollout:
    call = SkillCall(
        skill=PICK_PLACE.name, object_id=object_id, target_id=target_id, parameters=(0.0, 0.0, 0.0)
    )
    return SIMULATOR.simulate([scene], [call], seed=0)[0]


@pytest.mark.parametrize('radius_m', [0.036, 0.04, 0.06])
def test_a_capsule_is_let_go_over_the_rim_where_fingers_do_not_fit(radius_m: float) -> None:
    vessel = Cup(radius_m=radius_m, height_m=0.05, wall_m=0.004)
    scene = Scene(
        objects=(
            *tables(),
            standing('vessel', vessel, 0.8, 0.4),
            standing('capsule', CAPSULE, 0.8, 0.65),
        )
    )
    rollout = executed(scene, 'capsule', 'vessel')
    assert rollout.reason == ''
    assert contents(rollout.end_scene, 'vessel') == ('capsule',)


def test_a_bowl_is_carried_by_its_rim_and_keeps_what_is_in_it() -> None:
    bowl = standing('bowl', Cup(radius_m=0.06, height_m=0.058, wall_m=0.005), 0.8, 0.5)
    capsules = [
        SceneObject(
            object_id=f'object_{i}',
            shape=CAPSULE,
            pose_map=upright_pose(0.8 + x, 0.5 + y, 0.705 + CAPSULE.height_m / 2),
            mass_kg=0.04,
        )
        for i, (x, y) in enumerate([(0.024, 0.0), (-0.012, 0.021), (-0.012, -0.021)])
    ]
    rollout = executed(Scene(objects=(*tables(), bowl, *capsules)), 'bowl', TABLE_B)
    assert rollout.reason == ''
    end = rollout.end_scene
    assert set(contents(end, 'bowl')) == {'object_0', 'object_1', 'object_2'}
    assert np.sign(end.object('bowl').pose_map.position_m[1]) == -1.0
    assert end.object('bowl').pose_map.rotation()[2, 2] > 0.99
