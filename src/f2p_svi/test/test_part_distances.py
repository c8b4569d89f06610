# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The flat distance of the inner loop against the one of the core."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from svi_synthetic import transport_failure
from test_parameterization import kitchen
import torch

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.geometry.distance import pair_distance, signed_distance
from f2p_core.scene import Scene
from f2p_svi.scenes.distances import build_part_distances


def torch_batch(scenes: Sequence[Scene]) -> SceneBatch:
    batch = stack_scenes(scenes)
    arrays = (torch.tensor(a, dtype=torch.float32) for a in batch[3:])
    return SceneBatch(*batch[:3], *arrays)


def first(batch: SceneBatch) -> SceneBatch:
    return batch._replace(**{f: getattr(batch, f)[:1] for f in batch._fields[3:]})


@pytest.mark.parametrize('scene', [kitchen(), transport_failure(5, 0).before.scene])
def test_distances_are_those_of_the_core_at_any_size(scene: Scene) -> None:
    batch = torch_batch([scene] * 3)
    bodies = build_part_distances(first(batch))
    scale = torch.tensor([0.8, 1.0, 1.25])[:, None, None]
    resized = batch._replace(dimensions=batch.dimensions * scale)
    generator = torch.Generator().manual_seed(0)
    points = 0.15 * torch.randn(3, len(batch.kinds), 80, 3, generator=generator)
    found = bodies.distances(resized, points)
    for i, kind in enumerate(batch.kinds):
        expected = signed_distance(kind, resized.dimensions[:, i], points[:, i])
        torch.testing.assert_close(found[:, i], expected, atol=3e-6, rtol=1e-5)


@pytest.mark.parametrize('seed', range(4))
def test_gaps_are_seen_at_most_a_little_too_wide(seed: int) -> None:
    batch = torch_batch([transport_failure(5, seed).before.scene])
    found = build_part_distances(batch).gaps(batch)[0]
    exact = pair_distance(batch)[0]
    apart = ~torch.eye(len(exact), dtype=torch.bool)
    excess = (found - exact)[apart]
    assert float(excess.min()) > -1e-4
    assert float(excess[exact[apart] < 0.05].max()) < 0.01


def test_penetration_is_seen() -> None:
    scene = transport_failure(3, 0).before.scene
    objects = list(scene.objects)
    objects[4] = objects[4].model_copy(update={'pose_map': objects[3].pose_map})
    batch = torch_batch([scene.model_copy(update={'objects': tuple(objects)})])
    assert float(build_part_distances(batch).gaps(batch)[0, 3, 4]) < -0.01


def test_gradients_are_those_of_finite_differences() -> None:
    scene = transport_failure(3, 0).before.scene
    batch = torch_batch([scene])
    bodies = build_part_distances(batch)
    # Off the floor of the container: where bodies touch, the distance has a kink.
    lifted = (
        batch.position_m
        + torch.tensor([0.0, 0.0, 0.01]) * (torch.arange(len(batch.kinds)) > 2)[:, None]
    )
    arrays = [v.clone().requires_grad_(True) for v in (lifted, batch.dimensions)]

    def total(position: torch.Tensor, dimensions: torch.Tensor) -> torch.Tensor:
        gaps = bodies.gaps(batch._replace(position_m=position, dimensions=dimensions))
        return (gaps[0, 2:5, 2:5] * torch.tensor(WEIGHTS)).sum()

    gradients = torch.autograd.grad(total(*arrays), arrays)
    rng = np.random.default_rng(0)
    for k, gradient in enumerate(gradients):
        step = torch.tensor(rng.standard_normal(gradient.shape), dtype=torch.float32)
        step = step * (arrays[k] != 0) if k else step
        ahead, back = (
            [v.detach() + (side * 2e-4 * step if i == k else 0) for i, v in enumerate(arrays)]
            for side in (1.0, -1.0)
        )
        numeric = (total(*ahead) - total(*back)) / 4e-4
        assert float((gradient * step).sum()) == pytest.approx(float(numeric), rel=0.05, abs=0.01)


WEIGHTS = [[0.0, 1.0, 2.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]]
