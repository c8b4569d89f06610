# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The failure library: every failure that was ever learned from, one JSON file each."""

from __future__ import annotations

import os
from pathlib import Path

from f2p_core.disk import set_aside, storing
from f2p_core.errors import InvalidInputError
from f2p_core.failure import Correction, Failure
from f2p_core.files import read_failure, write_failure
from f2p_effects.data import ExecutionDataset, load_dataset, save_dataset
from f2p_effects.errors import EffectsError
from f2p_learning.errors import FailureIdTakenError, LibraryError, WithdrawnError


class FailureLibrary:
    """A directory of failure records, addressed by failure id.

    An entry that is damaged is moved into the folder ``damaged``, and said in the log; all others
    can be used as before.

    Args:
        directory: Created when missing.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @property
    def directory(self) -> Path:
        """Where they lie."""
        return self._directory

    def add(self, failure: Failure) -> Path:
        """Keeps a failure; adding the same one again changes nothing but what nobody said yet.

        Returns:
            The file that holds it.

        Raises:
            FailureIdTakenError: If another failure with the same id is already kept.
            StorageError: If it cannot be written.
        """
        path = self._path(failure.failure_id)
        kept = self._kept(failure.failure_id)
        if kept is None:
            with storing(self._directory):
                self._directory.mkdir(parents=True, exist_ok=True)
            write_failure(path, failure)
        elif kept.digest != failure.digest:
            raise FailureIdTakenError(
                f'{path} holds another failure with the id {failure.failure_id}; '
                'give the new one an id of its own'
            )
        elif kept.correction is None and failure.correction is not None:
            self.correct(failure.failure_id, failure.correction)
        return path

    def get(self, failure_id: str) -> Failure:
        """Reads one failure.

        Raises:
            LibraryError: If the library has no failure of that id, or had a damaged one.
        """
        kept = self._kept(failure_id) if failure_id in self.ids() else None
        if kept is None:
            raise LibraryError(
                f'no failure {failure_id!r} in {self._directory}; it has {len(self.ids())}'
            )
        return kept

    def correct(self, failure_id: str, correction: Correction | None) -> Correction | None:
        """Keeps a human's word beside what was recorded, which stays as it is.

        Args:
            failure_id: A kept failure.
            correction: The word; ``None`` takes the last one back.

        Returns:
            What stood there before.

        Raises:
            LibraryError: If the library has no failure of that id.
        """
        failure = self.get(failure_id)
        path = self._path(failure_id)
        added_ns = path.stat().st_mtime_ns
        write_failure(path, failure.model_copy(update={'correction': correction}))
        os.utime(path, ns=(added_ns, added_ns))  # failures are ordered by when they were added
        return failure.correction

    def require_learnable(self, failure_id: str) -> None:
        """Refuses a failure that a human withdrew.

        Raises:
            LibraryError: If the library has no failure of that id.
            WithdrawnError: If it was withdrawn, with who said so.
        """
        failure = self.get(failure_id)
        if failure.is_withdrawn and failure.correction is not None:
            said = failure.correction
            raise WithdrawnError(
                f'failure {failure_id} was withdrawn by {said.who} ({said.note or "no note"}); '
                'correct_failure takes that back'
            )

    def add_executions(self, failure_id: str, executions: ExecutionDataset) -> None:
        """Keeps what was learned from a failure, so that later learning does not undo it."""
        save_dataset(executions, self._executions_path(failure_id))

    def executions(self, *, except_for: str) -> tuple[ExecutionDataset, ...]:
        """Returns the kept executions of all failures but one and those that were withdrawn."""
        ids = (i for i in self.ids() if i != except_for and self.is_learned(i))
        kept = (failure for failure in map(self._kept, ids) if failure is not None)
        wanted = [failure.failure_id for failure in kept if not failure.is_withdrawn]
        found = (self._executions_of(failure_id) for failure_id in wanted)
        return tuple(executions for executions in found if executions is not None)

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

    def _kept(self, failure_id: str) -> Failure | None:
        """Reads an entry; ``None`` if there is none or it was damaged and is set aside now."""
        path = self._path(failure_id)
        if not os.path.lexists(path):
            return None
        try:
            failure = read_failure(path)
            if failure.failure_id != failure_id:
                raise InvalidInputError(f'{path} holds the failure {failure.failure_id}')
            return failure
        except InvalidInputError as error:
            set_aside(path, f'the failure library has a damaged entry, {error}')
        if self.is_learned(failure_id):
            set_aside(self._executions_path(failure_id), f'what {failure_id} was learned from')
        return None

    def _executions_of(self, failure_id: str) -> ExecutionDataset | None:
        """Reads what was learned from a failure; ``None`` if it was damaged."""
        path = self._executions_path(failure_id)
        try:
            return load_dataset(path)
        except EffectsError as error:
            set_aside(path, f'{error}; failure {failure_id} can be learned from again')
            return None

    def _path(self, failure_id: str) -> Path:
        return self._directory / f'{failure_id}.json'

    def _executions_path(self, failure_id: str) -> Path:
        return self._directory / f'{failure_id}.safetensors'
