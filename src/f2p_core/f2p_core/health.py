# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How a node is: what it needs from others and whether that is there, in levels and sentences."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from enum import IntEnum
import threading
from typing import NamedTuple

from f2p_core.control import Clock

FIRST_REMINDER_S = 5.0
"""After its first mention, what is missing is mentioned again after this time [s] ..."""

LONGEST_REMINDER_S = 320.0
"""... then after twice as long each time, up to this [s]."""


class Level(IntEnum):
    """As in diagnostic_msgs/DiagnosticStatus."""

    OK = 0
    WARN = 1
    ERROR = 2
    STALE = 3


class Status(NamedTuple):
    """How one thing is.

    Attributes:
        name: Of the thing, within its node.
        level: How bad it is.
        sentence: For a person.
        values: Figures behind it.
    """

    name: str
    level: Level
    sentence: str
    values: Mapping[str, str]


class Need:
    """Something a node needs from others: a topic, a server, the clock.

    Args:
        name: What it is, for example ``topic /points``.
        mend: What to do while it is missing, as a clause.
        clock: Steady clock.
        stale_after_s: Missing again once it was not heard of for so long [s]; ``None``: what came
            once stays.
        age_clock: What that time is told by; ``None``: by ``clock``. A camera in a simulation that
            is slow is slow as well.
    """

    def __init__(
        self,
        name: str,
        mend: str,
        clock: Clock,
        *,
        stale_after_s: float | None = None,
        age_clock: Clock | None = None,
    ) -> None:
        self.name = name
        self._age_clock = age_clock or clock
        self._mend = mend
        self._clock = clock
        self._stale_after_s = stale_after_s
        self._heard_s: float | None = None
        self._missing_since_s = clock()
        self._reminder_s = 0.0  # 0: nothing was said yet
        self._said_s = 0.0

    def heard(self) -> None:
        """It is there, now."""
        self._heard_s = self._age_clock()

    def status(self) -> Status:
        """Returns whether it is there, and how old it is."""
        now_s = self._clock()
        if self._heard_s is None:
            waited_s = now_s - self._missing_since_s
            values = {'waited [s]': f'{waited_s:.1f}'}
            return Status(
                self.name, Level.WARN, f'waiting for {waited_s:.0f} s: {self._mend}', values
            )
        age_s = max(0.0, self._age_clock() - self._heard_s)  # simulated time may jump back
        values = {'age [s]': f'{age_s:.1f}'}
        if self._stale_after_s is not None and age_s > self._stale_after_s:
            sentence = f'nothing for {age_s:.0f} s: {self._mend}'
            return Status(self.name, Level.STALE, sentence, values)
        return Status(self.name, Level.OK, 'is there', values)

    def news(self) -> Status | None:
        """Returns the status if it should be logged now, else ``None``.

        What is missing is mentioned at once, then at growing intervals; that it came, once.
        """
        status, now_s = self.status(), self._clock()
        if status.level == Level.OK:
            was_mentioned = self._reminder_s > 0.0
            self._reminder_s = 0.0
            return status if was_mentioned else None
        if self._reminder_s and now_s - self._said_s < self._reminder_s:
            return None
        self._reminder_s = min(LONGEST_REMINDER_S, max(FIRST_REMINDER_S, 2 * self._reminder_s))
        self._said_s = now_s
        return status


class Throttle:
    """Holds back what is said over and over; safe to use from any thread.

    The first time passes, then one at growing intervals, which says how many were held back.
    After a longer silence it begins anew.

    Args:
        clock: Steady clock.
    """

    KEPT = 256
    """Things that are told apart at a time: names come from outside, memory does not grow."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said: OrderedDict[Hashable, _Said] = OrderedDict()
        self._lock = threading.Lock()

    def passes(self, thing: Hashable) -> int | None:
        """Tells whether something may be said about a thing now.

        Returns:
            How often it was held back since it was said last; ``None``: hold this back, too.
        """
        now_s = self._clock()
        with self._lock:
            said = self._said.pop(thing, None)
            if said is None or now_s - said.when_s > 2 * said.quiet_s:
                self._said[thing] = _Said(now_s, FIRST_REMINDER_S, 0)
                while len(self._said) > self.KEPT:
                    self._said.popitem(last=False)
                return said.held_back if said else 0
            if now_s - said.when_s < said.quiet_s:
                self._said[thing] = said._replace(held_back=said.held_back + 1)
                return None
            longer_s = min(LONGEST_REMINDER_S, 2 * said.quiet_s)
            self._said[thing] = _Said(now_s, longer_s, 0)
            return said.held_back


class _Said(NamedTuple):
    """When something was said last [s], for how long not again [s], what was held back since."""

    when_s: float
    quiet_s: float
    held_back: int


class LastFailure:
    """What went wrong last.

    Args:
        clock: Steady clock.
    """

    RECENT_S = 60.0
    """So long a failure makes the status worse [s]."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._text, self._level, self._when_s = '', Level.OK, 0.0

    def put(self, text: str, level: Level) -> None:
        """Takes note of a failure."""
        self._text, self._level, self._when_s = text, level, self._clock()

    def status(self, name: str, values: Mapping[str, str]) -> Status:
        """Returns a status: as bad as the failure while that is recent."""
        if not self._text:
            return Status(name, Level.OK, 'no failure so far', values)
        age_s = self._clock() - self._when_s
        level = self._level if age_s < self.RECENT_S else Level.OK
        return Status(
            name, level, f'last failure {age_s:.0f} s ago: {self._text}',
            {**values, 'last failure': self._text},
        )  # fmt: skip
