# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Block kernels: their definition by autograd, angles, hypotheses and neighbours."""

from __future__ import annotations

from collections.abc import Sequence
import math

import pytest
import torch

from f2p_svi.errors import SviError
from f2p_svi.stein.blocks import BlockKernel, blocks_of, CIRCLE_RADIUS
from f2p_svi.stein.kernels import imq_profile, official_bandwidth, RadialKernel, squared_distances

GROUPS = [[0, 3], [1], [2, 4]]
CIRCULAR = [False, True, False, False, True]


def draw(n: int, d: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64)


def features(x: torch.Tensor, block: list[int]) -> torch.Tensor:
    """What a block's kernel compares, from its definition."""
    parts = []
    for c in block:
        if CIRCULAR[c]:
            parts += [CIRCLE_RADIUS * torch.cos(x[..., c]), CIRCLE_RADIUS * torch.sin(x[..., c])]
        else:
            parts.append(x[..., c])
    return torch.stack(parts, dim=-1)


def direction_by_autograd(
    particles: torch.Tensor, score: torch.Tensor, weights: torch.Tensor, seen: Sequence[list[int]]
) -> torch.Tensor:
    """One pair, one block and one gradient at a time."""
    n, out = len(particles), torch.zeros_like(particles)
    for b, block in enumerate(GROUPS):
        f = features(particles, seen[b])
        h = official_bandwidth(squared_distances(f)).squeeze()
        for i in range(n):
            for j in range(n):
                x = particles[j].clone().requires_grad_(True)
                squared = (features(x, seen[b]) - f[i]).square().sum()
                value = weights[b, i, j] * (1 + squared / h) ** -0.5
                (gradient,) = torch.autograd.grad(value, x)
                out[i, block] += (value.detach() * score[j] + gradient)[block] / n
    return out


@pytest.mark.parametrize('neighbours', [None, [(), (0,), (0, 1)]])
def test_the_direction_is_the_one_autograd_finds(
    neighbours: Sequence[Sequence[int]] | None,
) -> None:
    x, score = draw(5, 5, 0), draw(5, 5, 1)
    weights = torch.rand(3, 5, 5, generator=torch.Generator().manual_seed(2)).double()
    weights = (weights + weights.mT) / 2
    near = neighbours or [()] * 3
    seen = [sorted({*g, *(c for b in near[i] for c in GROUPS[b])}) for i, g in enumerate(GROUPS)]
    kernel = BlockKernel(blocks_of(GROUPS, CIRCULAR, neighbours), weights, imq_profile)
    torch.testing.assert_close(kernel(x, score), direction_by_autograd(x, score, weights, seen))


def test_one_block_of_lengths_is_the_joint_kernel() -> None:
    x, score = draw(9, 4, 0), draw(9, 4, 1)
    kernel = BlockKernel(blocks_of([range(4)], [False] * 4))
    torch.testing.assert_close(kernel(x, score), RadialKernel(imq_profile)(x, score))


def test_a_full_turn_changes_nothing() -> None:
    x, score = draw(6, 5, 0), draw(6, 5, 1)
    kernel = BlockKernel(blocks_of(GROUPS, CIRCULAR))
    turned = x.clone()
    turned[2, 1] += 2 * math.pi
    turned[4, 4] -= 4 * math.pi
    torch.testing.assert_close(kernel(turned, score), kernel(x, score))


def test_angles_on_both_sides_of_the_seam_repel_each_other() -> None:
    x = torch.tensor([[math.pi - 0.1], [-math.pi + 0.1], [0.5]])
    direction = BlockKernel(blocks_of([[0]], [True]))(x, torch.zeros_like(x))
    assert direction[0, 0] < 0 < direction[1, 0]


def test_particles_of_different_hypotheses_do_not_meet() -> None:
    x, score = draw(8, 3, 0), draw(8, 3, 1)
    same = torch.zeros(8, 8, dtype=torch.float64)
    same[:5, :5] = same[5:, 5:] = 1.0
    h = torch.full((1, 1), 0.7, dtype=torch.float64)
    blocks = blocks_of([range(3)], [False] * 3)
    together = BlockKernel(blocks, same, bandwidth=lambda _: h)(x, score)
    alone = [
        BlockKernel(blocks, bandwidth=lambda _: h)(part, s) * len(part) / 8
        for part, s in ((x[:5], score[:5]), (x[5:], score[5:]))
    ]
    torch.testing.assert_close(together, torch.cat(alone))


def test_leading_axes_are_independent_problems() -> None:
    x, score = draw(12, 5, 0).reshape(2, 6, 5), draw(12, 5, 1).reshape(2, 6, 5)
    kernel = BlockKernel(blocks_of(GROUPS, CIRCULAR))
    expected = torch.stack([kernel(a, b) for a, b in zip(x, score, strict=True)])
    torch.testing.assert_close(kernel(x, score), expected)


@pytest.mark.parametrize('groups', [[[0, 1]], [[0, 1], [1, 2]], [[0], [2]]])
def test_groups_that_are_no_partition_are_refused(groups: list[list[int]]) -> None:
    with pytest.raises(SviError, match='each of 3 coordinates once'):
        blocks_of(groups, [False] * 3)
