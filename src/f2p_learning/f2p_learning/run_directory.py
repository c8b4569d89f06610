# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A learning run on disk: everything needed to repeat it and to report on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from f2p_core.disk import storing, write_atomically
from f2p_core.errors import InvalidInputError, StorageError
from f2p_core.files import first_problem, MAX_FILE_BYTES, read_regular
from f2p_core.locks import HeldElsewhereError, HeldLock
from f2p_learning.errors import LibraryError

T = TypeVar('T')

RESULT = 'result.json'
_LOCK = '.lock'

_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


class RunDirectory:
    """One directory per run; files appear whole or not at all.

    ====================================  =========================================================
    ``failure.json``                      what is learned from
    ``run.json``                          seed, settings, model, versions of packages
    ``round_<i>/generation.json``         scenes, their calls, the samplers' figures
    ``round_<i>/executions.safetensors``  the labelled executions the model is tuned on
    ``round_<i>/tuning.json``             loss per optimiser step
    ``round_<i>/gate.json``               the gate's figures
    ``result.json``                       what came of it; written last, which says: finished
    ``.lock``                             held while a process is at the run
    ====================================  =========================================================

    Args:
        path: The directory; created when missing.

    Raises:
        LibraryError: If the directory already holds a finished run.
        HeldElsewhereError: If another process is at that run.
        StorageError: If nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        with storing(path):
            if (path / RESULT).exists():
                raise LibraryError(f'{path} already holds a finished run; choose another run id')
            path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = HeldLock(path / _LOCK, f'the run {path.absolute()}')

    @property
    def path(self) -> Path:
        """The directory itself."""
        return self._path

    def write_json(self, name: str, content: Any) -> Path:
        """Writes a JSON file ``name`` (which may name a subfolder); whole or not at all.

        Raises:
            StorageError: If it cannot be written.
        """
        path = self._path / name
        with storing(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, indent=1, allow_nan=False)
        write_atomically(path, text.encode() + b'\n')
        return path


def ended_runs(directory: Path) -> tuple[Path, ...]:
    """Returns the runs in a directory that nobody is at any more, the oldest first.

    They are finished, or were left by who was killed, cancelled or failed.
    """
    finished = {path.parent for path in directory.glob(f'*/{RESULT}')}
    begun = {path.parent for path in directory.glob(f'*/{_LOCK}')} - finished
    left = {run for run in begun if not _is_held(run)}
    return tuple(sorted(finished | left, key=lambda run: (_ended_ns(run), run)))


def _is_held(run: Path) -> bool:
    try:
        HeldLock(run / _LOCK, str(run)).release()
    except (HeldElsewhereError, StorageError):  # somebody else's, in either case
        return True
    return False


def _ended_ns(run: Path) -> int:
    result = run / RESULT
    return (result if result.exists() else run).stat().st_mtime_ns


def read_run_value(run: Path, name: str, kind: TypeAdapter[T]) -> T:
    """Reads one JSON file of a run as a value.

    Raises:
        LibraryError: If it is missing, cut short or not such a value; names file and field.
    """
    try:
        return kind.validate_json(read_regular(run / name, MAX_FILE_BYTES))
    except ValidationError as error:
        raise LibraryError(f'{run / name}: {first_problem(error)}') from None
    except InvalidInputError as error:
        raise LibraryError(f'{error}; is {run} a run?') from None


def read_run_json(run: Path, name: str) -> Any:
    """Reads one JSON file of a run.

    Raises:
        LibraryError: If it is missing or not JSON.
    """
    return read_run_value(run, name, _ANYTHING)
