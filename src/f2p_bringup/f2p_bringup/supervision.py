# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What is done about a node that ended: how often it starts again, after what pause, and when not.

Decisions only, with the time handed in; ``processes`` (``f2p up``) and launch files act on them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

REFUSED_STATUS = 2
"""Exit status of a node that refused its parameters: it would again."""

RESTARTS_PER_HOUR = 10
"""Restarts of one node within an hour: five in a row are bad luck, ten a broken node."""

HOUR_S = 3600.0
"""Time in which restarts are counted [s]; older ones are forgiven."""

FIRST_PAUSE_S = 2.0
"""Pause before the first restart within an hour [s]; it doubles with each further one ..."""

LONGEST_PAUSE_S = 60.0
"""... up to this [s]: ten restarts then take six minutes."""

WITHOUT_IT = 'everything else goes on without it'

STARTING_S = 60.0
"""A node that ends by an error of its own so soon after its first start [s] never came up."""


class Action(StrEnum):
    """What follows when a node has ended."""

    RESTART = 'restart'
    LEAVE = 'leave'
    END = 'end'


class Verdict(NamedTuple):
    """What is done about a node that ended.

    Attributes:
        action: Start it again, go on without it, or end everything.
        pause_s: Time until it starts again [s].
        sentence: For a person: what ended; the pause is not in it.
    """

    action: Action
    pause_s: float
    sentence: str


class Supervisor:
    """Judges the deaths of one node.

    Args:
        name: The node.
        is_needed: Whether the others are of no use without it.
        now_s: Time of its first start, on a steady clock [s].
    """

    def __init__(self, name: str, is_needed: bool, now_s: float) -> None:
        self._name = name
        self._is_needed = is_needed
        self._born_s = now_s
        self._restarts_s: list[float] = []

    def ended(self, status: int, now_s: float) -> Verdict:
        """Returns what to do about a node that ended.

        Args:
            status: Its exit status; negative: the signal that ended it.
            now_s: Time on the steady clock [s].
        """
        what = how_it_ended(self._name, status)
        if status == REFUSED_STATUS or self._never_came_up(status, now_s):
            return self._for_good(what)
        recent = self._restarts_s = [s for s in self._restarts_s if now_s - s < HOUR_S]
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** len(recent))
        if len(recent) >= RESTARTS_PER_HOUR:
            what += f', {len(recent)} restarts within an hour did not help'
            if self._is_needed:
                return self._for_good(what)
            pause_s = recent[0] + HOUR_S - now_s
        self._restarts_s.append(now_s + pause_s)
        return Verdict(Action.RESTART, pause_s, what)

    def _never_came_up(self, status: int, now_s: float) -> bool:
        is_first = not self._restarts_s
        return is_first and status > 0 and now_s - self._born_s < STARTING_S

    def _for_good(self, what: str) -> Verdict:
        if self._is_needed:
            return Verdict(Action.END, 0.0, what)
        return Verdict(Action.LEAVE, 0.0, f'{what}; {WITHOUT_IT}')


def how_it_ended(name: str, status: int) -> str:
    """Returns in words how a process ended; a negative status is the signal that ended it."""
    how = f'was ended by signal {-status}' if status < 0 else f'ended with status {status}'
    return f'{name} {how}'
