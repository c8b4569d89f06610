# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The relational ensemble: tokens and pairwise relations in, motion of every object out."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn

from f2p_effects.config import ModelConfig
from f2p_effects.contact import ContactHead
from f2p_effects.encoder import CloudEncoder
from f2p_effects.features import Features, PAIR_FEATURES, PLACE_FEATURES, token_features
from f2p_effects.layers import EnsembleLinear, EnsembleNorm, linear, mask_bias, RelationalLayer

_POSITION_SCALE_M = 0.1
"""Unit of the residuals [m, rad], so that outputs are about 1."""

_LOG_SCALE_RANGE = (-7.6, -0.7)
"""Bounds of the predicted log noise scale: 0.5 mm to 0.5 m (or rad)."""

_OUTPUTS = 9
"""Attachment 1, residual 3 and yaw 1, noise 4."""


class MotionOutput(NamedTuple):
    """How every object moves, before it is put together by ``f2p_effects.outcome.compose``.

    Attributes:
        attachment: How far the object moves as if fixed to the acted one (learned; 1: wholly),
            shape (E, S, N).
        residual_m: Further displacement in the motion frame, shape (E, S, N, 3) [m].
        residual_yaw_rad: Further turn about z, shape (E, S, N) [rad].
        noise: Laplace scales of (along, across, z [m], yaw [rad]), shape (E, S, N, 4).
        feasible_logit: Of the motion succeeding, shape (E, S).
    """

    attachment: torch.Tensor
    residual_m: torch.Tensor
    residual_yaw_rad: torch.Tensor
    noise: torch.Tensor
    feasible_logit: torch.Tensor


def least_weights(config: ModelConfig) -> int:
    """Returns how many weights a network of that size has at least; the rest is below 20 million.

    So it is known before the network is made whether there is memory for it.
    """
    width, member = config.width, token_features(config) * config.width + 2 * config.width**2
    member += config.layers * (4 * width**2 + 2 * width * config.hidden)
    return config.members * member + config.cloud_width**2


class EffectNetwork(nn.Module):
    """E relational transformers over a shared cloud encoder and a shared contact head."""

    def __init__(self, config: ModelConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.config = config
        e, width = config.members, config.width
        self.encoder = CloudEncoder(config.cloud_width, config.cloud_latent, generator)
        inputs = token_features(config)
        self.embed = EnsembleLinear(e, inputs, width, generator)
        self.pair_hidden = linear(PAIR_FEATURES, config.pair_width, generator)
        biases = config.layers * config.heads
        self.pair_bias = EnsembleLinear(e, config.pair_width, biases, generator, 2.0)
        self.layers = nn.ModuleList(
            RelationalLayer(e, width, config.heads, config.hidden, generator)
            for _ in range(config.layers)
        )
        self.norm = EnsembleNorm(e, width)
        self.move = EnsembleLinear(e, width, _OUTPUTS, generator, 0.3)
        self.feasible_hidden = EnsembleLinear(e, 2 * width + PLACE_FEATURES, width, generator)
        self.feasible = EnsembleLinear(e, width, 1, generator)
        self.contact = ContactHead(config.contact_hidden, generator)

    def forward(self, features: Features, cloud_latent: torch.Tensor) -> MotionOutput:
        """Predicts motion.

        Args:
            features: Inputs of S states of N objects.
            cloud_latent: Encoded clouds, shape (S, N, latent).

        Returns:
            The members' outputs; rows of padding are meaningless.
        """
        x = self.embed(torch.cat([features.token, cloud_latent], dim=-1)[None])
        for layer, bias in zip(self.layers, self._biases(features), strict=True):
            x = layer(x, bias)
        x = self.norm(x)
        raw = self.move(x)
        low, high = _LOG_SCALE_RANGE
        log_noise = low + (high - low) * torch.sigmoid(raw[..., 5:9] - 1.0)
        attached = raw[..., 0]
        acted = features.acted.to(raw)
        return MotionOutput(
            attachment=torch.where(features.acted, torch.ones_like(attached), attached),
            residual_m=raw[..., 1:4] * _POSITION_SCALE_M,
            residual_yaw_rad=raw[..., 4] * _POSITION_SCALE_M,
            noise=log_noise.exp(),
            feasible_logit=self._feasible(x, features, acted),
        )

    def _biases(self, features: Features) -> tuple[torch.Tensor, ...]:
        """Attention logits per layer from the pair features, (E, S, heads, N, N) each."""
        hidden = torch.relu(self.pair_hidden(features.pair))
        bias = self.pair_bias(hidden[None]).permute(0, 1, 4, 2, 3) + mask_bias(features.present)
        return torch.chunk(bias, self.config.layers, dim=2)

    def _feasible(
        self, x: torch.Tensor, features: Features, acted: torch.Tensor
    ) -> torch.Tensor:
        present = features.present.to(x)[None, ..., None]
        pooled = (x * present).sum(dim=2) / present.sum(dim=2)
        own = (x * acted[None, ..., None]).sum(dim=2)
        place = features.place.expand(x.shape[0], -1, -1)
        hidden = torch.relu(self.feasible_hidden(torch.cat([own, pooled, place], dim=-1)))
        logit: torch.Tensor = self.feasible(hidden)
        return logit.squeeze(-1)
