# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Model versions that were cut, changed or exchanged, and what is no version at all."""

from __future__ import annotations

from functools import partial
import hashlib
import json
import os
from pathlib import Path
import resource
import shutil

import pytest

from f2p_core.seal import seal
from f2p_effects.config import ModelConfig
from f2p_effects.ensemble import NETWORK, WEIGHTS
from f2p_effects.errors import DamagedStoreError, EffectsError
from f2p_effects.model import EnsembleEffectModel, new_model
from f2p_effects.store import ModelStore
from f2p_effects.store_files import ACTIVE, RECORD

SMALL = ModelConfig(members=2, width=8, heads=2, hidden=8, cloud_width=8, cloud_latent=4)


def sealed_anew(folder: Path, **changes: object) -> None:
    """Writes a version's record as if it had always vouched for what lies beside it now."""
    record = json.loads((folder / RECORD).read_text()) | changes
    del record['sha256'], record['files']
    files = [path for path in folder.iterdir() if path.name != RECORD]
    digests = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    (folder / RECORD).write_bytes(seal(json.dumps({'files': digests} | record).encode()))


@pytest.fixture
def model() -> EnsembleEffectModel:
    return new_model(SMALL, 3)


@pytest.mark.parametrize('keep', [0, 7, 100, 2000, -1])
def test_cut_weights_are_refused(tmp_path: Path, model: EnsembleEffectModel, keep: int) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    path = tmp_path / 'v0001' / WEIGHTS
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(EffectsError, match=r'v0001/weights.safetensors.*restore v0001'):
        store.load(1)
    with pytest.raises(EffectsError):
        store.activate(1)
    assert store.active_version() is None


def test_changed_weights_are_refused(tmp_path: Path, model: EnsembleEffectModel) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    path = tmp_path / 'v0001' / WEIGHTS
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DamagedStoreError, match=r'v0001/weights\.safetensors .* SHA-256'):
        store.load(1)
    sealed_anew(path.parent)
    with pytest.raises(DamagedStoreError, match='does not have the digest'):
        store.load(1)


def test_foreign_weights_are_refused(tmp_path: Path, model: EnsembleEffectModel) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    store.save(new_model(SMALL.model_copy(update={'width': 16}), 0))
    (tmp_path / 'v0001' / WEIGHTS).write_bytes((tmp_path / 'v0002' / WEIGHTS).read_bytes())
    sealed_anew(tmp_path / 'v0001')
    with pytest.raises(EffectsError, match=r'another network: .*has shape .* asks for'):
        store.load(1)


