# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Learning from executions of elsewhere: the same gate, the same store."""

from __future__ import annotations

from pathlib import Path
import shutil

import numpy as np
import pytest

from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_effects.data import ExecutionDataset
from f2p_effects.errors import EffectsError
from f2p_effects.store import ModelStore
from f2p_effects.tuning import FineTuneConfig
from f2p_learning.config import LearningConfig
from f2p_learning.dataset import DatasetRequest, DatasetResult, learn_from_dataset
from f2p_learning.pretrain import OldData
from f2p_learning.run_directory import read_run_json, RunDirectory

MODELS = Path(__file__).parents[3] / 'models'
GENTLE = FineTuneConfig(steps=1, learning_rate=1e-7)
"""Leaves a model as good as it is."""


@pytest.fixture(scope='module')
def old() -> ExecutionDataset:
    return OldData(MODELS).held_out()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(Path(shutil.copytree(MODELS, tmp_path / 'models')))


def learn(
    dataset: ExecutionDataset, old: ExecutionDataset, store: ModelStore, run: Path
) -> DatasetResult:
    config = LearningConfig(min_family_accuracy=0.5)
    request = DatasetRequest(dataset, config, GENTLE, seed=1, activate=False)
    return learn_from_dataset(request, store, old, old.take(np.arange(20)), RunDirectory(run))


def test_a_model_that_stays_right_is_stored_but_not_active_unasked(
    old: ExecutionDataset, store: ModelStore, tmp_path: Path
) -> None:
    before = store.load_active()
    result = learn(old, old, store, tmp_path / 'run')
    assert result.gate.accepted, result.gate.reason
    assert store.versions() == (before.version, result.version)
    assert store.record(result.version).parent == before.digest
    assert store.load_active().digest == before.digest
    assert read_run_json(tmp_path / 'run', 'gate.json') == result.gate.model_dump(mode='json')


def test_too_few_executions_are_refused_and_change_nothing(
    old: ExecutionDataset, store: ModelStore, tmp_path: Path
) -> None:
    before = store.load_active()
    result = learn(old.take(np.arange(40)), old, store, tmp_path / 'run')
    assert 'held-out executions' in result.gate.reason
    assert (result.version, result.digest) == (before.version, before.digest)
    assert store.versions() == (before.version,)


def test_no_execution_is_an_error(
    old: ExecutionDataset, store: ModelStore, tmp_path: Path
) -> None:
    with pytest.raises(EffectsError):
        learn(old.take(np.arange(0)), old, store, tmp_path / 'run')


def test_cancel_after_the_verdict_stores_nothing(
    old: ExecutionDataset, store: ModelStore, tmp_path: Path
) -> None:
    config = LearningConfig(min_family_accuracy=0.5)
    request = DatasetRequest(old, config, GENTLE, seed=1, activate=False)
    versions, run = store.versions(), RunDirectory(tmp_path / 'run')
    judged = run.path / 'gate.json'
    with pytest.raises(CancelledError):
        learn_from_dataset(
            request, store, old, old.take(np.arange(20)), run,
            control=Control(should_stop=judged.exists),
        )  # fmt: skip
    assert judged.exists()
    assert store.versions() == versions
