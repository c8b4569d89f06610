# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Writers that are killed at any moment leave whole files, and what they left is swept."""

from __future__ import annotations

from functools import partial
import itertools
import os
from pathlib import Path
import threading

from children import child, Step
import numpy as np
import pytest
from stored import FAILURE, REQUEST, SMALL, some_executions, WORD

from f2p_core.control import Control
from f2p_core.disk import sweep_temporaries
from f2p_core.errors import CancelledError
from f2p_effects.model import new_model
from f2p_effects.store import ModelStore
from f2p_learning.library import FailureLibrary
from f2p_learning.pending import PendingRequests, read_requests
from f2p_learning.run_directory import ended_runs, read_run_json, RunDirectory

STEPS = 12
"""A writer is killed after less than so many steps, and a little later."""

LATER_S = 0.01
"""At most so much later [s]: about what a step takes."""


def write_for_ever(folder: Path, step: Step) -> None:
    """Writes every kind of file again and again, as a learner does."""
    store, library = ModelStore(folder / 'models'), FailureLibrary(folder / 'failures')
    pending = PendingRequests(folder / 'runs' / 'pending_requests.json')
    executions = some_executions()
    for i in itertools.count(len(store.versions())):
        name = f'f{i % 5}'
        run = RunDirectory(folder / 'runs' / f'{os.getpid()}_{i}')
        pending.add(REQUEST.model_copy(update={'run_id': str(i)}))
        step()
        library.add(FAILURE.model_copy(update={'failure_id': name}))
        step()
        library.correct(name, WORD if i % 2 else None)
        library.add_executions(name, executions)
        step()
        record = store.save(new_model(SMALL, i), parent='0' * 64)
        step()
        store.activate(record.version, who='Ada')
        pending.remove(str(i))
        run.write_json('result.json', {'whole': True})
        step()
        for old in store.versions()[:-3]:
            store.remove(old)
            step()


def require_whole(folder: Path) -> None:
    """Everything that is there can be read; nothing had to be set aside."""
    store, library = ModelStore(folder / 'models'), FailureLibrary(folder / 'failures')
    for line in store.list_models():
        assert line.problem == ''
        store.load(line.version)
    if store.active_version() is not None:
        store.load_active()
    for name in library.ids():
        library.get(name)
    withdrawn = [name for name in library.ids() if library.get(name).is_withdrawn]
    learned = [name for name in library.ids() if library.is_learned(name)]
    found = library.executions(except_for='')
    assert len(found) == len([name for name in learned if name not in withdrawn])
    requests = folder / 'runs' / 'pending_requests.json'
    if requests.exists():
        read_requests(requests)
    for run in ended_runs(folder / 'runs'):
        if (run / 'result.json').exists():
            assert read_run_json(run, 'result.json') == {'whole': True}
    assert not list(folder.rglob('damaged'))


def swept(folder: Path) -> None:
    """What a learner does at its start; a second after the writer died."""
    for path in folder.rglob('.*.tmp'):
        os.utime(path, (0, 0))
    ModelStore(folder / 'models').sweep()
    sweep_temporaries(folder)
    assert not list(folder.rglob('*.tmp'))
    assert not list(folder.rglob('.partial-*'))


@pytest.mark.parametrize('kills', [10, pytest.param(330, marks=pytest.mark.long)])
def test_kills_leave_whole_files(tmp_path: Path, kills: int) -> None:
    rng = np.random.default_rng(8)
    left = 0
    for _ in range(kills):
        with child(partial(write_for_ever, tmp_path), int(rng.integers(STEPS))):
            threading.Event().wait(float(rng.uniform(0.0, LATER_S)))
        require_whole(tmp_path)
        left += len(list(tmp_path.rglob('*.tmp'))) + len(list(tmp_path.rglob('.partial-*')))
        swept(tmp_path)
    assert left > 0  # some were killed in the middle of it
    assert len(FailureLibrary(tmp_path / 'failures').ids()) == 5


def test_runs_of_two_processes_take_turns_and_a_killed_one_frees_its_turn(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    polls = itertools.count()

    def holding(step: Step) -> None:
        with store.turn(Control()):
            step()
            threading.Event().wait()

    with (
        child(holding, 1),
        pytest.raises(CancelledError),
        store.turn(Control(lambda: next(polls) > 3)),
    ):
        pass
    with store.turn(Control()):  # the killed one does not keep it
        pass
