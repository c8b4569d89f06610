# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Optimiser steps, the same for pretraining and fine-tuning."""

from __future__ import annotations

import math

import torch

from f2p_effects.batches import mirrored, TrainingBatch
from f2p_effects.losses import losses
from f2p_effects.network import EffectNetwork


class Fit:
    """AdamW with a warm-up, a cosine decay to zero, clipped gradients and mirrored batches.

    Args:
        network: Trained in place; parameters that need no gradient stay as they are.
        steps: Number of steps that will be taken.
        learning_rate: Peak rate.
        weight_decay: Decoupled weight decay.
        warmup: Share of the steps in which the rate rises.
        max_gradient_norm: Gradients are clipped to this norm.
        generator: Source of all randomness.
    """

    def __init__(
        self,
        network: EffectNetwork,
        *,
        steps: int,
        learning_rate: float,
        weight_decay: float,
        warmup: float,
        max_gradient_norm: float,
        generator: torch.Generator,
    ) -> None:
        self.network = network
        self._trainable = [p for p in network.parameters() if p.requires_grad]
        self._max_norm = max_gradient_norm
        self._generator = generator
        self._optimizer = torch.optim.AdamW(
            self._trainable, lr=learning_rate, weight_decay=weight_decay
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: _rate(step / steps, warmup)
        )

    def step(self, batch: TrainingBatch, weight: torch.Tensor) -> float:
        """Takes one step and returns the loss before it.

        Args:
            batch: B executions; all are mirrored with probability one half.
            weight: How much each counts for each member, shape (E, B).
        """
        config = self.network.config
        member = int(torch.randint(config.members, (), generator=self._generator))
        if float(torch.rand((), generator=self._generator)) < 0.5:
            batch = mirrored(batch, config.skill_names)
        self._optimizer.zero_grad(set_to_none=True)
        loss = losses(self.network, batch, weight, member).total
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._trainable, self._max_norm)
        self._optimizer.step()
        self._schedule.step()
        return float(loss.detach())


def _rate(progress: float, warmup: float) -> float:
    """Linear rise, then a half cosine to zero, as a share of the peak rate."""
    if progress < warmup:
        return (progress + 1e-3) / (warmup + 1e-3)
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, (progress - warmup) / (1.0 - warmup + 1e-9))))
