# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Contact after the skill: learned, since geometry to the millimetre does not decide it.

The head sees only the geometry of a pair before and after, never the latent state of the network:
it stays right when the rest is fine-tuned.
"""

from __future__ import annotations

import torch
from torch import nn

from f2p_core.geometry.prisms import gaps, Prisms
from f2p_effects.layers import linear

CONTACT_FEATURES = 13
"""Five lengths at two scales, the noise, two flags."""

_FINE_M = 0.004
"""Scale on which contact turns [m]: a little more than ``CONTACT_DISTANCE_M``."""

_BROAD_M = 0.05
"""Scale on which bodies are near each other [m]."""


class ContactHead(nn.Module):
    """P(contact) of pairs from symmetric features."""

    def __init__(self, hidden: int, generator: torch.Generator) -> None:
        super().__init__()
        self.first = linear(CONTACT_FEATURES, hidden, generator)
        self.second = linear(hidden, hidden, generator)
        self.out = linear(hidden, 1, generator)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Maps features (..., CONTACT_FEATURES) to logits (...)."""
        hidden = torch.relu(self.first(features))
        logit: torch.Tensor = self.out(torch.relu(self.second(hidden)))
        return logit.squeeze(-1)


def contact_features(a: Prisms, b: Prisms, scale_m: torch.Tensor) -> torch.Tensor:
    """Returns features of pairs after the skill, the same whichever comes first.

    Args:
        a: First bodies, of leading shape (...).
        b: Second bodies, of the same leading shape.
        scale_m: Noise of the relative position, shape (...) [m].

    Returns:
        Shape (..., CONTACT_FEATURES).
    """
    between = gaps(a, b)
    # Of the two orders the one in which the inner body is less deep in the outer one's floor.
    a_inside = between.side_of_a > between.side_of_b
    side = torch.where(a_inside, between.side_of_a, between.side_of_b)
    floor = torch.where(a_inside, between.floor_of_a, between.floor_of_b)
    widest = torch.maximum(between.lateral, between.vertical)
    lengths = (between.lateral, between.vertical, widest, side, floor)
    scaled = [torch.tanh(length / s) for length in lengths for s in (_FINE_M, _BROAD_M)]
    flags = [
        (a.hollow | b.hollow).to(side).expand_as(side),
        (a.fixed | b.fixed).to(side).expand_as(side),
    ]
    return torch.stack([*scaled, torch.log(scale_m) + 6.0, *flags], dim=-1)


def contact_probability(
    head: ContactHead, prisms: Prisms, pair_scale_m: torch.Tensor
) -> torch.Tensor:
    """Returns P(contact) between all objects, 0 on the diagonal.

    Args:
        head: The learned head.
        prisms: End poses of leading shape (..., N).
        pair_scale_m: Noise of relative positions, shape (..., N, N) [m].

    Returns:
        Symmetric probabilities, shape (..., N, N).
    """
    n = prisms.kind.shape[-1]
    rows, columns = torch.triu_indices(n, n, offset=1, device=prisms.kind.device)
    scale = pair_scale_m[..., rows, columns]
    upper = torch.sigmoid(
        head(contact_features(prisms.columns(rows), prisms.columns(columns), scale))
    )
    result = torch.zeros_like(pair_scale_m)
    result[..., rows, columns] = upper
    return result + result.transpose(-1, -2)
