# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools
import json
from pathlib import Path
import shutil
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch

from f2p_core.seal import seal
from f2p_effects.config import ModelConfig
from f2p_effects.errors import DecisionError, EffectsError
from f2p_effects.model import EnsembleEffectModel, new_model
from f2p_effects.store import ModelStore
from f2p_effects.store_files import ACTIVE

SMALL = ModelConfig(members=2, width=8, heads=2, hidden=8, cloud_width=8, cloud_latent=4)

_SAVE_FOREVER = """
import sys
from f2p_effects.config import ModelConfig
from f2p_effects.model import new_model
from f2p_effects.store import ModelStore
store = ModelStore(sys.argv[1])
config = ModelConfig(members=2, width=8, heads=2, hidden=8, cloud_width=8, cloud_latent=4)
seed = 0
print('ready', flush=True)
while True:
    seed += 1
    record = store.save(new_model(config, seed), provenance={'seed': seed})
    store.activate(record.version)
"""


@pytest.fixture
def model() -> EnsembleEffectModel:
    return new_model(SMALL, 3)


def test_load_returns_what_was_saved(tmp_path: Path, model: EnsembleEffectModel) -> None:
    store = ModelStore(tmp_path / 'models')
    record = store.save(model, provenance={'command': 'f2p pretrain', 'seed': 3})
    loaded = store.load(record.version)
    assert isinstance(loaded, EnsembleEffectModel)
    assert (record.version, loaded.version, loaded.digest) == (1, 1, model.digest)
    assert loaded.relation_names == model.relation_names
    weights = loaded.network.state_dict()
    for name, tensor in model.network.state_dict().items():
        assert torch.equal(tensor, weights[name])
    assert store.record(1).provenance == {'command': 'f2p pretrain', 'seed': 3}


def test_versions_are_sequential_and_found_by_digest(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    models = [new_model(SMALL, seed) for seed in range(3)]
    parent = None
    for expected, each in enumerate(models, start=1):
        record = store.save(each, parent=parent)
        assert record.version == expected
        assert record.parent == parent
        parent = record.digest
    assert store.versions() == (1, 2, 3)
    assert store.load(models[1].digest[:10]).version == 2
    with pytest.raises(EffectsError, match='no model with digest'):
        store.load('f' * 64)


def test_the_active_pointer_moves_both_ways(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    assert store.active_version() is None
    with pytest.raises(EffectsError, match='f2p models activate'):
        store.load_active()
    for seed in (1, 2):
        store.save(new_model(SMALL, seed))
    for version in (2, 1):
        store.activate(version)
        assert store.active_version() == version
        assert store.load_active().version == version
        assert [line.active for line in store.list_models()] == [version == 1, version == 2]


def test_unknown_version_names_those_present(tmp_path: Path, model: EnsembleEffectModel) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    with pytest.raises(EffectsError, match=r'no model version 9 .*\[1\]'):
        store.load(9)


@pytest.fixture
def three(tmp_path: Path) -> ModelStore:
    """Three versions at clock 1, 2, 3 …, the first in use without a word, as in an older store."""
    ticks = itertools.count(1)
    store = ModelStore(tmp_path, lambda: next(ticks))
    for seed in range(3):
        store.save(new_model(SMALL, seed))
    pointer = {'schema_version': 1, 'version': 1, 'digest': store.record(1).digest}
    (tmp_path / ACTIVE).write_bytes(seal(json.dumps(pointer).encode()))
    return store


def states(store: ModelStore) -> list[str]:
    return [store.standing(version).state for version in store.versions()]


def test_what_was_decided_about_versions_is_kept(three: ModelStore) -> None:
    assert states(three) == ['active', 'awaiting', 'awaiting']
    three.activate(2, who='Ada', why='better on cups')
    three.reject(3, who='Ben', why='pushes too hard')
    assert states(three) == ['retired', 'active', 'rejected']
    three.roll_back(1, who='Ada')
    assert states(three) == ['active', 'retired', 'rejected']
    three.activate(3, who='Ada', why='after all')
    assert states(three) == ['retired', 'retired', 'active']
    said = three.standing(2).decision
    assert said is not None
    assert (said.who, said.why, said.when_ns) == ('Ada', 'better on cups', 1)


def test_what_cannot_be_decided_changes_nothing(three: ModelStore) -> None:
    before = (three.directory / ACTIVE).read_bytes()
    with pytest.raises(DecisionError, match='activate another one first'):
        three.reject(1, who='Ada')
    with pytest.raises(DecisionError, match='version 2 is awaiting'):
        three.roll_back(2, who='Ada')
    with pytest.raises(EffectsError, match='no model version 9'):
        three.reject(9, who='Ada')
    assert (three.directory / ACTIVE).read_bytes() == before


def test_a_number_given_anew_inherits_no_word(three: ModelStore) -> None:
    three.reject(3, who='Ada')
    shutil.rmtree(three.directory / 'v0003')
    assert three.save(new_model(SMALL, 9)).version == 3
    assert states(three)[2] == 'awaiting'


def test_a_kill_at_any_moment_leaves_whole_versions(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    store = ModelStore(tmp_path)
    seen = 0
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, '-c', _SAVE_FOREVER, str(tmp_path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            writer_done = threading.Event()
            writer_done.wait(float(rng.uniform(0.0, 0.3)))
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        versions = store.versions()
        assert versions == tuple(range(1, len(versions) + 1))
        assert len(versions) >= seen
        seen = len(versions)
        for line in store.list_models():
            assert line.problem == ''
            assert store.load(line.version).version == line.version
        if store.active_version() is not None:
            store.load_active()
    store.save(new_model(SMALL, 0))
    assert not list(tmp_path.glob('.partial-*'))


def test_two_writers_take_turns(tmp_path: Path) -> None:
    script = _SAVE_FOREVER.replace('while True', 'while seed < 10')
    writers = [subprocess.Popen([sys.executable, '-c', script, str(tmp_path)]) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    store = ModelStore(tmp_path)
    assert store.versions() == tuple(range(1, 21))
    assert all(line.problem == '' for line in store.list_models())
