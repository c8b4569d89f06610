# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes made of decoded particles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from svi_synthetic import transport_failure
from test_parameterization import kitchen
import torch

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_svi.config import StateConfig
from f2p_svi.scenes.physics import scenes_of, with_drawn_physics


def as_torch(batch: SceneBatch) -> SceneBatch:
    arrays = (torch.tensor(a, dtype=torch.float32) for a in batch[3:])
    return SceneBatch(*batch[:3], *arrays)


@given(seed=st.integers(0, 1000))
def test_a_scene_survives_the_way_there_and_back(seed: int) -> None:
    scene = kitchen()
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.standard_normal((len(scene.objects), 3, 3)))
    q[:, :, 0] *= np.linalg.det(q)[:, None]
    fixed = np.array([o.fixed for o in scene.objects])
    batch = stack_scenes([scene])
    rotation = np.where(fixed[:, None, None], batch.rotation[0], q)[None]
    turned = batch._replace(rotation=rotation)
    (back,) = scenes_of(as_torch(turned), scene)
    again = stack_scenes([back])
    np.testing.assert_allclose(again.rotation, rotation, atol=1e-5)
    np.testing.assert_allclose(again.position_m, batch.position_m, atol=1e-6)
    np.testing.assert_allclose(again.dimensions, batch.dimensions, rtol=1e-6)


def test_furniture_and_the_robot_stay_exactly_as_they_are() -> None:
    scene = transport_failure(3, 0).before.scene
    (back,) = scenes_of(as_torch(stack_scenes([scene])), scene)
    assert back.objects[:2] == scene.objects[:2]
    assert back.robot == scene.robot


def test_physics_is_drawn_from_its_prior_range() -> None:
    scene, config = transport_failure(3, 0).before.scene, StateConfig()
    rng = np.random.default_rng(0)
    drawn = [with_drawn_physics(scene, config, rng) for _ in range(200)]
    for name, share in (('mass_kg', config.mass_range), ('friction', config.friction_range)):
        nominal = np.array([getattr(o, name) for o in scene.objects])
        values = np.array([[getattr(o, name) for o in s.objects] for s in drawn])
        ratio = values / nominal
        assert 1 / (1 + share) <= ratio.min() < 1 - share / 2
        assert 1 + share / 2 < ratio.max() <= 1 + share
    assert [o.pose_map for o in drawn[0].objects] == [o.pose_map for o in scene.objects]
