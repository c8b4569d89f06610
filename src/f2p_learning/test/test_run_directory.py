# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Run directories: whole files, no finished run overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_learning.errors import LibraryError
from f2p_learning.run_directory import read_run_json, RunDirectory


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
