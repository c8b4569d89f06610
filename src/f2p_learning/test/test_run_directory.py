# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Run directories: whole files, no finished run overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_core.errors import StorageError
from f2p_core.locks import HeldElsewhereError
from f2p_learning.errors import LibraryError
from f2p_learning.run_directory import ended_runs, read_run_json, RunDirectory


def test_what_is_written_is_read(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / 'run')
    run.write_json('round_1/gate.json', {'accepted': True})
    assert read_run_json(run.path, 'round_1/gate.json') == {'accepted': True}
    assert not list(run.path.rglob('*.tmp'))


def test_a_finished_run_is_not_overwritten(tmp_path: Path) -> None:
    RunDirectory(tmp_path).write_json('result.json', {})
    with pytest.raises(LibraryError, match='finished run'):
        RunDirectory(tmp_path)


def test_nan_is_not_written(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    with pytest.raises(ValueError, match='JSON'):
        run.write_json('gate.json', {'figure': float('nan')})
    assert not (tmp_path / 'gate.json').exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r'result\.json'):
        read_run_json(tmp_path, 'result.json')


def test_a_run_another_process_is_at_is_refused(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / 'run')
    with pytest.raises(HeldElsewhereError, match=r'is at the run .*run; wait for it or stop it'):
        RunDirectory(run.path)
    assert ended_runs(tmp_path) == ()
    del run
    assert ended_runs(tmp_path) == (tmp_path / 'run',)
    RunDirectory(tmp_path / 'run')  # is begun again


def test_a_run_that_cannot_be_written_is_refused_with_its_mend(tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    with pytest.raises(StorageError, match=r'file/run: .* move it away'):
        RunDirectory(tmp_path / 'file' / 'run')
    run = RunDirectory(tmp_path / 'run')
    (run.path / 'round_1').touch()
    with pytest.raises(StorageError, match='move it away'):
        run.write_json('round_1/gate.json', {})
