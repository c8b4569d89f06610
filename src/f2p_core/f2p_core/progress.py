# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How long work reports progress and learns that it should stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from f2p_core.errors import CancelledError


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


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def ignore_progress(progress: Progress) -> None:
    """Discards progress; the default for callers that do not watch."""


def never_stop() -> bool:
    """Never asks to stop; the default for callers that do not cancel."""
    return False


def check_stop(should_stop: ShouldStop, stage: str) -> None:
    """Raises when the caller asked to stop.

    Args:
        should_stop: Polled once.
        stage: Name of the stage that is interrupted, for the message.

    Raises:
        CancelledError: If ``should_stop()`` is true.
    """
    if should_stop():
        raise CancelledError(f'cancelled during {stage}')
