# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Layers of E networks at once: one batched product instead of a loop over members."""

from __future__ import annotations

import math

import torch
from torch import nn

_MASKED = -1e4
"""Added to the logits of absent objects: their weight is 0, without infinities in gradients."""

_MAX_LOGIT = 40.0
"""Attention logits are clamped here: exp(40) and sums of it are finite in float32."""


class EnsembleLinear(nn.Module):
    """E independent affine maps: (E or 1, ..., inputs) → (E, ..., outputs)."""

    def __init__(
        self, members: int, inputs: int, outputs: int, generator: torch.Generator,
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        bound = scale / math.sqrt(inputs)
        weight = torch.rand(members, inputs, outputs, generator=generator)
        self.weight = nn.Parameter((2.0 * weight - 1.0) * bound)
        self.bias = nn.Parameter(torch.zeros(members, 1, outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Maps the last axis of every member's rows."""
        members, inputs, outputs = self.weight.shape
        rows = x.reshape(x.shape[0], -1, inputs)
        if rows.shape[0] != members:
            rows = rows.expand(members, -1, -1)
        mapped = torch.baddbmm(self.bias, rows, self.weight)
        return mapped.reshape(members, *x.shape[1:-1], outputs)


class EnsembleNorm(nn.Module):
    """Layer normalisation with a gain and offset per member: (E, ..., width)."""

    def __init__(self, members: int, width: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(members, 1, width))
        self.offset = nn.Parameter(torch.zeros(members, 1, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalises the last axis."""
        normal = nn.functional.layer_norm(x, x.shape[-1:])
        rows = normal.reshape(x.shape[0], -1, x.shape[-1])
        return torch.addcmul(self.offset, rows, self.gain).reshape(x.shape)


class RelationalLayer(nn.Module):
    """Pre-norm transformer layer whose attention is biased by pairwise relations."""

    def __init__(
        self, members: int, width: int, heads: int, hidden: int, generator: torch.Generator
    ) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = EnsembleNorm(members, width)
        self.query_key_value = EnsembleLinear(members, width, 3 * width, generator)
        self.mix = EnsembleLinear(members, width, width, generator)
        self.norm_hidden = EnsembleNorm(members, width)
        self.hidden = EnsembleLinear(members, width, hidden, generator)
        self.out = EnsembleLinear(members, hidden, width, generator)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """Updates tokens.

        Args:
            x: Tokens, shape (E, S, N, width).
            bias: Attention logits added per pair, shape (E, S, heads, N, N).

        Returns:
            Updated tokens, shape (E, S, N, width).
        """
        e, s, n, width = x.shape
        packed = self.query_key_value(self.norm_attention(x))
        packed = packed.reshape(e, s, n, 3, self.heads, width // self.heads)
        query, key, value = packed.permute(3, 0, 1, 4, 2, 5).unbind(0)
        logits = query @ key.transpose(-1, -2) / math.sqrt(width // self.heads) + bias
        mixed = (_softmax(logits) @ value).transpose(2, 3).reshape(e, s, n, width)
        x = x + self.mix(mixed)
        updated: torch.Tensor = x + self.out(torch.relu(self.hidden(self.norm_hidden(x))))
        return updated


def _softmax(logits: torch.Tensor) -> torch.Tensor:
    """Softmax over a short last axis, for which torch's own is ten times slower."""
    weight = logits.clamp(max=_MAX_LOGIT).exp()
    return weight / weight.sum(dim=-1, keepdim=True)


def mask_bias(present: torch.Tensor) -> torch.Tensor:
    """Returns logits that hide absent objects as keys, (S, N) bool → (S, 1, 1, N)."""
    return torch.where(present, 0.0, _MASKED)[:, None, None, :]


def linear(inputs: int, outputs: int, generator: torch.Generator) -> nn.Linear:
    """Returns one affine map that all members share, its weights drawn from the generator."""
    layer = nn.Linear(inputs, outputs)
    with torch.no_grad():
        layer.weight.uniform_(-1.0, 1.0, generator=generator).mul_(inputs**-0.5)
        layer.bias.zero_()
    return layer
