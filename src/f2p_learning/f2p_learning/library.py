# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The failure library: every failure that was ever learned from, one JSON file each."""

from __future__ import annotations

from pathlib import Path

from f2p_core.failure import Failure
from f2p_core.files import read_failure, write_failure
from f2p_effects.data import ExecutionDataset, load_dataset, save_dataset
from f2p_learning.errors import FailureIdTakenError, LibraryError


class FailureLibrary:
    """A directory of failure records, addressed by failure id.

    Args:
        directory: Created when missing.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def add(self, failure: Failure) -> Path:
        """Keeps a failure; adding the same one again changes nothing.

        Returns:
            The file that holds it.

        Raises:
            FailureIdTakenError: If another failure with the same id is already kept.
        """
        path = self._path(failure.failure_id)
        if path.exists():
            if read_failure(path).model_dump_json() != failure.model_dump_json():
                raise FailureIdTakenError(
                    f'{path} holds another failure with the id {failure.failure_id}; '
                    'give the new one an id of its own'
                )
            return path
        self._directory.mkdir(parents=True, exist_ok=True)
        write_failure(path, failure)
        return path

    def get(self, failure_id: str) -> Failure:
        """Reads one failure.

        Raises:
            LibraryError: If the library has no failure of that id.
        """
        if failure_id not in self.ids():
            raise LibraryError(
                f'no failure {failure_id!r} in {self._directory}; it has {len(self.ids())}'
            )
        return read_failure(self._path(failure_id))

    def add_executions(self, failure_id: str, executions: ExecutionDataset) -> None:
        """Keeps what was learned from a failure, so that later learning does not undo it."""
        save_dataset(executions, self._executions_path(failure_id))

    def executions(self, *, except_for: str) -> tuple[ExecutionDataset, ...]:
        """Returns the kept executions of all failures but one."""
        ids = (i for i in self.ids() if i != except_for)
        paths = (self._executions_path(i) for i in ids)
        return tuple(load_dataset(path) for path in paths if path.exists())

    def ids(self) -> tuple[str, ...]:
        """Returns the ids of all kept failures, sorted."""
        return tuple(sorted(path.stem for path in self._directory.glob('*.json')))

    def oldest_first(self) -> tuple[str, ...]:
        """Returns the ids of all kept failures in the order in which they were added."""
        return tuple(sorted(self.ids(), key=lambda i: (self._path(i).stat().st_mtime_ns, i)))

    def files_of(self, failure_id: str) -> tuple[Path, ...]:
        """Returns the files of one failure: its record, and what was learned from it if it was."""
        paths = (self._path(failure_id), self._executions_path(failure_id))
        return tuple(path for path in paths if path.exists())

    def is_learned(self, failure_id: str) -> bool:
        """Says whether a model was made from a failure."""
        return self._executions_path(failure_id).exists()

    def bag_of(self, failure_id: str) -> Path | None:
        """Returns the folder of the bag a recorder wrote beside the record, if it did."""
        folder = self._directory / failure_id
        return folder if folder.is_dir() else None

    def _path(self, failure_id: str) -> Path:
        return self._directory / f'{failure_id}.json'

    def _executions_path(self, failure_id: str) -> Path:
        return self._directory / f'{failure_id}.safetensors'
