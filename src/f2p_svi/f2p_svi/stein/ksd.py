# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
r"""Kernel Stein discrepancy: how far particles are from a density known up to its constant."""

from __future__ import annotations

import torch

__all__ = ['kernel_stein_discrepancy']


def kernel_stein_discrepancy(
    particles: torch.Tensor, score: torch.Tensor, offset: float = 1.0, exponent: float = -0.5
) -> torch.Tensor:
    r"""Returns the KSD of particles under the inverse multiquadric kernel.

    With k = (c² + r²)^β, d = x − y, r² = ‖d‖² and score s (Gorham & Mackey, 2017):

    .. math:: u(x, y) = s(x)·s(y) k + 2β (c²+r²)^{β-1} (s(y) - s(x))·d
              - 2β D (c²+r²)^{β-1} - 4β(β-1) r² (c²+r²)^{β-2}

    Args:
        particles: Shape (..., n, D), in units in which the target has a spread of order one.
        score: Gradient of the target's log density there, shape (..., n, D).
        offset: c > 0.
        exponent: β in (−1, 0).

    Returns:
        √(mean of u over all n² pairs), shape (...).
    """
    difference = particles[..., :, None, :] - particles[..., None, :, :]
    squared = difference.square().sum(-1)
    base = offset * offset + squared
    slope = 2.0 * exponent * base ** (exponent - 1.0)
    across = score[..., None, :, :] - score[..., :, None, :]
    mean = (
        (score @ score.mT) * base**exponent
        + slope * ((across * difference).sum(-1) - particles.shape[-1])
        - 4.0 * exponent * (exponent - 1.0) * squared * base ** (exponent - 2.0)
    ).mean((-1, -2))
    return mean.clamp_min(0.0).sqrt()
