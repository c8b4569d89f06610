# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bounds what runs, failures and versions of the model take on the disk.

What goes first: runs nobody is at, the oldest first, since they can be repeated from their
failure; then the bags beside the failures, whose records say all that learning needs, and damaged
files that were set aside; then versions of the model that are not in use; then failures that were
learned from, with what was learned from them; then failures that were not. The run the active
model came from, its failure, runs that go on and failures that wait for theirs stay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
import logging
from pathlib import Path
import shutil
import stat
from typing import NamedTuple

from f2p_core.disk import DAMAGED_FOLDER, storing
from f2p_effects.expendable import expendable_versions
from f2p_effects.records import ModelRecord
from f2p_effects.store import ModelStore
from f2p_learning.library import FailureLibrary
from f2p_learning.run_directory import ended_runs

_LOG = logging.getLogger(__name__)


class _Victim(NamedTuple):
    """What goes as a whole: its files, and how it is removed."""

    paths: tuple[Path, ...]
    remove: Callable[[], None]


class DiskQuota:
    """Removes what is needed least until the rest fits.

    Args:
        runs: Directory of the runs.
        library: The failures.
        store: The versions of the model.
    """

    def __init__(self, runs: Path, library: FailureLibrary, store: ModelStore) -> None:
        self._runs = runs
        self._library = library
        self._store = store

    def hold(self, quota_bytes: int, waiting: Collection[str] = ()) -> tuple[Path, ...]:
        """Makes room until all fits, and says in the log what was removed.

        Args:
            quota_bytes: What runs, failures and versions may take together.
            waiting: Ids of failures that stay, because their runs are still to come.

        Returns:
            What was removed; what is left may still be too much where nothing else may go.

        Raises:
            EffectsError: If it is not known which version is active: then nothing is removed.
            StorageError: If something cannot be removed.
        """
        removed: list[Path] = []
        taken = sum(map(_size, self._all()))
        if taken <= quota_bytes:
            return ()
        for victim in self._victims(self._store.active_record(), waiting):
            if taken <= quota_bytes:
                break
            taken -= sum(map(_size, victim.paths))
            victim.remove()
            removed += victim.paths
            for path in victim.paths:
                _LOG.warning('%s was removed: more is kept than disk_quota_mb allows', path)
        return tuple(removed)

    def _all(self) -> Iterator[Path]:
        """What is counted, each file once."""
        yield self._runs
        yield from map(self._store.folder_of, self._store.versions())
        if not self._library.directory.is_relative_to(self._runs):
            yield self._library.directory

    def _victims(
        self, active: ModelRecord | None, waiting: Collection[str]
    ) -> Iterator[_Victim]:
        """What may go, in this order."""
        made_by = {} if active is None else active.provenance
        for run in ended_runs(self._runs):
            if run.name != made_by.get('run'):
                yield _files(run)
        needed = {made_by.get('failure'), *waiting}
        failures = [i for i in self._library.oldest_first() if i not in needed]
        for bag in map(self._library.bag_of, failures):
            if bag is not None:
                yield _files(bag)
        for folder in (self._runs, self._library.directory, self._store.directory):
            for path in _oldest_first(folder / DAMAGED_FOLDER):
                yield _files(path)
        for version in expendable_versions(self._store):
            yield self._version(version)
        for failure_id in sorted(failures, key=self._library.is_learned, reverse=True):
            yield _files(*self._library.files_of(failure_id))

    def _version(self, version: int) -> _Victim:
        folder = self._store.folder_of(version)
        return _Victim((folder,), lambda: self._store.remove(version))


def _files(*paths: Path) -> _Victim:
    return _Victim(paths, lambda: _remove(paths))


def _remove(paths: Collection[Path]) -> None:
    for path in paths:
        with storing(path):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _oldest_first(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob('*'), key=lambda path: path.lstat().st_mtime_ns))


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a directory."""
    total = 0
    for file in path.rglob('*') if path.is_dir() else [path]:
        with suppress(OSError):  # it may go while it is looked at
            status = file.lstat()
            total += 0 if stat.S_ISDIR(status.st_mode) else status.st_size
    return total
