# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from core_batches import RandomBatch
import numpy as np
import pytest
import torch

from f2p_core.geometry.distance import signed_distance, surface_normals, surface_points
from f2p_core.geometry.shapes import SHAPES


def distance(kind: str, dimensions: list[float], point: list[float]) -> float:
    d = np.array(dimensions + [0.0] * (5 - len(dimensions)))
    return float(signed_distance(kind, d, np.array([point]))[0])


@pytest.mark.parametrize(
    ('kind', 'dimensions', 'point', 'expected'),
    [
        ('box', [2.0, 4.0, 6.0], [1.0, 2.0, 7.0], 4.0),
        ('box', [2.0, 4.0, 6.0], [4.0, 6.0, 0.0], 5.0),
        ('box', [2.0, 4.0, 6.0], [0.5, 0.0, 0.0], -0.5),
        ('table', [2.0, 4.0, 6.0], [0.0, 0.0, 3.5], 0.5),
        ('cylinder', [1.0, 2.0], [4.0, 0.0, 5.0], 5.0),
        ('cylinder', [1.0, 2.0], [0.0, 3.0, 0.5], 2.0),
        ('cylinder', [1.0, 2.0], [0.0, 0.0, 0.25], -0.75),
        ('sphere', [1.0], [0.0, 3.0, 4.0], 4.0),
        ('sphere', [1.0], [0.0, 0.0, 0.0], -1.0),
        # In the cavity: from the floor, from a wall; on the rim; the handle's bar over it.
        ('open_box', [0.3, 0.2, 0.1, 0.006, 0.0], [0.0, 0.0, -0.034], 0.01),
        ('open_box', [0.3, 0.2, 0.1, 0.006, 0.0], [0.134, 0.0, 0.0], 0.01),
        ('open_box', [0.3, 0.2, 0.1, 0.006, 0.0], [0.147, 0.0, 0.06], 0.01),
        ('open_box', [0.3, 0.2, 0.1, 0.006, 0.0], [0.0, 0.0, 0.05], 0.094),
        ('open_box', [0.3, 0.2, 0.1, 0.006, 0.1], [0.0, 0.0, 0.17], 0.012),
        ('cup', [0.04, 0.1, 0.004], [0.0, 0.0, -0.036], 0.01),
        ('cup', [0.04, 0.1, 0.004], [0.026, 0.0, 0.0], 0.01),
        ('shelf', [0.3, 0.6, 0.4, 0.02], [0.0, 0.0, -0.17], 0.01),
        ('shelf', [0.3, 0.6, 0.4, 0.02], [-0.2, 0.0, 0.0], np.hypot(0.05, 0.18)),
    ],
)
def test_known_distances(
    kind: str, dimensions: list[float], point: list[float], expected: float
) -> None:
    assert distance(kind, dimensions, point) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize('kind', SHAPES.names)
def test_distance_outside_is_that_to_the_nearest_surface_point(
    kind: str, random_batch: RandomBatch
) -> None:
    dimensions = random_batch([kind], 4, seed=1).dimensions[:, 0]
    points = np.random.default_rng(2).uniform(-0.4, 0.4, (4, 50, 3))
    exact = signed_distance(kind, dimensions, points)
    dense = surface_points(kind, dimensions, 600)
    sampled = np.linalg.norm(points[:, :, None] - dense[:, None], axis=-1).min(axis=-1)
    outside = exact > 0
    assert (sampled[outside] >= exact[outside] - 1e-9).all()
    assert (sampled[outside] <= exact[outside] + 0.03).all()


@pytest.mark.parametrize('kind', SHAPES.names)
def test_moving_along_the_gradient_gains_as_much_distance(
    kind: str, random_batch: RandomBatch
) -> None:
    dimensions = torch.tensor(random_batch([kind], 3, seed=3).dimensions[:, 0])
    rng = np.random.default_rng(4)
    points = torch.tensor(rng.uniform(-0.4, 0.4, (3, 60, 3)), requires_grad=True)
    value = signed_distance(kind, dimensions, points)
    (gradient,) = torch.autograd.grad(value.sum(), points)
    outside = value > 1e-6
    assert torch.allclose(gradient.norm(dim=-1)[outside], torch.ones(()).double())


