# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Kernels over whole particle vectors, their bandwidths, and the Stein direction they give.

A kernel here is the map from particles and scores to the Stein direction; the gradient of the
kernel is written out, so no second autograd pass runs over the n² pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
import math
from typing import NamedTuple, Protocol

import torch

__all__ = [
    'Bandwidth',
    'Kernel',
    'LinearKernel',
    'Profile',
    'RadialKernel',
    'blackjax_bandwidth',
    'imq_profile',
    'no_kernel',
    'official_bandwidth',
    'rbf_profile',
    'squared_distances',
]

DIRECT_ROWS = 32
"""Up to this many rows, subtracting them is faster than a matrix product (measured, one core)."""

FEW_PAIRS = 1024
"""Up to this many pairs, one partial sort is faster than two selections (measured, one core)."""

BANDWIDTH_FLOOR = 1e-9
"""Least bandwidth (squared length): coinciding or single particles give k = 1, never 0/0."""

Bandwidth = Callable[[torch.Tensor], torch.Tensor]
"""Squared distances (..., n, n) → bandwidth h (..., 1, 1) of the ratio d²/h, a squared length."""

Profile = Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]
"""Ratio q = d²/h → kernel value f(q) and push −2f′(q), elementwise."""


class Kernel(Protocol):
    """Turns particles (..., n, d) and their scores (..., n, d) into the Stein direction."""

    def __call__(self, particles: torch.Tensor, score: torch.Tensor) -> torch.Tensor:
        """Returns φ, shape (..., n, d)."""


def squared_distances(values: torch.Tensor) -> torch.Tensor:
    """Returns all squared distances between centred rows, (..., n, d) → (..., n, n).

    Few rows are subtracted directly; many go through one matrix product, whose rounding error is
    small against the spread of rows about 0.
    """
    if values.shape[-2] <= DIRECT_ROWS:
        mode = 'donot_use_mm_for_euclid_dist'
        distance: torch.Tensor = torch.cdist(values, values, compute_mode=mode)
        return distance.square()
    norm = values.square().sum(-1, keepdim=True)
    squared: torch.Tensor = (norm + norm.mT - 2.0 * (values @ values.mT)).clamp_min(0.0)
    return squared


@lru_cache(maxsize=32)
def _pair_index(n: int, device: torch.device) -> torch.Tensor:
    """Flat positions of the n(n − 1)/2 pairs i > j in an (n, n) matrix."""
    row, column = torch.tril_indices(n, n, -1, device=device)
    flat: torch.Tensor = row * n + column
    return flat


def _pairs(squared: torch.Tensor) -> torch.Tensor:
    n = squared.shape[-1]
    return squared.flatten(-2).index_select(-1, _pair_index(n, squared.device))


def _ordered(values: torch.Tensor, low: int, high: int) -> torch.Tensor:
    """The ``low``-th and ``high``-th smallest (from 0; −1: a zero) of the last axis, (..., 2)."""
    if 0 <= low < high and values.shape[-1] <= FEW_PAIRS:
        return values.topk(high + 1, dim=-1, largest=False).values[..., low:]
    upper = values.kthvalue(high + 1, dim=-1, keepdim=True).values
    if low == high:
        return upper
    lower = values.kthvalue(low + 1, dim=-1, keepdim=True).values if low >= 0 else 0.0 * upper
    return torch.cat([lower, upper], dim=-1)


def official_bandwidth(squared: torch.Tensor) -> torch.Tensor:
    """Returns h = med(d²) / log(n + 1), the median over all n² entries with the diagonal.

    The convention of the original SVGD code (there written as σ = √(h/2)). Of the n² entries n
    are zero and every pair counts twice, so only the pairs are ranked.
    """
    n = squared.shape[-1]
    low, high = ((n * n - 1) // 2 - n) // 2, (n * n // 2 - n) // 2
    if n == 1:
        return torch.full_like(squared, BANDWIDTH_FLOOR)
    middle = _ordered(_pairs(squared), low, high).mean(-1, keepdim=True)
    return (middle / math.log(n + 1)).clamp_min(BANDWIDTH_FLOOR)[..., None]


def blackjax_bandwidth(squared: torch.Tensor) -> torch.Tensor:
    """Returns h = med(d)² / log(n), the median over the n(n − 1)/2 pairs of different particles.

    The convention of blackjax; for n = 1, where it has no value, the floor.
    """
    n = squared.shape[-1]
    if n == 1:
        return torch.full_like(squared, BANDWIDTH_FLOOR)
    pairs = n * (n - 1) // 2
    middle = _ordered(_pairs(squared), (pairs - 1) // 2, pairs // 2).sqrt().mean(-1, keepdim=True)
    return (middle.square() / math.log(n)).clamp_min(BANDWIDTH_FLOOR)[..., None]


def rbf_profile(ratio: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Gaussian kernel exp(−q)."""
    value = torch.exp(-ratio)
    return value, 2.0 * value


def imq_profile(ratio: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Inverse multiquadric (1 + q)^(−1/2)."""
    value = torch.rsqrt(1.0 + ratio)
    return value, value**3


class RadialKernel(NamedTuple):
    """k(x, y) = f(‖x − y‖² / h) over the whole particle vector.

    Attributes:
        profile: f and its push.
        bandwidth: How h follows from the particles.
    """

    profile: Profile = rbf_profile
    bandwidth: Bandwidth = official_bandwidth

    def __call__(self, particles: torch.Tensor, score: torch.Tensor) -> torch.Tensor:
        """Returns φ, shape (..., n, d)."""
        # Only differences matter; centred, they are not lost to rounding.
        centred = particles - particles.mean(-2, keepdim=True)
        squared = squared_distances(centred)
        h = self.bandwidth(squared)
        value, push = self.profile(squared / h)
        push = push / h
        drift = value @ score - push @ centred
        drift = torch.addcmul(drift, push.sum(-1, keepdim=True), centred)
        return drift / particles.shape[-2]


class LinearKernel(NamedTuple):
    """k(x, y) = x·y + 1; with n > d it recovers a Gaussian's mean and covariance exactly."""

    def __call__(self, particles: torch.Tensor, score: torch.Tensor) -> torch.Tensor:
        """Returns φ, shape (..., n, d)."""
        gram = particles @ particles.mT + 1.0
        return gram @ score / particles.shape[-2] + particles


def no_kernel(particles: torch.Tensor, score: torch.Tensor) -> torch.Tensor:
    """Every particle for itself: the direction is the score, SVGD becomes gradient ascent."""
    del particles
    return score
