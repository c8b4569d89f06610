# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Shared memory that processes left behind which were killed."""

from __future__ import annotations

from contextlib import suppress
import fcntl
from pathlib import Path
import re
import time

FOLDER = Path('/dev/shm')
"""Where Linux keeps shared memory, as files."""

_LOCK = re.compile(r'fast(rtps|dds)_[0-9a-z]{16}_el')
"""Beside each memory segment of Fast DDS (its names before and from version 3): a file on which
its process holds a lock, so that the lock is free once that process is dead."""

MIN_AGE_S = 60.0
"""Younger segments are left [s]: their process may be about to take the lock."""


def sweep(folder: Path = FOLDER) -> int:
    """Removes the segments of dead processes; those of others that live or are not ours stay.

    Args:
        folder: Where they are; none there is no error.

    Returns:
        How many were removed.
    """
    if not folder.is_dir():
        return 0
    locks = [path for path in folder.iterdir() if _LOCK.fullmatch(path.name)]
    return sum(_sweep_one(lock) for lock in locks)


def _sweep_one(lock: Path) -> bool:
    with suppress(OSError):  # it is locked, somebody else's, or was swept by another node
        with lock.open('rb') as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - lock.stat().st_mtime < MIN_AGE_S:
                return False
            lock.with_name(lock.name.removesuffix('_el')).unlink(missing_ok=True)
            lock.unlink()
        return True
    return False