@pytest.mark.parametrize('kind', SHAPES.names)
def test_gradients_are_finite_on_surfaces_edges_and_centres(
    kind: str, random_batch: RandomBatch
) -> None:
    batch = random_batch([kind], 2, seed=5)
    dimensions = torch.tensor(batch.dimensions[:, 0], requires_grad=True)
    points = torch.cat([surface_points(kind, dimensions, 60), torch.zeros(2, 1, 3).double()], 1)
    value = signed_distance(kind, dimensions, points)
    (gradient,) = torch.autograd.grad(value.sum(), dimensions)
    assert torch.isfinite(gradient).all()


@pytest.mark.parametrize('kind', SHAPES.names)
@pytest.mark.parametrize('n', [1, 7, 64, 300])
def test_surface_points_lie_on_the_surface_and_do_not_change(
    kind: str, n: int, random_batch: RandomBatch
) -> None:
    dimensions = random_batch([kind], 5, seed=6).dimensions[:, 0]
    points = surface_points(kind, dimensions, n)
    assert points.shape == (5, n, 3)
    # Where walls overlap in unusual proportions a place can end up inside a neighbour.
    assert signed_distance(kind, dimensions, points).max() < 1e-9
    on_surface = np.abs(signed_distance(kind, dimensions, points)) < 1e-9
    assert on_surface.mean() > 0.95
    assert (points == surface_points(kind, dimensions, n)).all()


def test_box_points_include_all_corners_and_cylinder_points_the_rims() -> None:
    box = surface_points('box', np.array([0.1, 0.2, 0.3, 0.0, 0.0]), 32)
    corners = {tuple(np.sign(p)) for p in box if np.allclose(np.abs(p), [0.05, 0.1, 0.15])}
    assert len(corners) == 8
    cylinder = surface_points('cylinder', np.array([0.1, 0.2, 0.0, 0.0, 0.0]), 40)
    rim = np.isclose(np.hypot(cylinder[:, 0], cylinder[:, 1]), 0.1)
    assert (rim & np.isclose(cylinder[:, 2], 0.1)).sum() >= 16
    assert (rim & np.isclose(cylinder[:, 2], -0.1)).sum() >= 16


def test_surface_points_cover_the_surface_evenly() -> None:
    dimensions = np.array([0.06, 0.06, 0.06, 0.0, 0.0])
    few, many = (surface_points('box', dimensions, n) for n in (100, 290))
    gaps = np.linalg.norm(many[:, None] - few[None], axis=-1).min(axis=1)
    assert gaps.max() < 0.012


@pytest.mark.parametrize('kind', SHAPES.names)
def test_normals_point_out_of_the_material(kind: str, random_batch: RandomBatch) -> None:
    dimensions = random_batch([kind], 3, seed=7).dimensions[:, 0]
    points, normals = (f(kind, dimensions, 80) for f in (surface_points, surface_normals))
    assert np.allclose(np.linalg.norm(normals, axis=-1), 1.0)
    step = 1e-5 * normals
    on_surface = np.abs(signed_distance(kind, dimensions, points)) < 1e-9
    out = signed_distance(kind, dimensions, points + step) > 0
    # Faces of walls that stand on another part look into it.
    assert (out | ~on_surface).mean() > (0.99 if kind in ('box', 'sphere', 'table') else 0.8)


def test_surface_points_follow_the_dimensions() -> None:
    dimensions = torch.tensor([0.1, 0.2, 0.3, 0.0, 0.0], dtype=torch.float64, requires_grad=True)
    highest = surface_points('box', dimensions, 20)[:, 2].max()
    (gradient,) = torch.autograd.grad(highest, dimensions)
    assert torch.allclose(gradient, torch.tensor([0.0, 0.0, 0.5, 0.0, 0.0]).double())
