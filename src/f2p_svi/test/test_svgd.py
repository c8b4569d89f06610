# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""SVGD recovers known targets; its step is pure, deterministic and stays on the device."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from f2p_core.control import Control, Progress
from f2p_core.errors import CancelledError
from f2p_svi.stein.blocks import BlockKernel, blocks_of
from f2p_svi.stein.kernels import Kernel, LinearKernel, RadialKernel
from f2p_svi.stein.ksd import kernel_stein_discrepancy
from f2p_svi.stein.optimizers import Adagrad, Adam, Cooled, PlainStep
from f2p_svi.stein.svgd import run_svgd, Score, score_of, Svgd

THIRDS = (math.log(1 / 3), math.log(2 / 3))


def mixture(x: torch.Tensor) -> torch.Tensor:
    """⅓ N(−2, 1) + ⅔ N(2, 1), unnormalised."""
    left, right = (THIRDS[i] - 0.5 * (x[..., 0] - m).square() for i, m in enumerate((-2.0, 2.0)))
    return torch.logaddexp(left, right)


def standard_normal(x: torch.Tensor) -> Score:
    return Score(-0.5 * x.square().sum(-1), -x)


def draw(n: int, d: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64)


def test_a_mixture_is_recovered_from_far_away(device: torch.device) -> None:
    start = (draw(100, 1) - 10.0).to(device)
    score = score_of(mixture)
    rule = Cooled(Adagrad(0.5), 500, last_share=0.01)
    x = run_svgd(Svgd(score, RadialKernel(), rule), start, 500, 'test')
    assert float(x.mean()) == pytest.approx(0.6667, abs=0.04)
    assert float(x.var(correction=0)) == pytest.approx(4.5556, abs=0.1)
    assert float((x > 0).double().mean()) == pytest.approx(0.6591, abs=0.021)
    discrepancy = float(kernel_stein_discrepancy(x, score(x).gradient))
    assert discrepancy < 0.03
    iid = draw(100, 1, seed=3) + torch.where(
        torch.rand(100, 1, generator=torch.Generator().manual_seed(4)) < 1 / 3, -2.0, 2.0
    )
    assert discrepancy < 0.5 * float(kernel_stein_discrepancy(iid, score(iid).gradient))


def test_linear_kernel_recovers_a_gaussian_exactly() -> None:
    mean = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    root = torch.tensor([[1.0, 0, 0], [0.6, 0.8, 0], [-0.3, 0.2, 0.5]], dtype=torch.float64)
    covariance = root @ root.T
    precision = torch.linalg.inv(covariance)

    def score(x: torch.Tensor) -> Score:
        return Score(x[..., 0], -(x - mean) @ precision)

    svgd = Svgd(score, LinearKernel(), PlainStep(0.05))
    x = run_svgd(svgd, draw(4, 3), 4000, 'test')
    torch.testing.assert_close(x.mean(0), mean, atol=1e-10, rtol=0)
    centred = x - mean
    torch.testing.assert_close(centred.T @ centred / 4, covariance, atol=1e-10, rtol=0)


@pytest.mark.parametrize('d', [12, 30, 45])
def test_block_kernels_keep_the_variance_that_one_kernel_loses(d: int) -> None:
    blocks = blocks_of([range(i, i + 3) for i in range(0, d, 3)], [False] * d)

    def variance(kernel: Kernel) -> float:
        x = run_svgd(Svgd(standard_normal, kernel, Adam(0.05)), draw(20, d), 300, 'test')
        return float(x.var(0).mean())

    assert variance(BlockKernel(blocks)) >= 0.5
    assert variance(RadialKernel()) < 0.5


def test_a_step_leaves_its_state_as_it_was_and_repeats_exactly() -> None:
    svgd = Svgd(standard_normal, RadialKernel(), Adam(0.1))
    state, _ = svgd.step(svgd.init(draw(8, 3)))
    kept = [t.clone() for t in (state.particles, state.optimizer.first, state.optimizer.second)]
    first, info = svgd.step(state)
    again, _ = svgd.step(state)
    for before, now in zip(
        kept, (state.particles, state.optimizer.first, state.optimizer.second), strict=True
    ):
        assert torch.equal(before, now)
    assert torch.equal(first.particles, again.particles)
    assert not torch.equal(first.particles, state.particles)
    assert info.log_density.shape == (8,)
    assert info.direction.shape == (8, 3)


class _NoHostRead(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Fails on any operation that reads a value back to the host."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        assert '_local_scalar_dense' not in str(func), f'{func} reads a value back'
        return func(*args, **(kwargs or {}))


def test_a_step_reads_nothing_back_to_the_host(device: torch.device) -> None:
    blocks = blocks_of([[0, 1], [2, 3, 4]], [False, True, False, False, True], device=device)
    weights = torch.ones(1, 6, 6, device=device)
    for kernel in (RadialKernel(), BlockKernel(blocks, weights)):
        svgd = Svgd(standard_normal, kernel, Cooled(Adam(0.1), 10))
        state = svgd.init(draw(6, 5).float().to(device))
        with _NoHostRead():  # type: ignore[no-untyped-call]
            state, _ = svgd.step(state)
        assert state.particles.device.type == device.type


def test_progress_is_reported_and_stopping_stops() -> None:
    svgd = Svgd(standard_normal, RadialKernel(), PlainStep(0.1))
    seen: list[Progress] = []
    run_svgd(svgd, draw(3, 2), 4, 'scenes', control=Control(on_progress=seen.append))
    assert [p.done for p in seen] == [0, 1, 2, 3, 4]
    assert {(p.stage, p.total) for p in seen} == {('scenes', 4)}
    polls = iter([False, False, True])
    with pytest.raises(CancelledError, match='scenes'):
        run_svgd(svgd, draw(3, 2), 100, 'scenes', control=Control(should_stop=lambda: next(polls)))
