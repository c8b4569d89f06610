# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The cloud likelihood: it prefers the truth, is silent about what is hidden, sees free space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from svi_synthetic import CAMERA_M, observe
from test_part_distances import first, torch_batch
import torch

from f2p_core.geometry.shapes import Box
from f2p_core.pose import Pose, upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_svi.scenes.cloud_evidence import build_evidence, log_cloud_likelihood
from f2p_svi.scenes.distances import build_part_distances
from f2p_tasks.tabletop import tables

NOISE_M = 0.003
# On the line from the camera's foot, square to it: one side is seen, the far one hidden.
YAW_RAD = float(np.arctan2(0.55, 0.9))


def box_scene(
    x: float = 0.8,
    y: float = 0.55,
    yaw: float = YAW_RAD,
    size: tuple[float, float, float] = (0.05, 0.06, 0.08),
) -> Scene:
    box = SceneObject(
        object_id='box',
        shape=Box(size_m=size),
        pose_map=upright_pose(x, y, 0.7 + size[2] / 2, yaw),
    )
    return Scene(objects=(*tables(), box))


def likelihoods(truth: Scene, guesses: list[Scene], unseen: Sequence[str] = ()) -> list[float]:
    observation = observe(truth, np.random.default_rng(0), unseen)
    batch = torch_batch([truth, *guesses])
    evidence = build_evidence(observation, 0.24)
    values = log_cloud_likelihood(
        batch, build_part_distances(first(batch)), evidence, NOISE_M, 1.0
    )
    return (values[1:] - values[0]).tolist()


def grown(share: float, towards_camera: bool) -> Scene:
    """The box longer along the line of sight, one face staying where it is."""
    longer = 0.05 * (1 + share)
    shift = (longer - 0.05) / 2 * (-1 if towards_camera else 1)
    x, y = 0.8 + shift * np.cos(YAW_RAD), 0.55 + shift * np.sin(YAW_RAD)
    return box_scene(float(x), float(y), size=(longer, 0.06, 0.08))


def test_the_truth_is_more_likely_than_its_neighbours() -> None:
    guesses = [
        box_scene(x=0.82), box_scene(x=0.78), box_scene(y=0.57), box_scene(yaw=YAW_RAD + 0.5),
        box_scene(size=(0.05, 0.06, 0.1)), box_scene(size=(0.05, 0.08, 0.08)),
        box_scene(size=(0.05, 0.04, 0.08)), box_scene(size=(0.05, 0.06, 0.06)),
    ]  # fmt: skip
    assert max(likelihoods(box_scene(), guesses)) < -3.0


def test_growing_into_the_shadow_costs_less_than_growing_into_view() -> None:
    hidden, seen = likelihoods(box_scene(), [grown(0.2, False), grown(0.2, True)])
    assert seen < -3.0
    assert hidden > 0.3 * seen


def test_an_unseen_object_is_not_where_the_camera_looked_through() -> None:
    there = box_scene()
    observation = observe(Scene(objects=there.objects[:2]), np.random.default_rng(0))
    observation = observation.model_copy(
        update={
            'scene': there,
            'seen': (True, True, False),
            'clouds_map': (*observation.clouds_map, np.zeros((0, 3))),
        }
    )
    batch = torch_batch([there])
    away = batch._replace(position_m=batch.position_m + torch.tensor([0.0, 0.0, 1.0]))
    evidence, bodies = build_evidence(observation, 0.24), build_part_distances(batch)
    assert evidence.seen.tolist() == [0.0, 0.0, 0.0]
    assert evidence.hidden.any(dim=1).tolist() == [False, False, True]
    here, elsewhere = (
        float(log_cloud_likelihood(b, bodies, evidence, NOISE_M, 1.0)) for b in (batch, away)
    )
    assert here < elsewhere - 10.0


def test_several_cameras_tell_nothing_of_free_space() -> None:
    observation = observe(box_scene(), np.random.default_rng(0))
    other = Pose(position_m=tuple(CAMERA_M + 0.3))
    two = observation.model_copy(update={'cameras_map': (*observation.cameras_map, other)})
    assert build_evidence(two, 0.24).passed.sum() == 0
    assert build_evidence(observation, 0.24).passed.sum() == 1


def test_stray_points_pull_with_bounded_force() -> None:
    truth = box_scene()
    observation = observe(truth, np.random.default_rng(0))
    cloud = observation.clouds_map[2].copy()
    cloud[:5] += 0.3
    stray = observation.model_copy(update={'clouds_map': (*observation.clouds_map[:2], cloud)})
    batch = torch_batch([truth])
    position = batch.position_m.clone().requires_grad_(True)
    bodies, evidence = build_part_distances(batch), build_evidence(stray, 0.24)
    value = log_cloud_likelihood(
        batch._replace(position_m=position), bodies, evidence, NOISE_M, 1.0
    ).sum()
    (pull,) = torch.autograd.grad(value, position)
    # Each of 128 nominal points pulls with at most 1 / noise.
    assert float(pull.norm()) < 0.5 * 128 / NOISE_M


@pytest.mark.parametrize('seen', [True, False])
def test_without_points_or_rays_nothing_is_said(seen: bool) -> None:
    observation = observe(box_scene(), np.random.default_rng(0))
    blind = observation.model_copy(
        update={
            'clouds_map': tuple(np.zeros((0, 3)) for _ in range(3)),
            'background_map': np.zeros((0, 3)),
            'seen': (True, True, seen),
        }
    )
    evidence = build_evidence(blind, 0.24)
    assert float(sum(v.sum() for v in evidence[1:])) == 0.0
