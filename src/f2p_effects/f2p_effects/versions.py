# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A directory of immutable versions of the effect model, written by one process at a time.

A version appears whole or not at all, whenever the writer dies: it is written beside, flushed to
the disk, and renamed. Writers of several processes take turns by a lock the system releases when
its holder ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
import os
from pathlib import Path
import re
import shutil
from typing import Any
import uuid

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.disk import flush, storing, sweep_temporaries
from f2p_core.locks import waiting_for_lock
from f2p_effects.errors import EffectsError
from f2p_effects.protocol import EffectModel
from f2p_effects.records import ModelRecord, Origin, read_record, write_version
from f2p_effects.store_files import names_in

_LOCK = '.lock'
_TURN = '.learning'
_PARTIAL = '.partial-'
_VERSION_NAME = re.compile(r'v(\d{4,})')

QUEUED = 'queued'
"""The stage of a run that waits for another one."""

_WRITE_S = 60.0
"""How long a writer waits for another one [s]: writing a version takes less than one."""

_TURN_S = 3600.0
"""How long a learning run waits for one of another process [s]: as long as a client waits."""


class Versions:
    """Numbered versions of a model, each a folder.

    Args:
        directory: Created when the first model is saved.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)

    def versions(self) -> tuple[int, ...]:
        """Returns the version numbers present, ascending.

        Raises:
            EffectsError: If the directory cannot be listed.
        """
        if not self.directory.is_dir():
            return ()
        matches = (_VERSION_NAME.fullmatch(p.name) for p in names_in(self.directory))
        return tuple(sorted(int(m[1]) for m in matches if m))

    def record(self, version: int) -> ModelRecord:
        """Returns what a version is.

        Raises:
            EffectsError: If there is no such version or its record is not readable.
        """
        if version not in self.versions():
            raise EffectsError(
                f'no model version {version} in {self.directory}; it has {list(self.versions())}'
            )
        return read_record(self.folder_of(version), version)

    def save(
        self,
        model: EffectModel,
        *,
        parent: str | None = None,
        provenance: dict[str, Any] | None = None,
    ) -> ModelRecord:
        """Stores a model as the next version.

        Args:
            model: A model of a known kind; saving the same one twice makes two versions.
            parent: Digest of the model it was tuned from.
            provenance: How it was made, as JSON values.

        Returns:
            The record, with the version number given.

        Raises:
            InvalidInputError: If the model is of a kind that is not known.
            EffectsError: If its learner writes something else than safetensors and JSON.
            StorageError: If a file cannot be written; nothing half-done is left.
        """
        with self._locked():
            self._remove_partial()
            version = max(self.versions(), default=0) + 1
            partial = self.directory / f'{_PARTIAL}{uuid.uuid4().hex}'
            try:
                partial.mkdir()
                origin = Origin(parent, provenance or {})
                record = write_version(model, partial, version, origin)
                partial.rename(self.folder_of(version))
                flush(self.directory)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        return record

    def turn(self, control: Control) -> AbstractContextManager[None]:
        """Waits until no other process learns for this store, and keeps others waiting.

        What is learned meanwhile by others would be lost: a run begins at the active model and
        its own takes the place of that.

        Args:
            control: Leaves the queue.

        Raises:
            HeldElsewhereError: If the other one does not end within an hour; names the process.
            CancelledError: If ``control`` said stop while waiting.
            StorageError: If nothing can be written in the directory.
        """
        return self._lock(_TURN, 'learning for the models', _TURN_S, control)

    def sweep(self) -> None:
        """Removes what killed writers left.

        Raises:
            StorageError: If nothing can be written in the directory.
        """
        with self._locked():
            self._remove_partial()
            sweep_temporaries(self.directory)

    def folder_of(self, version: int) -> Path:
        """Returns where a version lies, whether it is there or not."""
        return self.directory / f'v{version:04d}'

    def remove(self, version: int) -> None:
        """Removes a version, at once and for good.

        Raises:
            StorageError: If it cannot be removed.
        """
        with self._locked():
            partial = self.directory / f'{_PARTIAL}{uuid.uuid4().hex}'
            self.folder_of(version).rename(partial)
            self._remove_partial()

    def _remove_partial(self) -> None:
        for stale in self.directory.glob(f'{_PARTIAL}*'):
            shutil.rmtree(stale)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the store's lock; the system frees it should this process die."""
        with self._lock(_LOCK, 'the models', _WRITE_S, UNCONTROLLED), storing(self.directory):
            yield

    def _lock(
        self, name: str, what: str, timeout_s: float, control: Control
    ) -> AbstractContextManager[None]:
        with storing(self.directory):
            self.directory.mkdir(parents=True, exist_ok=True)
        return waiting_for_lock(
            self.directory / name,
            f'{what} in {self.directory.absolute()}',
            timeout_s=timeout_s,
            control=control,
            stage=QUEUED,
        )
