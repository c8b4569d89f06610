# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pretraining: simulate the plan, train, judge, and store the first model with its old data."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.parameters import Config, parameter
from f2p_core.relations import RELATIONS
from f2p_effects.data import ExecutionDataset, load_dataset, save_dataset, split_by_seed, summary
from f2p_effects.errors import EffectsError
from f2p_effects.evaluate import evaluate
from f2p_effects.learners import DEFAULT_KIND, EFFECT_MODELS
from f2p_effects.records import ModelRecord
from f2p_effects.store import ModelStore
from f2p_effects.tuning import TrainConfig
from f2p_learning.pretraining_data import simulate_pretraining_data
from f2p_sim.protocol import Simulator
from f2p_tasks import DEFAULT_TASK

REPLAY_FILE = 'replay.safetensors'
HELD_OUT_FILE = 'held_out.safetensors'


class PretrainConfig(Config):
    """What is simulated, how it is trained on, and what is kept beside the model.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    tasks: tuple[str, ...] = parameter((DEFAULT_TASK,), 'names of the tasks it is made for')
    executions: int = parameter(24000, 'executions to simulate', low=100, high=10_000_000)
    workers: int = parameter(2, 'processes that simulate', low=1, high=256)
    held_out_share: float = parameter(0.1, 'share of the scenes held out', low=0.01, high=0.5)
    replay: int = parameter(
        3000, 'training executions kept for mixing into fine-tuning', low=1, high=1_000_000
    )
    held_out: int = parameter(
        600, 'held-out executions kept for the gate', low=1, high=1_000_000
    )
    kind: str = parameter(DEFAULT_KIND, 'kind of effect model')
    training: TrainConfig = TrainConfig()


class OldData:
    """The old executions beside a model store: what is mixed in and what the gate checks."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def replay(self) -> ExecutionDataset:
        """Reads the executions that are mixed into fine-tuning.

        Raises:
            EffectsError: If the file cannot be read.
        """
        return self._read(REPLAY_FILE)

    def held_out(self) -> ExecutionDataset:
        """Reads the executions the gate checks for forgetting.

        Raises:
            EffectsError: If the file cannot be read.
        """
        return self._read(HELD_OUT_FILE)

    def _read(self, name: str) -> ExecutionDataset:
        try:
            return load_dataset(self._directory / name)
        except EffectsError as error:
            raise EffectsError(f'{error} with "f2p pretrain"') from error


def pretrain(
    simulator: Simulator,
    models: Path,
    work: Path,
    *,
    config: PretrainConfig,
    seed: int,
    command: str,
    control: Control = UNCONTROLLED,
) -> ModelRecord:
    """Makes a pretrained model and activates it.

    Args:
        simulator: Physics backend; one thread, since several processes run side by side.
        models: Directory of the model store; the old data is written there too.
        work: Where simulated shards are kept, so that an interrupted run continues.
        config: Amounts and training.
        seed: Of plan, physics, split and weights.
        command: How to make the same model again, kept in its record.
        control: Polled throughout; told about data and training.

    Returns:
        The record of the stored model, with data summary and held-out figures.

    Raises:
        InvalidInputError: If the kind of model is not known.
        CancelledError: If ``control`` said stop; simulated shards stay.
    """
    dataset = simulate_pretraining_data(
        simulator,
        work,
        tasks=config.tasks,
        executions=config.executions,
        seed=seed,
        workers=config.workers,
        control=control,
    )
    split = split_by_seed(dataset, config.held_out_share, seed)
    trained = EFFECT_MODELS[config.kind].fit(
        split.train,
        config.training,
        relation_names=RELATIONS.names,
        seed=seed,
        control=control,
    )
    figures = evaluate(trained.model, split.held_out, seed=seed, control=control)
    rng = np.random.default_rng(seed)
    save_dataset(_some(split.train, config.replay, rng), models / REPLAY_FILE)
    save_dataset(_some(split.held_out, config.held_out, rng), models / HELD_OUT_FILE)
    store = ModelStore(models)
    record = store.save(
        trained.model,
        provenance={
            'command': command,
            'seed': seed,
            'tasks': list(config.tasks),
            'data': summary(split.train),
            'held_out': figures.model_dump(mode='json'),
            'training': config.training.model_dump(),
            'loss_by_epoch': list(trained.losses),
        },
    )
    return store.activate(record.version)


def _some(dataset: ExecutionDataset, count: int, rng: np.random.Generator) -> ExecutionDataset:
    return dataset.take(rng.permutation(len(dataset))[:count])
