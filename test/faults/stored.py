# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Every kind of file that the stack keeps, written small, and read as the stack reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from f2p_core.failure import Correction
from f2p_core.files import read_failure, write_failure
from f2p_effects.config import ModelConfig
from f2p_effects.data import ExecutionDataset, load_dataset, save_dataset
from f2p_effects.model import new_model
from f2p_effects.store import ModelStore
from f2p_learning.library import FailureLibrary
from f2p_learning.pending import PendingRequest, PendingRequests

ROOT = Path(__file__).resolve().parents[2]
FAILURE = read_failure(ROOT / 'examples' / 'failure_filled_carry.json')
WORD = Correction(kind=None, who='Ada', note='the cat', stamp_ns=1)
WITHDRAWN = FAILURE.model_copy(update={'correction': WORD})
SMALL = ModelConfig(members=2, width=8, heads=2, hidden=8, cloud_width=8, cloud_latent=4)
REQUEST = PendingRequest(run_id='run', failure_id=FAILURE.failure_id, seed=7)


class Kind(NamedTuple):
    """A kind of file.

    Attributes:
        name: What it is called.
        make: Writes one into an empty folder and returns where it lies.
        read: Returns what it says, given that folder, as a value that can be compared.
        gone: What reading comes to where the file was set aside; ``None``: it is refused instead.
    """

    name: str
    make: Callable[[Path], Path]
    read: Callable[[Path], object]
    gone: object = None


def some_executions() -> ExecutionDataset:
    """Twenty of the shipped executions."""
    return load_dataset(ROOT / 'models' / 'held_out.safetensors').take(np.arange(20))


def said(dataset: ExecutionDataset) -> object:
    """All that a data set says."""
    names = sorted(vars(dataset))
    return [n if n == 'skill_names' else getattr(dataset, n).tobytes() for n in names]


def _in_store(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        store = ModelStore(folder)
        store.save(new_model(SMALL, 1), provenance={'seed': 1, 'loss_by_epoch': [0.1, 0.25]})
        store.activate(1, who='Ada', why='it is the first')
        return folder / name

    return make


def _read_store(folder: Path) -> object:
    store = ModelStore(folder)
    model, standing = store.load_active(), store.standing(1)
    return model.digest, model.relation_names, store.record(1), standing


def _make_data(folder: Path) -> Path:
    save_dataset(some_executions(), folder / 'data.safetensors')
    return folder / 'data.safetensors'


def _make_failure(folder: Path) -> Path:
    write_failure(folder / 'failure.json', WITHDRAWN)
    return folder / 'failure.json'


def _make_entry(folder: Path) -> Path:
    return FailureLibrary(folder).add(WITHDRAWN)


def _read_entry(folder: Path) -> object:
    return FailureLibrary(folder).get(FAILURE.failure_id).model_dump_json()


def _make_learned(folder: Path) -> Path:
    library = FailureLibrary(folder)
    library.add(FAILURE)
    library.add_executions(FAILURE.failure_id, some_executions())
    return library.files_of(FAILURE.failure_id)[1]


def _read_learned(folder: Path) -> object:
    return [said(found) for found in FailureLibrary(folder).executions(except_for='')]


def _make_pending(folder: Path) -> Path:
    kept = PendingRequests(folder / 'pending_requests.json')
    kept.add(REQUEST)
    kept.close()
    return folder / 'pending_requests.json'


def _read_pending(folder: Path) -> object:
    kept = PendingRequests(folder / 'pending_requests.json')
    kept.close()
    return kept.all()


KINDS = (
    Kind('model record', _in_store('v0001/model.json'), _read_store),
    Kind('sizes', _in_store('v0001/network.json'), _read_store),
    Kind('weights', _in_store('v0001/weights.safetensors'), _read_store),
    Kind('active', _in_store('active.json'), _read_store),
    Kind('data set', _make_data, lambda folder: said(load_dataset(folder / 'data.safetensors'))),
    Kind(
        'failure',
        _make_failure,
        lambda folder: read_failure(folder / 'failure.json').model_dump_json(),
    ),
    Kind('library entry', _make_entry, _read_entry),
    Kind('learned from', _make_learned, _read_learned, gone=[]),
    Kind('pending requests', _make_pending, _read_pending, gone=()),
)
