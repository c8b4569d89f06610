# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Times of named stages, on a clock that is passed in; the log says when each is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import logging

from f2p_core.control import Clock

_LOG = logging.getLogger(__name__)


class StageTimes:
    """Sums the time spent in each named stage."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the time its body takes to the stage ``name``."""
        start = self._clock()
        try:
            yield
        finally:
            took_s = self._clock() - start
            self._seconds[name] = self._seconds.get(name, 0.0) + took_s
        _LOG.info('%s done in %.1f s', name, took_s)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds per stage, in the order the stages were first entered."""
        return dict(self._seconds)
