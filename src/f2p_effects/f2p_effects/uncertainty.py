# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How unsure an ensemble is about the effect of a skill call; all differentiable.

Relations: ``predictive_entropy`` (the paper's objective) and ``bald`` (its epistemic part).
Geometry: ``pose_disagreement``, the spread of the members' displacements. The model is confidently
wrong about relations where nothing in its data resembles the scene; there the spread of the
displacements is large all the same.
"""

from __future__ import annotations

import torch

from f2p_effects.protocol import EffectPrediction

_TINY = 1e-7
"""Least deviation [m] and probability: keeps roots and logarithms differentiable."""


def predictive_entropy(
    prediction: EffectPrediction, mask: torch.Tensor | None = None
) -> torch.Tensor:
    """Returns the entropy of P(relation), summed over relations and pairs.

    An upper bound on the joint entropy: the relations are not independent.

    Args:
        prediction: What E members expect in S states.
        mask: Relations and pairs that count, broadcastable to (S, R, N, N); all by default.

    Returns:
        Shape (S,) [nat].
    """
    return _summed(_entropy(prediction.probability), mask)


def bald(prediction: EffectPrediction, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Returns the mutual information of relations and members, H[E p] − E H[p] ≥ 0.

    Houlsby et al., Bayesian Active Learning for Classification and Preference Learning, 2011.

    Args:
        prediction: What E members expect in S states.
        mask: As for ``predictive_entropy``.

    Returns:
        Shape (S,) [nat].
    """
    expected = _entropy(prediction.member_probability).mean(dim=0)
    return _summed(_entropy(prediction.probability) - expected, mask)


def pose_disagreement(
    prediction: EffectPrediction, mask: torch.Tensor | None = None
) -> torch.Tensor:
    """Returns the members' spread of Δposition: root of the variance summed over objects.

    Args:
        prediction: What E members expect in S states.
        mask: Objects that count, broadcastable to (S, N); all by default.

    Returns:
        Shape (S,) [m].
    """
    variance = prediction.delta_position_m.var(dim=0, correction=0).sum(dim=-1)
    if mask is not None:
        variance = variance * mask
    return (variance.sum(dim=-1) + _TINY**2).sqrt()


def _entropy(p: torch.Tensor) -> torch.Tensor:
    p = p.clamp(_TINY, 1.0 - _TINY)
    return -(p * p.log() + (1.0 - p) * (1.0 - p).log())


def _summed(values: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
    diagonal = torch.eye(values.shape[-1], dtype=torch.bool, device=values.device)
    values = values.masked_fill(diagonal, 0.0)
    if mask is not None:
        values = values * mask
    return values.sum(dim=(-3, -2, -1))
