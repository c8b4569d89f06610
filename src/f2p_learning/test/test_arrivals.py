# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A failure that could not be kept is kept once there is room."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_core.errors import F2PError
from f2p_core.files import read_failure
from f2p_learning.arrivals import Arrivals, MAX_HELD
from f2p_learning.library import FailureLibrary

FAILURE = read_failure(Path(__file__).parents[3] / 'examples' / 'failure_filled_carry.json')


def test_what_has_no_room_is_held_said_once_and_kept_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / 'failures'
    place.write_text('a file lies where the library should be')
    library, kept = FailureLibrary(place), list[str]()
    arrivals = Arrivals(library, kept.append)
    arrivals.keep(FAILURE)
    arrivals.keep(FAILURE.model_copy(update={'failure_id': 'other'}))
    for _ in range(3):
        arrivals.retry()
    assert arrivals.held == 2
    said = [r.getMessage() for r in caplog.records]
    assert len(said) == 1
    assert 'move it away' in said[0]
    assert f'failure {FAILURE.failure_id} is kept once that works' in said[0]
    place.unlink()
    arrivals.retry()
    assert arrivals.held == 0
    assert kept == [FAILURE.failure_id, 'other']
    assert library.ids() == tuple(sorted(kept))


def test_no_more_are_held_than_fit_into_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / 'failures').touch()
    arrivals = Arrivals(FailureLibrary(tmp_path / 'failures'), str)
    for i in range(MAX_HELD + 1):
        arrivals.keep(FAILURE.model_copy(update={'failure_id': f'f{i}'}))
    assert arrivals.held == MAX_HELD
    assert 'failure f0 is lost' in caplog.text


def test_what_is_refused_is_not_held_and_keeping_survives_the_quota(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def quota(_: str) -> None:
        raise F2PError('the quota cannot hold')

    arrivals = Arrivals(FailureLibrary(tmp_path), quota)
    arrivals.keep(FAILURE)
    assert 'the quota cannot hold' in caplog.text
    arrivals.keep(FAILURE.model_copy(update={'stamp_ns': 5}))
    assert 'holds another failure with the id' in caplog.text
    assert arrivals.held == 0
