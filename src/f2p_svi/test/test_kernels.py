# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Kernels against known answers, and against autograd over every pair."""

from __future__ import annotations

from collections.abc import Callable
import math

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
import torch

from f2p_svi.stein.kernels import (
    Bandwidth,
    blackjax_bandwidth,
    DIRECT_ROWS,
    imq_profile,
    LinearKernel,
    no_kernel,
    official_bandwidth,
    Profile,
    RadialKernel,
    rbf_profile,
    squared_distances,
)

POINTS = torch.tensor([[1.0, 2.0], [10.0, 5.0], [7.0, 3.0], [2.0, -1.0]], dtype=torch.float64)


def cloud(n: int, d: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64)


def direction_by_autograd(
    kernel_of_pair: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    particles: torch.Tensor,
    score: torch.Tensor,
) -> torch.Tensor:
    """The Stein direction as its definition says, one pair and one gradient at a time."""
    rows = []
    for i in range(len(particles)):
        total = torch.zeros_like(particles[0])
        for j in range(len(particles)):
            x = particles[j].clone().requires_grad_(True)
            value = kernel_of_pair(x, particles[i])
            (gradient,) = torch.autograd.grad(value, x)
            total += value.detach() * score[j] + gradient
        rows.append(total / len(particles))
    return torch.stack(rows)


@pytest.mark.parametrize(
    ('bandwidth', 'h', 'direction'),
    [
        (
            blackjax_bandwidth,
            28.114045030570,
            [[-1.2190461649, -0.5464155320], [-3.5823606929, -1.7079343169],
             [-3.4920770533, -1.6142323048], [-1.1658554821, -0.3674433189]],
        ),
        (
            official_bandwidth,
            15.533373363990,
            [[-0.7175431546, -0.3942979285], [-3.2162825107, -1.5474269299],
             [-2.9038975721, -1.3353565038], [-0.7552680259, -0.1284304]],
        ),
    ],
)  # fmt: skip
def test_known_directions_of_both_bandwidth_conventions(
    bandwidth: Bandwidth, h: float, direction: list[list[float]], device: torch.device
) -> None:
    points = POINTS.to(device)
    torch.testing.assert_close(
        bandwidth(squared_distances(points)).cpu(), torch.tensor([[h]], dtype=torch.float64)
    )
    found = RadialKernel(rbf_profile, bandwidth)(points, -points).cpu()
    torch.testing.assert_close(
        found, torch.tensor(direction, dtype=torch.float64), atol=1e-9, rtol=0
    )


@pytest.mark.parametrize('bandwidth', [official_bandwidth, blackjax_bandwidth])
@given(n=st.integers(2, 50), seed=st.integers(0, 99))
def test_bandwidths_are_the_medians_of_their_definition(
    bandwidth: Bandwidth, n: int, seed: int
) -> None:
    points = cloud(n, 3, seed)
    squared = ((points[:, None] - points) ** 2).sum(-1).numpy()
    if bandwidth is official_bandwidth:
        expected = np.median(squared) / math.log(n + 1)
    else:
        below = np.sqrt(squared[np.tril_indices(n, -1)])
        expected = np.median(below) ** 2 / math.log(n)
    assert float(bandwidth(squared_distances(points))) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize('n', [5, DIRECT_ROWS, DIRECT_ROWS + 1, 64])
def test_distances_are_the_same_by_either_way(n: int) -> None:
    points = cloud(n, 4)
    expected = ((points[:, None] - points) ** 2).sum(-1)
    torch.testing.assert_close(squared_distances(points), expected, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize('bandwidth', [official_bandwidth, blackjax_bandwidth])
@pytest.mark.parametrize('profile', [rbf_profile, imq_profile])
@pytest.mark.parametrize('points', [torch.zeros(1, 3), torch.zeros(7, 3), torch.ones(40, 2)])
def test_single_and_coinciding_particles_just_ascend(
    profile: Profile, bandwidth: Bandwidth, points: torch.Tensor
) -> None:
    score = torch.randn(points.shape, generator=torch.Generator().manual_seed(0))
    direction = RadialKernel(profile, bandwidth)(points, score)
    torch.testing.assert_close(direction, score.mean(0).expand_as(score))


@pytest.mark.parametrize(
    ('profile', 'value'),
    [(rbf_profile, lambda q: torch.exp(-q)), (imq_profile, lambda q: (1.0 + q) ** -0.5)],
)
def test_radial_direction_is_the_one_autograd_finds(
    profile: Profile, value: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    points, score = cloud(6, 3), cloud(6, 3, seed=1)
    h = official_bandwidth(squared_distances(points)).squeeze()
    found = RadialKernel(profile)(points, score)
    expected = direction_by_autograd(lambda x, y: value((x - y).square().sum() / h), points, score)
    torch.testing.assert_close(found, expected)


def test_linear_direction_is_the_one_autograd_finds() -> None:
    points, score = cloud(5, 2), cloud(5, 2, seed=1)
    expected = direction_by_autograd(lambda x, y: x @ y + 1.0, points, score)
    torch.testing.assert_close(LinearKernel()(points, score), expected)


def test_leading_axes_are_independent_problems() -> None:
    points, score = cloud(24, 3).reshape(4, 6, 3), cloud(24, 3, seed=1).reshape(4, 6, 3)
    kernel = RadialKernel()
    expected = torch.stack([kernel(p, s) for p, s in zip(points, score, strict=True)])
    torch.testing.assert_close(kernel(points, score), expected)


def test_without_a_kernel_the_direction_is_the_score() -> None:
    assert no_kernel(POINTS, -POINTS) is not None
    torch.testing.assert_close(no_kernel(POINTS, -POINTS), -POINTS)
