# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Fine-tuning on a failure's executions without forgetting the rest."""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np
import torch

from f2p_core.control import Control, UNCONTROLLED
from f2p_effects.batches import training_batch
from f2p_effects.data import concatenate, ExecutionDataset
from f2p_effects.errors import EffectsError
from f2p_effects.fit import Fit
from f2p_effects.model import EnsembleEffectModel
from f2p_effects.network import EffectNetwork
from f2p_effects.tuning import FINE_TUNE_STAGE, FineTuneConfig


class Tuned(NamedTuple):
    """A tuned model and the loss before every step."""

    model: EnsembleEffectModel
    losses: tuple[float, ...]


def finetune(
    model: EnsembleEffectModel,
    new: ExecutionDataset,
    old: ExecutionDataset,
    config: FineTuneConfig,
    *,
    seed: int,
    control: Control = UNCONTROLLED,
) -> Tuned:
    """Returns a tuned copy of a model; the model itself stays as it is.

    The cloud encoder and the contact head keep their weights: what few executions of one kind
    could teach them about shapes and touching would be wrong elsewhere.

    Args:
        model: The model to start from.
        new: Executions of the failure and its like (and of earlier failures).
        old: Executions the model was trained on.
        config: Steps and rates.
        seed: Same seed and arguments, same weights on the same machine.
        control: Polled before every step; told of every step.

    Raises:
        EffectsError: If there is no new execution, or old ones are asked for and there are none.
        CancelledError: If ``control`` said stop.
    """
    n_old = round(config.old_share * config.batch_size)
    _check(new, old, n_old)
    rng = np.random.default_rng(seed)
    network = _tunable_copy(model.network)
    old_rows = rng.choice(len(old), min(len(old), config.steps * n_old), replace=False)
    data = training_batch(
        concatenate([new, old.take(old_rows)]),
        network.config.skill_names,
        cloud_points=network.config.cloud_points,
        seed=seed,
    )
    fit = Fit(
        network,
        steps=config.steps,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        warmup=config.warmup,
        max_gradient_norm=config.max_gradient_norm,
        generator=torch.Generator().manual_seed(seed),
    )
    weight = torch.ones(network.config.members, config.batch_size)
    history = []
    for step in range(config.steps):
        control.check(FINE_TUNE_STAGE)
        new_part = rng.integers(len(new), size=config.batch_size - n_old)
        old_part = len(new) + rng.integers(max(1, len(old_rows)), size=n_old)
        rows = torch.tensor(np.concatenate([new_part, old_part]))
        history.append(fit.step(data.take(rows), weight))
        control.report(FINE_TUNE_STAGE, step + 1, config.steps)
    return Tuned(
        EnsembleEffectModel(network, relation_names=model.relation_names), tuple(history)
    )


def _tunable_copy(network: EffectNetwork) -> EffectNetwork:
    """A copy of which all but the cloud encoder and the contact head can be trained."""
    tuned = copy.deepcopy(network).train().requires_grad_(True)
    for frozen in (tuned.encoder, tuned.contact):
        frozen.requires_grad_(False)
    return tuned


def _check(new: ExecutionDataset, old: ExecutionDataset, n_old: int) -> None:
    if len(new) == 0:
        raise EffectsError('no new execution to learn from; simulate the generated scenes first')
    if len(old) == 0 and n_old > 0:
        raise EffectsError('no old executions to mix in; give the replay data or old_share 0')
