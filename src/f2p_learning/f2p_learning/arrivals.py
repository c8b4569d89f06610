# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Failures as they arrive: each is kept, and where the disk has no room, once there is some."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
import logging
import threading

from f2p_core.errors import F2PError, StorageError
from f2p_core.failure import Failure
from f2p_learning.library import FailureLibrary

MAX_HELD = 32
"""Failures held in memory while they cannot be written: each takes about 1 MB."""

_LOG = logging.getLogger(__name__)


class Arrivals:
    """Keeps failures in a library; safe to use from any thread.

    Args:
        library: The library.
        on_kept: Called with the id of every failure that is kept; what it raises is logged.
    """

    def __init__(self, library: FailureLibrary, on_kept: Callable[[str], object]) -> None:
        self._library = library
        self._on_kept = on_kept
        self._held: deque[Failure] = deque()
        self._lock = threading.Lock()
        self._said = ''

    @property
    def held(self) -> int:
        """How many failures wait in memory for room on the disk."""
        with self._lock:
            return len(self._held)

    def keep(self, failure: Failure) -> None:
        """Keeps a failure, or holds it until there is room; what cannot be kept is logged."""
        with self._lock:
            if len(self._held) == MAX_HELD:
                lost = self._held.popleft()
                _LOG.error('failure %s is lost: there is no room on the disk', lost.failure_id)
            self._held.append(failure)
        self.retry()

    def retry(self) -> None:
        """Writes what is held, as far as there is room."""
        with self._lock:
            while self._held and self._written(self._held[0]):
                self._held.popleft()

    def _written(self, failure: Failure) -> bool:
        """Whether a failure needs no further try."""
        try:
            self._library.add(failure)
        except StorageError as error:
            if str(error) != self._said:  # it is tried again and again, and said once
                self._said = str(error)
                _LOG.error('%s; failure %s is kept once that works', error, failure.failure_id)
            return False
        except F2PError as error:
            _LOG.error('failure %s cannot be kept: %s', failure.failure_id, error)
            return True
        if self._said:
            self._said = ''
            _LOG.info('failure %s is kept now', failure.failure_id)
        try:
            self._on_kept(failure.failure_id)
        except F2PError as error:
            _LOG.error('%s', error)
        return True
