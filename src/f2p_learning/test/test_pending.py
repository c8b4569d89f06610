# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Accepted requests outlive the process that accepted them."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_core.errors import InvalidInputError
from f2p_learning.pending import MAX_DEATHS, PendingRequest, PendingRequests

FIRST = PendingRequest(run_id='a', failure_id='spilled', seed=0)
SECOND = PendingRequest(run_id='b', failure_id='dropped', seed=7)


def test_the_next_process_finds_them_in_order(tmp_path: Path) -> None:
    path = tmp_path / 'runs' / 'pending_requests.json'
    kept = PendingRequests(path)
    assert kept.all() == ()
    for request in (FIRST, SECOND):
        kept.add(request)
    assert PendingRequests(path).all() == (FIRST, SECOND)
    kept.remove('a')
    assert PendingRequests(path).all() == (SECOND,)


def test_what_two_processes_died_of_is_set_apart(tmp_path: Path) -> None:
    path = tmp_path / 'pending_requests.json'
    kept = PendingRequests(path)
    for request in (FIRST, SECOND):
        kept.add(request)
    for death in range(1, MAX_DEATHS + 1):
        kept = PendingRequests(path)
        assert [r.run_id for r in kept.to_do()] == ['a', 'b']
        kept.begin('a')  # while b waits for its turn
        assert kept.all()[0].begun == death
    kept = PendingRequests(path)
    assert [r.run_id for r in kept.to_do()] == ['b']
    assert [r.run_id for r in kept.set_apart()] == ['a']
    kept.forgive('dropped')
    assert [r.run_id for r in kept.set_apart()] == ['a']
    kept.forgive('spilled')
    assert (kept.set_apart(), PendingRequests(path).all()) == ((), (SECOND,))


def test_a_process_that_somebody_ends_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / 'pending_requests.json'
    kept = PendingRequests(path)
    kept.add(FIRST)
    for _ in range(2 * MAX_DEATHS):
        kept.begin('a')
        kept.interrupt('a')
        kept = PendingRequests(path)
    assert kept.to_do() == (FIRST,)
    kept.begin('nobody')
    kept.interrupt('a')
    assert kept.all() == (FIRST,)


def test_a_run_nobody_requested_ends_without_a_trace(tmp_path: Path) -> None:
    path = tmp_path / 'pending_requests.json'
    PendingRequests(path).remove('c')
    assert not path.exists()


def test_what_cannot_be_written_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / 'pending_requests.json'
    kept = PendingRequests(path)
    kept.add(FIRST)
    (tmp_path / 'pending_requests.json').unlink()
    path.mkdir()  # nothing can take its place
    with pytest.raises(OSError):
        kept.add(SECOND)
    assert kept.all() == (FIRST,)


@pytest.mark.parametrize(
    ('text', 'problem'),
    [
        ('{"schema_version": 2, "requests": []}', 'it is 2; this software reads version 1'),
        ('{"schema_version": 1, "requests": [{"run_id": "a", "seed": 0}]}', r'requests\[0\]'),
        ('{"schema_version": 1, "req', 'JSON'),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / 'pending_requests.json'
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=rf'pending_requests\.json: .*{problem}'):
        PendingRequests(path)
