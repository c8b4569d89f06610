# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Accepted requests whose runs have not ended, on disk: they outlive the process."""

from __future__ import annotations

from pathlib import Path
import threading
from typing import Literal

from f2p_core.files import parse_document, write_atomically
from f2p_core.models import Value

MAX_DEATHS = 2
"""Processes that may die while they carry out a request; after so many it is set apart."""


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


class PendingRequests:
    """The requests in the order they were accepted; safe to use from any thread.

    A request during which ``MAX_DEATHS`` processes died is set apart: the next process does not
    carry it out, since it would most likely die as well.

    Args:
        path: The file; its folder is created when missing.

    Raises:
        InvalidInputError: If the file is there and cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._requests: tuple[PendingRequest, ...] = ()
        if path.exists():
            self._requests = parse_document(_Document, path.read_bytes(), str(path)).requests
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
            OSError: If it cannot be written; then it is not kept.
        """
        with self._lock:
            self._write((*self._requests, request))

    def remove(self, run_id: str) -> None:
        """Forgets a request; one that is not known is no error: not every run was requested."""
        with self._lock:
            left = tuple(r for r in self._requests if r.run_id != run_id)
            if left != self._requests:
                self._write(left)

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
            self._write((*self._requests[:i], counted, *self._requests[i + 1 :]))

    def _write(self, requests: tuple[PendingRequest, ...]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        document = _Document(schema_version=1, requests=requests)
        write_atomically(self._path, document.model_dump_json(indent=1).encode() + b'\n')
        self._requests = requests
