# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The cloud encoder, shared by the members and frozen when fine-tuning."""

from __future__ import annotations

import torch
from torch import nn

from f2p_effects.layers import linear

_SCALE_M = 0.1
"""Points are given in this unit [m]: the size of objects, so that inputs are about 1."""


class CloudEncoder(nn.Module):
    """Permutation-invariant features of point clouds in object axes (a small PointNet).

    A cloud that moves with its object keeps its features; where it is and how it is turned reaches
    the network as geometry, so that nothing has to be learned twice per orientation.
    """

    def __init__(self, width: int, latent: int, generator: torch.Generator) -> None:
        super().__init__()
        self.first = linear(3, width, generator)
        self.second = linear(width, width, generator)
        self.out = linear(2 * width, latent, generator)

    def forward(self, clouds_object: torch.Tensor) -> torch.Tensor:
        """Encodes clouds (..., P, 3) [m] into (..., latent).

        States that share their clouds, as all states of one search do, are encoded once.
        """
        shared = clouds_object.dim() == 4 and bool((clouds_object == clouds_object[:1]).all())
        clouds = clouds_object[:1] if shared else clouds_object
        points = torch.relu(self.first(clouds / _SCALE_M))
        points = torch.relu(self.second(points))
        pooled = torch.cat([points.amax(dim=-2), points.mean(dim=-2)], dim=-1)
        latent: torch.Tensor = torch.tanh(self.out(pooled))
        return latent.expand(clouds_object.shape[0], *latent.shape[1:]) if shared else latent
