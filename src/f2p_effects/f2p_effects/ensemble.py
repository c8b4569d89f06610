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
from f2p_core.files import first_problem, write_atomically
from f2p_effects.config import ModelConfig
from f2p_effects.data import ExecutionDataset
from f2p_effects.errors import EffectsError
from f2p_effects.finetune import finetune
from f2p_effects.model import EnsembleEffectModel
from f2p_effects.network import EffectNetwork
from f2p_effects.protocol import EffectModel, Fitted
from f2p_effects.train import train
from f2p_effects.tuning import FineTuneConfig, TrainConfig

WEIGHTS = 'weights.safetensors'
NETWORK = 'network.json'


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
        path = directory / NETWORK
        try:
            config = ModelConfig.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise EffectsError(f'{path}: {first_problem(error)}') from error
        except OSError as error:
            raise EffectsError(f'cannot read {path}: {error}') from error
        network = EffectNetwork(config, torch.Generator().manual_seed(0))
        _load_weights(network, directory / WEIGHTS)
        return EnsembleEffectModel(network, version=version, relation_names=relation_names)


ENSEMBLE = EnsembleLearner()
"""The learner of ensembles of the usual size."""


def _own(model: EffectModel) -> EnsembleEffectModel:
    if not isinstance(model, EnsembleEffectModel):
        raise EffectsError(f'a model of kind {model.kind!r} is no {EnsembleEffectModel.kind}')
    return model


def _load_weights(network: EffectNetwork, path: Path) -> None:
    try:
        network.load_state_dict(safetensors.torch.load(path.read_bytes()))
    except (OSError, SafetensorError) as error:
        raise EffectsError(f'cannot read {path}: {error}') from error
    except RuntimeError as error:
        raise EffectsError(
            f'{path} holds the weights of another network ({str(error).splitlines()[0]})'
        ) from error
