# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Accepted requests outlive the process that accepted them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from f2p_core.errors import StorageError
from f2p_core.locks import HeldElsewhereError
from f2p_core.seal import seal
from f2p_learning.pending import MAX_DEATHS, PendingRequest, PendingRequests

FIRST = PendingRequest(run_id='a', failure_id='spilled', seed=0)
SECOND = PendingRequest(run_id='b', failure_id='dropped', seed=7)


def left(path: Path) -> tuple[PendingRequest, ...]:
    """What the next process would find."""
    kept = PendingRequests(path)
    kept.close()
    return kept.all()


def test_the_next_process_finds_them_in_order(tmp_path: Path) -> None:
    path = tmp_path / 'runs' / 'pending_requests.json'
    kept = PendingRequests(path)
    assert kept.all() == ()
    for request in (FIRST, SECOND):
        kept.add(request)
    kept.close()
    assert left(path) == (FIRST, SECOND)
    kept = PendingRequests(path)
    kept.remove('a')
    kept.close()
    assert left(path) == (SECOND,)


def test_what_two_processes_died_of_is_set_apart(tmp_path: Path) -> None:
    path = tmp_path / 'pending_requests.json'
    kept = PendingRequests(path)
    for request in (FIRST, SECOND):
        kept.add(request)
    for death in range(1, MAX_DEATHS + 1):
        kept.close()
        kept = PendingRequests(path)
        assert [r.run_id for r in kept.to_do()] == ['a', 'b']
        kept.begin('a')  # while b waits for its turn
        assert kept.all()[0].begun == death
    kept.close()
    kept = PendingRequests(path)
    assert [r.run_id for r in kept.to_do()] == ['b']
    assert [r.run_id for r in kept.set_apart()] == ['a']
    kept.forgive('dropped')
    assert [r.run_id for r in kept.set_apart()] == ['a']
    kept.forgive('spilled')
    kept.close()
    assert (kept.set_apart(), left(path)) == ((), (SECOND,))


def test_a_process_that_somebody_ends_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / 'pending_requests.json'
    kept = PendingRequests(path)
    kept.add(FIRST)
    for _ in range(2 * MAX_DEATHS):
        kept.begin('a')
        kept.interrupt('a')
        kept.close()
        kept = PendingRequests(path)
    assert kept.to_do() == (FIRST,)
    kept.begin('nobody')
    kept.interrupt('a')
    assert kept.all() == (FIRST,)


def test_a_run_nobody_requested_ends_without_a_trace(tmp_path: Path) -> None:
    path = tmp_path / 'pending_requests.json'
    PendingRequests(path).remove('c')
    assert not path.exists()


def test_a_second_process_is_refused_with_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / 'pending_requests.json'
    kept = PendingRequests(path)
    with pytest.raises(HeldElsewhereError, match=f'process {os.getpid()} is at the learning runs'):
        PendingRequests(path)
    kept.close()
    assert left(path) == ()


def test_what_cannot_be_written_is_not_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / 'pending_requests.json'
    kept = PendingRequests(path)
    kept.add(FIRST)
    (tmp_path / 'pending_requests.json').unlink()
    path.mkdir()  # nothing can take its place
    with pytest.raises(StorageError, match='a folder lies where the file should'):
        kept.add(SECOND)
    assert kept.all() == (FIRST,)
    kept.remove('a')
    assert kept.all() == ()
    assert 'a restart would begin again what has ended since' in caplog.text


@pytest.mark.parametrize(
    ('content', 'problem'),
    [
        (seal(b'{"schema_version": 2, "requests": []}'), 'it is 2; this software reads version 1'),
        (
            seal(b'{"schema_version": 1, "requests": [{"run_id": "a", "seed": 0}]}'),
            'requests[0]',
        ),
        (seal(b'{"schema_version": 1, "requests": []}')[:40], 'it was changed or cut'),
        (b'', 'it was changed or cut'),
    ],
)
def test_a_file_that_cannot_be_read_is_set_aside_and_work_goes_on(
    tmp_path: Path, content: bytes, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / 'pending_requests.json'
    path.write_bytes(content)
    kept = PendingRequests(path)
    assert kept.all() == ()
    assert f'{path}: ' in caplog.text
    assert problem in caplog.text
    assert (tmp_path / 'damaged' / path.name).read_bytes() == content
    kept.add(FIRST)
    kept.close()
    assert left(path) == (FIRST,)


def test_a_fifo_in_its_place_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / 'pending_requests.json'
    os.mkfifo(path)
    assert left(path) == ()
    assert (tmp_path / 'damaged' / path.name).is_fifo()
