# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Accepted requests whose runs have not ended, on disk: they outlive the process."""

from __future__ import annotations

from pathlib import Path
import threading
from typing import Literal

from f2p_core.files import parse_document, write_atomically
from f2p_core.models import Value


class PendingRequest(Value):
    """One accepted request.

    Attributes:
        run_id: The run it was promised, a UUID.
        failure_id: The failure to learn from, in the library.
        seed: Seed of the run; 0: it follows from the failure's id.
    """

    run_id: str
    failure_id: str
    seed: int


class _Document(Value):
    schema_version: Literal[1] = 1
    requests: tuple[PendingRequest, ...] = ()


class PendingRequests:
    """The requests in the order they were accepted; safe to use from any thread.

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

    def _write(self, requests: tuple[PendingRequest, ...]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        document = _Document(schema_version=1, requests=requests)
        write_atomically(self._path, document.model_dump_json(indent=1).encode() + b'\n')
        self._requests = requests
