# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Locks between processes: held on a file, and freed by the system should the holder die."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import os
from pathlib import Path
import time
import weakref

from f2p_core.control import Control
from f2p_core.disk import storing
from f2p_core.errors import F2PError

_POLL_S = 0.02
"""Time between two looks whether a lock is free [s]."""

_PID_BYTES = 20
"""A process id has fewer digits."""


class HeldElsewhereError(F2PError):
    """Another process, or another part of this one, holds a lock."""


class HeldLock:
    """A lock that is held from now on: until it is released, forgotten, or its process ends.

    Args:
        path: The file; made when missing, and never removed.
        what: What it stands for, for the message: "the learning runs in /data/runs".

    Raises:
        HeldElsewhereError: If somebody else holds it; names the process.
        StorageError: If the file cannot be made.
    """

    def __init__(self, path: Path, what: str) -> None:
        with storing(path):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK, 0o644)
            self._close = weakref.finalize(self, os.close, handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.read(handle, _PID_BYTES).decode(errors='replace').strip()
                self.release()
                raise HeldElsewhereError(
                    f'process {holder or "?"} is at {what}; wait for it or stop it'
                ) from None
            os.ftruncate(handle, 0)
            os.pwrite(handle, f'{os.getpid()}\n'.encode(), 0)

    def release(self) -> None:
        """Lets others have it."""
        self._close()


@contextmanager
def waiting_for_lock(
    path: Path, what: str, *, timeout_s: float, control: Control, stage: str
) -> Iterator[None]:
    """Waits for a lock and holds it for the block.

    Args:
        path: As for ``HeldLock``.
        what: As for ``HeldLock``.
        timeout_s: How long to wait [s].
        control: Ends the wait; told that it waits.
        stage: What the wait is called.

    Raises:
        HeldElsewhereError: If it is not free in time.
        CancelledError: If ``control`` said stop.
        StorageError: If the file cannot be made.
    """
    end_s = time.monotonic() + timeout_s
    while True:
        control.check(stage)
        try:
            lock = HeldLock(path, what)
            break
        except HeldElsewhereError:
            if time.monotonic() >= end_s:
                raise
        control.report(stage, 0, 1)
        time.sleep(_POLL_S)
    try:
        yield
    finally:
        lock.release()
