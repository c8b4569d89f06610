# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
r"""Stein variational gradient descent (Liu & Wang, 2016) as a pure ``init``/``step`` pair.

Every step moves n particles along

.. math:: φ(x_i) = \frac1n \sum_j k(x_j, x_i) ∇ \ln p(x_j) + ∇_{x_j} k(x_j, x_i)

Leading batch axes are independent problems. A step is deterministic and stays on the particles'
device: no value is read back to the host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch

from f2p_core.control import Control, UNCONTROLLED
from f2p_svi.stein.kernels import Kernel
from f2p_svi.stein.optimizers import Optimizer, OptimizerState, zero_state

__all__ = [
    'LogDensity',
    'Score',
    'ScoreFunction',
    'Svgd',
    'SvgdInfo',
    'SvgdState',
    'run_svgd',
    'score_of',
]

LogDensity = Callable[[torch.Tensor], torch.Tensor]
"""Unnormalised log density of particles (..., n, d) → (..., n); rows are independent."""


class Score(NamedTuple):
    """A log density (..., n) and its gradient (..., n, d) at particles (..., n, d)."""

    log_density: torch.Tensor
    gradient: torch.Tensor


ScoreFunction = Callable[[torch.Tensor], Score]


class SvgdState(NamedTuple):
    """Particles (..., n, d) and what the ascent rule remembers."""

    particles: torch.Tensor
    optimizer: OptimizerState


class SvgdInfo(NamedTuple):
    """What a step saw, at the particles it started from.

    Attributes:
        log_density: Unnormalised, shape (..., n).
        direction: Stein direction φ, shape (..., n, d).
    """

    log_density: torch.Tensor
    direction: torch.Tensor


class Svgd(NamedTuple):
    """An SVGD run's fixed parts: target, kernel and ascent rule.

    Attributes:
        score: Gradient of the target's log density (``score_of`` derives it by autograd).
        kernel: Turns particles and scores into the Stein direction.
        optimizer: Turns the direction into an update.
    """

    score: ScoreFunction
    kernel: Kernel
    optimizer: Optimizer

    def init(self, particles: torch.Tensor) -> SvgdState:
        """Returns the state at the given particles, shape (..., n, d)."""
        return SvgdState(particles, zero_state(particles))

    def step(self, state: SvgdState) -> tuple[SvgdState, SvgdInfo]:
        """Moves every particle once; ``state`` stays as it was."""
        log_density, gradient = self.score(state.particles)
        direction = self.kernel(state.particles, gradient)
        update, optimizer = self.optimizer(direction, state.optimizer)
        return SvgdState(state.particles + update, optimizer), SvgdInfo(log_density, direction)


def score_of(log_density: LogDensity) -> ScoreFunction:
    """Returns the score of a differentiable log density, by autograd."""

    def score(particles: torch.Tensor) -> Score:
        with torch.enable_grad():
            leaf = particles.detach().requires_grad_(True)
            value = log_density(leaf)
            (gradient,) = torch.autograd.grad(value.sum(), leaf)
        return Score(value.detach(), gradient)

    return score


def run_svgd(
    svgd: Svgd,
    particles: torch.Tensor,
    iterations: int,
    stage: str,
    control: Control = UNCONTROLLED,
) -> torch.Tensor:
    """Moves particles for a number of steps.

    Args:
        svgd: Target, kernel and ascent rule.
        particles: Where to start, shape (..., n, d).
        iterations: Number of steps.
        stage: Name of this work in progress reports.
        control: Polled before every step; told before every step and after the last.

    Returns:
        The final particles.

    Raises:
        CancelledError: If ``control`` said stop.
    """
    state = svgd.init(particles)
    for i in range(iterations):
        control.check(stage)
        control.report(stage, i, iterations)
        state, _ = svgd.step(state)
    control.report(stage, iterations, iterations)
    return state.particles
