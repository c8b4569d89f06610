# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
r"""One kernel per block of coordinates, on features of them, as in message-passing SVGD.

Twenty particles under one kernel over 30 dimensions collapse to a tenth of the variance; with
one kernel per small block they keep most of it (Zhuo et al., 2018; Wang et al., 2018). The
direction of a block's coordinates then reads

.. math:: φ_b(x_i) = \frac1n \sum_j w_{ij}
          [k_b(x_j, x_i) ∇_b \ln p(x_j) + ∇_{x_{j,b}} k_b(x_j, x_i)]

Angles enter the kernel as (cos, sin): an RBF of a geodesic angle is not positive definite in
general.
"""

from __future__ import annotations

from collections.abc import Sequence
import math
from typing import NamedTuple

import torch

from f2p_svi.errors import SviError
from f2p_svi.stein.kernels import (
    Bandwidth,
    imq_profile,
    official_bandwidth,
    Profile,
    squared_distances,
)

__all__ = ['BlockKernel', 'Blocks', 'blocks_of']

CIRCLE_RADIUS = math.sqrt(2.0)
"""Radius of an angle's feature circle: a uniform angle then has features of variance 1."""


class Blocks(NamedTuple):
    """Which coordinates and features each of B blocks holds, as padded index tables.

    A feature is a linear coordinate itself, or the cosine or sine of an angle; each depends on
    one coordinate. Padding points past the end: coordinate d and feature F, both always 0.

    Attributes:
        source: Coordinate each feature reads, shape (F,).
        linear: Whether the feature is its coordinate itself, (F,).
        phase: Added to an angle before the cosine: 0 for a cosine, −π/2 for a sine, (F,).
        coordinates: Coordinates that each block moves, shape (B, C).
        features: Features that each block's kernel compares, shape (B, W).
        moved: 1 where the block moves the feature's coordinate, else 0, shape (B, W).
    """

    source: torch.Tensor
    linear: torch.Tensor
    phase: torch.Tensor
    coordinates: torch.Tensor
    features: torch.Tensor
    moved: torch.Tensor


def blocks_of(
    groups: Sequence[Sequence[int]],
    circular: Sequence[bool],
    neighbours: Sequence[Sequence[int]] | None = None,
    device: torch.device | str = 'cpu',
) -> Blocks:
    """Builds the index tables of a block kernel.

    Args:
        groups: Coordinates of each block; together every coordinate once.
        circular: Per coordinate whether it is an angle of period 2π [rad].
        neighbours: Per block the other blocks whose features its kernel also compares (its
            Markov blanket in a graphical model); none by default.
        device: Where the tables live.

    Raises:
        SviError: If the groups are not a partition of the coordinates.
    """
    if sorted(c for group in groups for c in group) != list(range(len(circular))):
        raise SviError(f'blocks {groups} must hold each of {len(circular)} coordinates once')
    phases = {False: (0.0,), True: (0.0, -math.pi / 2)}
    features = [(c, p) for c, angle in enumerate(circular) for p in phases[angle]]
    near = neighbours if neighbours is not None else [()] * len(groups)
    seen = [{*group, *(c for b in near[i] for c in groups[b])} for i, group in enumerate(groups)]
    chosen = [[f for f, (c, _) in enumerate(features) if c in block] for block in seen]
    moved = [
        [float(features[f][0] in group) for f in block]
        for group, block in zip(groups, chosen, strict=True)
    ]
    return Blocks(
        torch.tensor([c for c, _ in features], device=device),
        torch.tensor([not circular[c] for c, _ in features], device=device),
        torch.tensor([phase for _, phase in features], device=device),
        torch.tensor(_padded(groups, len(circular)), device=device),
        torch.tensor(_padded(chosen, len(features)), device=device),
        torch.tensor(_padded(moved, 0.0), device=device),
    )


def _padded(rows: Sequence[Sequence[float]], fill: float) -> list[list[float]]:
    width = max(len(row) for row in rows)
    return [[*row, *([fill] * (width - len(row)))] for row in rows]


class BlockKernel(NamedTuple):
    """A radial kernel per block, each with a bandwidth of its own.

    Attributes:
        blocks: What each block moves and compares.
        weights: Positive semi-definite factor of the kernels, broadcastable to (..., B, n, n);
            for example 1 where two particles share a discrete hypothesis, else 0.
        profile: f and its push.
        bandwidth: How h follows from the squared feature distances.
    """

    blocks: Blocks
    weights: torch.Tensor | None = None
    profile: Profile = imq_profile
    bandwidth: Bandwidth = official_bandwidth

    def __call__(self, particles: torch.Tensor, score: torch.Tensor) -> torch.Tensor:
        """Returns φ, shape (..., n, d)."""
        blocks, (n, d) = self.blocks, particles.shape[-2:]
        value, slope = self._features(particles)
        # Only differences matter; centred, they are not lost to rounding.
        value = value - value.mean(-2, keepdim=True)
        squared = squared_distances(value)
        h = self.bandwidth(squared)
        kernel, push = self.profile(squared / h)
        push = push / h
        if self.weights is not None:
            kernel, push = kernel * self.weights, push * self.weights
        attraction = kernel @ _take(score, blocks.coordinates)
        repulsion = value * (push @ slope) - push @ (value * slope)
        out = particles.new_zeros((*particles.shape[:-1], d + 1))
        out.index_add_(-1, blocks.coordinates.flatten(), attraction.movedim(-3, -2).flatten(-2))
        out.index_add_(-1, self._destination(d), repulsion.movedim(-3, -2).flatten(-2))
        return out[..., :d] / n

    def _features(self, particles: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Feature values and their derivatives by the own coordinate, (..., B, n, W)."""
        blocks = self.blocks
        x = particles[..., blocks.source]
        angle = x + blocks.phase
        value = torch.where(blocks.linear, x, CIRCLE_RADIUS * torch.cos(angle))
        slope = torch.where(blocks.linear, 1.0, -CIRCLE_RADIUS * torch.sin(angle))
        moved = blocks.moved[:, None].to(particles.dtype)
        return _take(value, blocks.features), _take(slope, blocks.features) * moved

    def _destination(self, d: int) -> torch.Tensor:
        """Coordinate that each block's feature pushes, flat (B · W,); d for none."""
        source = torch.nn.functional.pad(self.blocks.source, (0, 1), value=d)
        return torch.where(self.blocks.moved > 0, source[self.blocks.features], d).flatten()


def _take(values: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """Gathers (..., n, k) by a padded table (B, W) → (..., B, n, W); padding reads 0."""
    padded = torch.nn.functional.pad(values, (0, 1))
    return padded[..., table].movedim(-2, -3)
