# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How work that takes time is stopped, watched and timed by whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import time
from typing import NamedTuple

from f2p_core.errors import CancelledError

Clock = Callable[[], float]
"""A monotonic clock [s]."""


class Progress(NamedTuple):
    """One step of progress of a named stage.

    Attributes:
        stage: Name of the stage, for example ``simulate``.
        done: Units finished so far, 0 ≤ done ≤ total.
        total: Units in this stage; 0 when unknown.
    """

    stage: str
    done: int
    total: int


def never_stop() -> bool:
    """Never asks to stop; for callers that do not cancel."""
    return False


def ignore_progress(progress: Progress) -> None:
    """Discards progress; for callers that do not watch."""


@dataclass(frozen=True)
class Control:
    """What a caller hands to work that takes time: when to stop, whom to tell, what time it is.

    Attributes:
        should_stop: Polled often; true once the caller wants the work to stop.
        on_progress: Told what is done.
        now_s: Monotonic clock, for budgets and times of stages [s].
    """

    should_stop: Callable[[], bool] = never_stop
    on_progress: Callable[[Progress], None] = ignore_progress
    now_s: Clock = time.monotonic

    def check(self, stage: str) -> None:
        """Returns if the work may go on.

        Args:
            stage: Name of the stage that would be interrupted, for the message.

        Raises:
            CancelledError: If the caller asked to stop.
        """
        if self.should_stop():
            raise CancelledError(f'cancelled during {stage}')

    def report(self, stage: str, done: int, total: int) -> None:
        """Tells the caller that ``done`` of ``total`` units of a stage are finished."""
        self.on_progress(Progress(stage, done, total))


UNCONTROLLED = Control()
"""Never stops, tells nobody: for callers that neither cancel nor watch."""
