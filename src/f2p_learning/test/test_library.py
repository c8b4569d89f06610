# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A human's word stands beside what was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_core.failure import Correction, Failure, FailureKind
from f2p_core.files import read_failure
from f2p_learning.errors import FailureIdTakenError, LibraryError, WithdrawnError
from f2p_learning.library import FailureLibrary

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
