# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The learner of the network ensemble: how it is trained, tuned, written and read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from safetensors import SafetensorError
import safetensors.torch
import torch

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.disk import write_atomically
from f2p_core.errors import InvalidInputError
from f2p_core.files import first_problem, MAX_FILE_BYTES, read_regular
from f2p_effects.config import ModelConfig
from f2p_effects.data import ExecutionDataset
from f2p_effects.errors import EffectsError
from f2p_effects.finetune import finetune
from f2p_effects.model import EnsembleEffectModel
from f2p_effects.network import EffectNetwork, least_weights
from f2p_effects.protocol import EffectModel, Fitted
from f2p_effects.train import train
from f2p_effects.tuning import FineTuneConfig, TrainConfig

WEIGHTS = 'weights.safetensors'
NETWORK = 'network.json'

MAX_WEIGHTS_BYTES = 2**28
"""Larger weights are refused before they are read: ours take half a MB."""


class EnsembleLearner:
    """An ``EffectLearner``; a model is its network's sizes and its weights.

    Args:
        config: Sizes of the networks it trains.
    """

    kind = EnsembleEffectModel.kind

    def __init__(self, config: ModelConfig | None = None) -> None:
        self._config = config

    def fit(
        self,
        data: ExecutionDataset,
        config: TrainConfig,
        *,
        relation_names: Sequence[str],
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> Fitted:
        """Trains a new ensemble; see the Protocol. Losses are means over epochs."""
        sizes = self._config or ModelConfig()
        return Fitted(
            *train(
                data, sizes, config, seed=seed, relation_names=relation_names, control=control
            )
        )

    def finetune(
        self,
        model: EffectModel,
        new: ExecutionDataset,
        old: ExecutionDataset,
        config: FineTuneConfig,
        *,
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> Fitted:
        """Returns a tuned copy of an ensemble; see the Protocol. Losses are those before steps."""
        return Fitted(*finetune(_own(model), new, old, config, seed=seed, control=control))

    def save(self, model: EffectModel, directory: Path) -> None:
        """Writes sizes and weights; see the Protocol."""
        network = _own(model).network
        weights = {k: v.detach().cpu() for k, v in network.state_dict().items()}
        write_atomically(directory / WEIGHTS, safetensors.torch.save(weights))
        text = network.config.model_dump_json(indent=2) + '\n'
        write_atomically(directory / NETWORK, text.encode())

    def load(
        self, directory: Path, *, version: int, relation_names: Sequence[str]
    ) -> EnsembleEffectModel:
        """Reads what ``save`` wrote; see the Protocol."""
        config = _read_config(directory / NETWORK)
        network = _network_with(_read_weights(directory / WEIGHTS), config, directory)
        return EnsembleEffectModel(network, version=version, relation_names=relation_names)


ENSEMBLE = EnsembleLearner()
"""The learner of ensembles of the usual size."""


def _own(model: EffectModel) -> EnsembleEffectModel:
    if not isinstance(model, EnsembleEffectModel):
        raise EffectsError(f'a model of kind {model.kind!r} is no {EnsembleEffectModel.kind}')
    return model


def _read_config(path: Path) -> ModelConfig:
    try:
        return ModelConfig.model_validate_json(read_regular(path, MAX_FILE_BYTES))
    except ValidationError as error:
        raise EffectsError(f'{path}: {first_problem(error)}') from error
    except InvalidInputError as error:
        raise EffectsError(str(error)) from error


def _read_weights(path: Path) -> dict[str, torch.Tensor]:
    try:
        return safetensors.torch.load(read_regular(path, MAX_WEIGHTS_BYTES))
    except (InvalidInputError, SafetensorError, ValueError, KeyError) as error:
        raise EffectsError(f'cannot read {path}: {error}') from error


def _network_with(
    weights: dict[str, torch.Tensor], config: ModelConfig, directory: Path
) -> EffectNetwork:
    """Makes a network of that size, which must be that of the weights, and gives it them.

    Raises:
        EffectsError: If it is of another size; a larger one is refused before it is made.
    """
    held = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    count = sum(tensor.numel() for tensor in weights.values())
    if count < least_weights(config):
        raise EffectsError(
            f'{directory / WEIGHTS} holds the weights of another network: {count}, and {NETWORK} '
            f'asks for {least_weights(config)} or more'
        )
    network = EffectNetwork(config, torch.Generator().manual_seed(0))
    asked = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    wrong = [n for n in sorted(asked.keys() | held.keys()) if asked.get(n) != held.get(n)]
    if wrong:
        raise EffectsError(
            f'{directory / WEIGHTS} holds the weights of another network: {wrong[0]} has shape '
            f'{held.get(wrong[0])}, {NETWORK} asks for {asked.get(wrong[0])}'
        )
    network.load_state_dict(weights)
    return network