def test_a_version_that_was_exchanged_for_another_whole_one_is_refused(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    for seed in (1, 2):
        store.save(new_model(SMALL, seed))
    wanted = store.activate(1).digest
    shutil.copytree(tmp_path / 'v0002', tmp_path / 'v0001', dirs_exist_ok=True)
    sealed_anew(tmp_path / 'v0001', version=1)
    assert store.load(1).digest == store.record(2).digest  # by itself it is whole
    for load in (store.load_active, lambda: store.load(wanted)):
        with pytest.raises(EffectsError, match=f'was exchanged|no model with digest {wanted!r}'):
            load()
    with pytest.raises(DamagedStoreError, match='was exchanged'):
        store.active_record()


def test_relations_are_part_of_the_digest(tmp_path: Path, model: EnsembleEffectModel) -> None:
    store = ModelStore(tmp_path)
    record = store.save(model)
    assert model.predicting(model.relation_names).digest == model.digest
    assert model.predicting(model.relation_names[::-1]).digest != model.digest
    renamed = ['right', 'left', *record.relation_names[2:]]
    sealed_anew(tmp_path / 'v0001', relation_names=renamed)
    with pytest.raises(DamagedStoreError, match='does not have the digest'):
        store.load(1)


def test_a_network_that_is_too_large_is_refused_before_it_is_made(
    tmp_path: Path, model: EnsembleEffectModel
) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    huge = ModelConfig(members=64, width=1024, heads=16, hidden=1024, layers=8)
    (tmp_path / 'v0001' / NETWORK).write_text(huge.model_dump_json())
    sealed_anew(tmp_path / 'v0001')
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(EffectsError, match='another network'):
        store.load(1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # [kB]


@pytest.mark.parametrize('name', ['surplus.json', WEIGHTS])
def test_files_the_record_does_not_vouch_for_are_refused(
    tmp_path: Path, model: EnsembleEffectModel, name: str
) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    path = tmp_path / 'v0001' / name
    path.unlink() if path.exists() else path.write_text('{}')
    with pytest.raises(DamagedStoreError, match=f'too many of the files {name}'):
        store.load(1)


def test_what_is_no_regular_file_is_refused(tmp_path: Path, model: EnsembleEffectModel) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    store.activate(1)
    for path in (tmp_path / 'v0001' / WEIGHTS, tmp_path / 'v0001' / RECORD, tmp_path / ACTIVE):
        kept = path.read_bytes()
        path.unlink()
        os.mkfifo(path)
        with pytest.raises(EffectsError, match=f'{path.name}: is a FIFO'):
            store.load_active()
        path.unlink()
        path.symlink_to(path)
        with pytest.raises(EffectsError, match=f'{path.name}: cannot be read: Too many levels'):
            store.load_active()
        path.unlink()
        path.write_bytes(kept)
    assert store.load_active().version == 1


@pytest.mark.parametrize(
    'change',
    [
        {'schema_version': 1},
        {'version': 5},
        {'digest': 'x'},
        {'surplus': 1},
        {'kind': None},
    ],
)
def test_a_wrong_record_is_refused_and_listed_as_a_problem(
    tmp_path: Path, model: EnsembleEffectModel, change: dict[str, object]
) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    store.save(model)
    sealed_anew(tmp_path / 'v0001', **change)
    with pytest.raises(EffectsError, match=r'model\.json'):
        store.load(1)
    first, second = store.list_models()
    assert first.record is None
    assert 'model.json' in first.problem
    assert second.record is not None


@pytest.mark.parametrize('text', ['', '{"members": 0}', '{"surplus": 1}'])
def test_wrong_sizes_are_refused(tmp_path: Path, model: EnsembleEffectModel, text: str) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    (tmp_path / 'v0001' / NETWORK).write_text(text)
    sealed_anew(tmp_path / 'v0001')
    with pytest.raises(EffectsError, match=r'v0001/network\.json.*restore v0001'):
        store.load(1)


@pytest.mark.parametrize(
    ('change', 'words'),
    [
        ({'kind': 'oracle'}, 'of the kind oracle; known here: ensemble; install the package'),
        (
            {'relation_names': ['inside', 'under_lid', 'left', 'tied_to']},
            'predicts relations that are not known here: under_lid, tied_to; known: left, right',
        ),
    ],
)
def test_a_model_that_speaks_of_the_unknown_is_refused_with_what_differs(
    tmp_path: Path, model: EnsembleEffectModel, change: dict[str, object], words: str
) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    store.save(model)
    store.activate(2)
    sealed_anew(tmp_path / 'v0001', **change)
    with pytest.raises(EffectsError, match=words):
        store.activate(1)
    assert store.load_active().version == 2


def test_a_cut_pointer_names_its_mend(tmp_path: Path, model: EnsembleEffectModel) -> None:
    store = ModelStore(tmp_path)
    store.save(model)
    store.activate(1)
    cut = (tmp_path / ACTIVE).read_bytes()[:30]
    for mend in (store.activate, partial(store.roll_back, who='Ada')):
        (tmp_path / ACTIVE).write_bytes(cut)
        with pytest.raises(DamagedStoreError, match=r'f2p models activate VERSION.* review_model'):
            store.active_version()
        assert [line.active for line in store.list_models()] == [False]
        mend(1)
        assert store.active_version() == 1
    assert {p.read_bytes() for p in (tmp_path / 'damaged').iterdir()} == {cut}
