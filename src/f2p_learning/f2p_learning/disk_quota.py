# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bounds what runs and failures take on the disk.

What goes first: finished runs, the oldest first, since they can be repeated from their failure;
then the bags beside the failures, whose records say all that learning needs; then failures that
were learned from, with what was learned from them; then failures that were not. The run the
active model came from, its failure, unfinished runs and failures that wait for theirs stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import shutil
from typing import NamedTuple

from f2p_learning.library import FailureLibrary
from f2p_learning.run_directory import finished_runs

MEGABYTE = 2**20
"""Bytes per megabyte as it stands in the parameter."""


class Kept(NamedTuple):
    """What must not be removed.

    Attributes:
        run_id: The run the active model came from; empty: none.
        failure_ids: The failure it was learned from, and those whose runs are still to come.
    """

    run_id: str = ''
    failure_ids: frozenset[str] = frozenset()


def make_room(
    runs: Path, library: FailureLibrary, kept: Kept, quota_bytes: int
) -> tuple[Path, ...]:
    """Removes runs and failures until the rest fits.

    Args:
        runs: Directory of the runs.
        library: The failures.
        kept: What stays whatever it takes.
        quota_bytes: What runs and failures may take together.

    Returns:
        What was removed; what is left may still be too much where nothing else may go.
    """
    removed: list[Path] = []
    taken = _size(runs) + sum(_size(p) for p in _kept_elsewhere(runs, library))
    for paths in _victims(runs, library, kept):
        if taken <= quota_bytes:
            break
        for path in paths:
            taken -= _size(path)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            removed.append(path)
    return tuple(removed)


def _victims(runs: Path, library: FailureLibrary, kept: Kept) -> Iterator[tuple[Path, ...]]:
    """What may go, in this order; each entry goes as a whole."""
    for run in finished_runs(runs):
        if run.name != kept.run_id:
            yield (run,)
    failures = [i for i in library.oldest_first() if i not in kept.failure_ids]
    for bag in map(library.bag_of, failures):
        if bag is not None:
            yield (bag,)
    for failure_id in sorted(failures, key=library.is_learned, reverse=True):
        yield library.files_of(failure_id)


def _kept_elsewhere(runs: Path, library: FailureLibrary) -> Iterator[Path]:
    """What belongs to failures and does not lie among the runs."""
    for failure_id in library.ids():
        bag = library.bag_of(failure_id)
        for path in (*library.files_of(failure_id), *(() if bag is None else (bag,))):
            if not path.is_relative_to(runs):
                yield path


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a directory."""
    files = path.rglob('*') if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
