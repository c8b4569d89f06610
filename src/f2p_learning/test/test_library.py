# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A human's word stands beside what was recorded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from f2p_core.failure import Correction, Failure, FailureKind
from f2p_core.files import read_failure
from f2p_core.skill import SkillCall
from f2p_effects.data import ExecutionDataset
from f2p_effects.executions import executions_from_rollouts
from f2p_learning.errors import FailureIdTakenError, LibraryError, WithdrawnError
from f2p_learning.library import FailureLibrary
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_tasks.tabletop import TABLE_B
from f2p_tasks.transport import transport_scene

ROOT = Path(__file__).parents[3]
FAILURE = read_failure(ROOT / 'examples' / 'failure_filled_carry.json')
ID = FAILURE.failure_id
WITHDRAWN = Correction(kind=None, who='Ada', note='the cat', stamp_ns=1)
DISTURBED = Correction(kind=FailureKind.DISTURBANCE, who='Ben', stamp_ns=2)


@pytest.fixture
def library(tmp_path: Path) -> FailureLibrary:
    library = FailureLibrary(tmp_path)
    library.add(FAILURE)
    return library


def corrected(word: Correction | None) -> Failure:
    return FAILURE.model_copy(update={'correction': word})


def test_words_follow_each_other_and_what_was_recorded_stays(library: FailureLibrary) -> None:
    order = library.files_of(ID)[0].stat().st_mtime_ns
    assert library.correct(ID, WITHDRAWN) is None
    assert library.correct(ID, DISTURBED) == WITHDRAWN
    kept = library.get(ID)
    assert (kept.kind, kept.judged_kind) == (FAILURE.kind, FailureKind.DISTURBANCE)
    assert kept.digest == FAILURE.digest
    assert library.correct(ID, None) == DISTURBED
    assert library.get(ID).model_dump_json() == FAILURE.model_dump_json()
    assert library.files_of(ID)[0].stat().st_mtime_ns == order


def test_a_withdrawn_failure_is_not_learned_from(library: FailureLibrary) -> None:
    library.require_learnable(ID)
    library.correct(ID, WITHDRAWN)
    with pytest.raises(WithdrawnError, match=r'withdrawn by Ada \(the cat\)'):
        library.require_learnable(ID)
    library.correct(ID, DISTURBED)
    library.require_learnable(ID)


def test_the_same_failure_again_takes_no_word_back(library: FailureLibrary) -> None:
    library.add(corrected(WITHDRAWN))
    assert library.get(ID).correction == WITHDRAWN
    library.add(FAILURE)
    library.add(corrected(DISTURBED))
    assert library.get(ID).correction == WITHDRAWN


def test_another_failure_of_that_id_is_refused(library: FailureLibrary) -> None:
    with pytest.raises(FailureIdTakenError):
        library.add(FAILURE.model_copy(update={'stamp_ns': 5}))
    with pytest.raises(LibraryError, match='no failure'):
        library.correct('nobody', WITHDRAWN)


def executions(seed: int) -> ExecutionDataset:
    scenes = [transport_scene(1, np.random.default_rng(seed))]
    call = SkillCall(
        skill='pick_place', object_id='object_1', target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
    )
    return executions_from_rollouts(
        scenes, [call], MujocoSimulator().simulate(scenes, [call], seed=seed), [seed]
    )


@pytest.fixture(scope='module')
def learned() -> ExecutionDataset:
    return executions(1)


@pytest.fixture
def several(library: FailureLibrary, learned: ExecutionDataset) -> FailureLibrary:
    """Three failures that were learned from: the example, one and two."""
    for name in ('one', 'two'):
        library.add(FAILURE.model_copy(update={'failure_id': name}))
    for name in library.ids():
        library.add_executions(name, learned)
    return library


def flip(path: Path) -> bytes:
    """Changes one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    return bytes(content)


def test_a_damaged_entry_is_set_aside_by_name_and_the_others_are_learned_from(
    several: FailureLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    aside = several.directory / 'damaged'
    record, learned_from = several.files_of('one')
    content = flip(record)
    assert len(several.executions(except_for='none')) == 2
    assert (aside / 'one.json').read_bytes() == content
    assert (aside / 'one.safetensors').exists()
    assert 'one.json' in caplog.text
    assert 'it is set aside as' in caplog.text
    assert several.ids() == tuple(sorted((ID, 'two')))
    assert not learned_from.exists()
    with pytest.raises(LibraryError, match="no failure 'one'"):
        several.get('one')
    several.add(FAILURE.model_copy(update={'failure_id': 'one'}))  # it comes again, and is whole
    assert several.get('one').failure_id == 'one'


def test_a_damaged_entry_that_comes_again_is_mended(several: FailureLibrary) -> None:
    flip(several.files_of(ID)[0])
    several.add(FAILURE)
    assert several.get(ID).digest == FAILURE.digest


def test_damaged_executions_are_set_aside_and_their_failure_stays(
    several: FailureLibrary,
) -> None:
    flip(several.files_of('two')[1])
    assert len(several.executions(except_for='none')) == 2
    assert not several.is_learned('two')
    assert several.get('two').failure_id == 'two'


def test_an_entry_under_another_ones_name_is_set_aside(several: FailureLibrary) -> None:
    record = several.files_of('two')[0]
    record.write_bytes(several.files_of('one')[0].read_bytes())
    with pytest.raises(LibraryError, match="no failure 'two'"):
        several.get('two')


def test_a_word_that_was_changed_is_not_believed(library: FailureLibrary) -> None:
    library.correct(ID, DISTURBED)
    path = library.files_of(ID)[0]
    path.write_bytes(path.read_bytes().replace(b'"who":"Ben"', b'"who":"Ken"'))
    with pytest.raises(LibraryError, match='no failure'):
        library.get(ID)
