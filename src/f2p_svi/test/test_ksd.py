# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The kernel Stein discrepancy against autograd, and where it must be small."""

from __future__ import annotations

import math

import pytest
import torch

from f2p_svi.stein.ksd import kernel_stein_discrepancy


def draw(n: int, d: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64)


def by_autograd(x: torch.Tensor, score: torch.Tensor, c: float, beta: float) -> float:
    total = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            a, b = (x[k].clone().requires_grad_(True) for k in (i, j))
            value = (c * c + (a - b).square().sum()) ** beta
            (da,) = torch.autograd.grad(value, a, create_graph=True)
            (db,) = torch.autograd.grad(value, b, create_graph=True)
            trace = sum(
                torch.autograd.grad(db[m], a, retain_graph=True)[0][m] for m in range(x.shape[1])
            )
            u = score[i] @ score[j] * value + score[i] @ db + score[j] @ da + trace
            total += float(u.detach())
    return math.sqrt(total / len(x) ** 2)


@pytest.mark.parametrize(('c', 'beta'), [(1.0, -0.5), (0.7, -0.3)])
def test_the_formula_is_the_one_autograd_finds(c: float, beta: float) -> None:
    x, score = draw(5, 3), draw(5, 3, 1)
    found = float(kernel_stein_discrepancy(x, score, c, beta))
    assert found == pytest.approx(by_autograd(x, score, c, beta))


def test_it_shrinks_with_more_samples_and_sees_a_wrong_mean_or_spread() -> None:
    def of(n: int, scale: float = 1.0, shift: float = 0.0) -> float:
        x = scale * draw(n, 2) + shift
        return float(kernel_stein_discrepancy(x, -x))

    assert of(400) < 0.6 * of(60)
    right = of(400)
    assert min(of(400, scale=0.5), of(400, shift=0.5), of(400, scale=2.0)) > 3 * right


def test_leading_axes_are_independent() -> None:
    x = draw(12, 2).reshape(3, 4, 2)
    each = torch.stack([kernel_stein_discrepancy(p, -p) for p in x])
    torch.testing.assert_close(kernel_stein_discrepancy(x, -x), each)
