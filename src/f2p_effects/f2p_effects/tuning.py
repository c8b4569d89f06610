# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of training and fine-tuning; a learner of another kind takes what it needs of them."""

from __future__ import annotations

from f2p_core.parameters import Config, parameter

TRAIN_STAGE = 'train'
FINE_TUNE_STAGE = 'fine-tune'


class TrainConfig(Config):
    """How the model is pretrained.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    epochs: int = parameter(24, 'passes over the data', low=1, high=10000)
    batch_size: int = parameter(256, 'executions per step', low=1, high=65536)
    learning_rate: float = parameter(2e-3, 'peak learning rate', low=1e-7, high=1.0)
    weight_decay: float = parameter(0.01, 'decoupled weight decay', low=0.0, high=10.0)
    warmup: float = parameter(0.05, 'share of steps in which the rate rises', low=0.0, high=1.0)
    max_gradient_norm: float = parameter(1.0, 'gradients are clipped to this norm', low=1e-6)


class FineTuneConfig(Config):
    """How a model is fine-tuned. The defaults take seconds on one core.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    steps: int = parameter(200, 'optimiser steps', low=1, high=100000)
    batch_size: int = parameter(64, 'executions per step', low=2, high=4096)
    old_share: float = parameter(0.7, 'share of old executions in a batch', low=0.0, high=1.0)
    learning_rate: float = parameter(2e-3, 'peak learning rate', low=1e-7, high=1.0)
    weight_decay: float = parameter(0.0, 'decoupled weight decay', low=0.0, high=10.0)
    warmup: float = parameter(0.0, 'share of steps in which the rate rises', low=0.0, high=1.0)
    max_gradient_norm: float = parameter(1.0, 'gradients are clipped to this norm', low=1e-6)
