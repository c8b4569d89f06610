# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pretraining of the effect model."""

from __future__ import annotations

from collections.abc import Sequence
import math
from typing import NamedTuple

import torch

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.relations import RELATION_NAMES
from f2p_effects.batches import training_batch
from f2p_effects.config import ModelConfig
from f2p_effects.data import ExecutionDataset
from f2p_effects.errors import EffectsError
from f2p_effects.fit import Fit
from f2p_effects.model import EnsembleEffectModel
from f2p_effects.network import EffectNetwork
from f2p_effects.tuning import TRAIN_STAGE, TrainConfig


class Trained(NamedTuple):
    """A trained model and the mean loss of every epoch."""

    model: EnsembleEffectModel
    losses: tuple[float, ...]


def train(
    dataset: ExecutionDataset,
    model_config: ModelConfig,
    config: TrainConfig,
    *,
    seed: int,
    relation_names: Sequence[str] = RELATION_NAMES,
    device: str = 'cpu',
    control: Control = UNCONTROLLED,
) -> Trained:
    """Trains a new model; same arguments, same weights on the same machine.

    Members differ by their initial weights and by a bootstrap: every execution counts for every
    member a Poisson(1) number of times.

    Raises:
        EffectsError: If the data set is empty.
        CancelledError: If ``control`` said stop.
    """
    if len(dataset) == 0:
        raise EffectsError('cannot train on an empty data set; simulate some executions first')
    generator = torch.Generator().manual_seed(seed)
    network = EffectNetwork(model_config, generator).to(device)
    data = training_batch(
        dataset,
        model_config.skill_names,
        cloud_points=model_config.cloud_points,
        seed=seed,
        device=device,
    )
    counts = torch.ones(model_config.members, len(dataset))
    weight = torch.poisson(counts, generator=generator).to(device)
    steps = config.epochs * math.ceil(len(dataset) / config.batch_size)
    fit = make_fit(network, config, steps, generator)
    history, done = [], 0
    for _ in range(config.epochs):
        total = 0.0
        order = torch.randperm(len(dataset), generator=generator).to(device)
        for rows in torch.split(order, config.batch_size):
            control.check(TRAIN_STAGE)
            total += len(rows) * fit.step(data.take(rows), weight[:, rows])
            done += 1
            control.report(TRAIN_STAGE, done, steps)
        history.append(total / len(dataset))
    model = EnsembleEffectModel(network.cpu(), relation_names=relation_names)
    return Trained(model, tuple(history))


def make_fit(
    network: EffectNetwork, config: TrainConfig, steps: int, generator: torch.Generator
) -> Fit:
    """Returns the optimiser a configuration describes."""
    return Fit(
        network,
        steps=steps,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        warmup=config.warmup,
        max_gradient_norm=config.max_gradient_norm,
        generator=generator,
    )
