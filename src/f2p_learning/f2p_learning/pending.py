# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Accepted requests whose runs have not ended, on disk: they outlive the process."""

from __future__ import annotations

import logging
import os
from pathlib import Path
import threading
from typing import Literal

from f2p_core.disk import set_aside, storing
from f2p_core.errors import InvalidInputError, StorageError
from f2p_core.files import read_sealed, write_sealed
from f2p_core.locks import HeldLock
from f2p_core.models import Value

_LOCK = '.learner'

MAX_DEATHS = 2
"""Processes that may die while they carry out a request; after so many it is set apart."""

_LOG = logging.getLogger(__name__)


class PendingRequest(Value):
    """One accepted request.

    Attributes:
        run_id: The run it was promised, a UUID.
        failure_id: The failure to learn from, in the library.
        seed: Seed of the run; 0: it follows from the failure's id.
        begun: How many processes began with it and did not come to its end.
    """

    run_id: str
    failure_id: str
    seed: int
    begun: int = 0


class _Document(Value):
    schema_version: Literal[1] = 1
    requests: tuple[PendingRequest, ...] = ()


def read_requests(path: Path) -> tuple[PendingRequest, ...]:
    """Returns what a process has accepted and not ended, the oldest first; it goes on with it.

    Raises:
        InvalidInputError: If there is no such file, or it is damaged.
    """
    return read_sealed(_Document, path).requests


class PendingRequests:
    """The requests in the order they were accepted; safe to use from any thread.

    A request during which ``MAX_DEATHS`` processes died is set apart: the next process does not
    carry it out, since it would most likely die as well.

    One process at a time keeps them. A file that is damaged is set aside, and said: its runs are
    lost, the failures they were for are not.

    Args:
        path: The file; its folder is created when missing.

    Raises:
        HeldElsewhereError: If another process keeps requests there; names it.
        StorageError: If nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        with storing(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
        what = f'the learning runs in {path.parent.absolute()}'
        self._held = HeldLock(path.parent / _LOCK, what)
        self._requests = self._read()
        self._apart = frozenset(r.run_id for r in self._requests if r.begun >= MAX_DEATHS)

    def to_do(self) -> tuple[PendingRequest, ...]:
        """Returns those to be carried out, the oldest first."""
        return tuple(r for r in self.all() if r.run_id not in self._apart)

    def set_apart(self) -> tuple[PendingRequest, ...]:
        """Returns those that are not carried out any more, since processes died of them."""
        return tuple(r for r in self.all() if r.run_id in self._apart)

    def all(self) -> tuple[PendingRequest, ...]:
        """Returns them, the oldest first."""
        with self._lock:
            return self._requests

    def add(self, request: PendingRequest) -> None:
        """Keeps a request until its run has ended.

        Raises:
            StorageError: If it cannot be written; then it is not kept.
        """
        with self._lock:
            self._write((*self._requests, request))
            self._requests = (*self._requests, request)

    def remove(self, run_id: str) -> None:
        """Forgets a request; one that is not known is no error: not every run was requested.

        Where that cannot be written it is said: the next process would begin the run again.
        """
        with self._lock:
            left = tuple(r for r in self._requests if r.run_id != run_id)
            if left != self._requests:
                self._note(left)

    def close(self) -> None:
        """Lets another process keep them."""
        self._held.release()

    def _read(self) -> tuple[PendingRequest, ...]:
        if not os.path.lexists(self._path):
            return ()
        try:
            return read_requests(self._path)
        except InvalidInputError as error:
            set_aside(self._path, f'{error}; accepted learning runs that had not ended are lost')
            return ()

    def begin(self, run_id: str) -> None:
        """Notes that this process begins with a request; should it die, that has been of it."""
        self._count(run_id, 1)

    def interrupt(self, run_id: str) -> None:
        """Takes that back: the process is ended by somebody, not by the request."""
        self._count(run_id, -1)

    def forgive(self, failure_id: str) -> None:
        """Forgets what was set apart with a failure: a run about it has come to an end."""
        for request in self.set_apart():
            if request.failure_id == failure_id:
                self.remove(request.run_id)

    def _count(self, run_id: str, deaths: int) -> None:
        with self._lock:
            ids = [request.run_id for request in self._requests]
            if run_id not in ids:
                return  # not every run was requested
            i = ids.index(run_id)
            begun = max(0, self._requests[i].begun + deaths)
            counted = self._requests[i].model_copy(update={'begun': begun})
            self._note((*self._requests[:i], counted, *self._requests[i + 1 :]))

    def _note(self, requests: tuple[PendingRequest, ...]) -> None:
        """Takes over what is known now, on disk as well if that can be written."""
        self._requests = requests
        try:
            self._write(requests)
        except StorageError as error:
            _LOG.error('%s; a restart would begin again what has ended since', error)

    def _write(self, requests: tuple[PendingRequest, ...]) -> None:
        write_sealed(self._path, _Document(schema_version=1, requests=requests))
