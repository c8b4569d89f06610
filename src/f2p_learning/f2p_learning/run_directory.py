# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A learning run on disk: everything needed to repeat it and to report on it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from f2p_core.files import first_problem
from f2p_learning.errors import LibraryError

T = TypeVar('T')

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
    ====================================  =========================================================

    Args:
        path: The directory; created when missing.

    Raises:
        LibraryError: If the directory already holds a finished run.
    """

    def __init__(self, path: Path) -> None:
        if (path / 'result.json').exists():
            raise LibraryError(f'{path} already holds a finished run; choose another run id')
        path.mkdir(parents=True, exist_ok=True)
        self._path = path

    @property
    def path(self) -> Path:
        """The directory itself."""
        return self._path

    def write_json(self, name: str, content: Any) -> Path:
        """Writes a JSON file ``name`` (which may name a subfolder) atomically."""
        path = self._path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix('.tmp')
        with temporary.open('w', encoding='utf-8') as file:
            json.dump(content, file, indent=1, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        return path


def finished_runs(directory: Path) -> tuple[Path, ...]:
    """Returns the finished runs in a directory, the oldest first."""
    results = sorted(directory.glob('*/result.json'), key=lambda p: (p.stat().st_mtime_ns, p))
    return tuple(path.parent for path in results)


def read_run_value(run: Path, name: str, kind: TypeAdapter[T]) -> T:
    """Reads one JSON file of a run as a value.

    Raises:
        LibraryError: If it is missing, cut short or not such a value; names file and field.
    """
    try:
        return kind.validate_json((run / name).read_bytes())
    except ValidationError as error:
        raise LibraryError(f'{run / name}: {first_problem(error)}') from None
    except OSError as error:
        raise LibraryError(
            f'{run / name} cannot be read ({error.strerror}); is {run} a run?'
        ) from None


def read_run_json(run: Path, name: str) -> Any:
    """Reads one JSON file of a run.

    Raises:
        LibraryError: If it is missing or not JSON.
    """
    return read_run_value(run, name, _ANYTHING)
