# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The last seconds of the contract's topics, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
import struct
import threading
from typing import NamedTuple

from f2p_replay.contract import Topic


class Recorded(NamedTuple):
    """One message in the window: topic, when it was received [ns], and its CDR."""

    topic: Topic
    time_ns: int
    data: bytes

    @property
    def stamp_ns(self) -> int:
        """The stamp of a message that begins with a header [ns]."""
        order = '<' if self.data[1] & 1 else '>'
        seconds, nanoseconds = struct.unpack_from(f'{order}iI', self.data, 4)
        return int(seconds) * 10**9 + int(nanoseconds)


class Mark(NamedTuple):
    """How far a window was read: what came later is newer.

    Attributes:
        jumps: How often time had jumped back.
        added: How many messages had been added.
    """

    jumps: int
    added: int


class Window:
    """Keeps what was received in the last seconds; safe to use from several threads.

    Of latched topics the newest message from before is kept too, whatever its age, since it still
    holds. Where time jumps back all else is dropped: it belongs to another run.

    Args:
        span_s: How far back it goes [s].
        max_bytes: Bound of what it keeps; the oldest goes first.
        frame_interval_s: Least time between camera frames that are kept [s].
    """

    def __init__(self, span_s: float, max_bytes: int, frame_interval_s: float) -> None:
        self._span_ns = round(span_s * 1e9)
        self._max_bytes = max_bytes
        self._interval_ns = round(frame_interval_s * 1e9)
        self._messages: deque[Recorded] = deque()
        self._held: dict[Topic, tuple[Recorded, ...]] = {}
        self._frames_ns: deque[int] = deque(maxlen=64)
        self._bytes = 0
        self._mark = Mark(0, 0)
        self._lock = threading.Lock()

    def add(self, message: Recorded) -> None:
        """Keeps a message, and lets go what is too old or too much."""
        with self._lock:
            if self._messages and message.time_ns < self._messages[-1].time_ns:
                self._jump_back()
            if message.topic.per_frame and not self._is_due(message.stamp_ns):
                return
            self._messages.append(message)
            self._mark = self._mark._replace(added=self._mark.added + 1)
            self._bytes += len(message.data)
            self._let_go(message.time_ns - self._span_ns)

    def messages(self) -> tuple[Recorded, ...]:
        """Returns what is kept, by time; what still holds from before has the first's time."""
        return self.marked()[0]

    def marked(self) -> tuple[tuple[Recorded, ...], Mark]:
        """Returns what is kept, and a mark behind which all that follows is newer."""
        with self._lock:
            first_ns = self._messages[0].time_ns if self._messages else 0
            held = (m._replace(time_ns=first_ns) for kept in self._held.values() for m in kept)
            return (*held, *self._messages), self._mark

    def newer(self, mark: Mark) -> tuple[tuple[Recorded, ...], Mark]:
        """Returns what came since a mark, and the next mark; nothing if time jumped back since."""
        with self._lock:
            if mark.jumps != self._mark.jumps:
                return (), mark
            count = min(self._mark.added - mark.added, len(self._messages))
            return tuple(self._messages)[len(self._messages) - count :], self._mark

    def _is_due(self, stamp_ns: int) -> bool:
        """Whether a camera frame is kept: all its topics are, or none."""
        if stamp_ns in self._frames_ns:
            return True
        if self._frames_ns and 0 <= stamp_ns - self._frames_ns[-1] < self._interval_ns:
            return False
        self._frames_ns.append(stamp_ns)
        return True

    def _let_go(self, not_before_ns: int) -> None:
        while len(self._messages) > 1 and (
            self._messages[0].time_ns < not_before_ns or self._bytes > self._max_bytes
        ):
            old = self._messages.popleft()
            self._bytes -= len(old.data)
            self._hold(old)

    def _hold(self, old: Recorded) -> None:
        """Remembers what still holds of a latched topic: as many messages as its queue has."""
        if old.topic.delivery.latched and not old.topic.per_frame:
            kept = (*self._held.get(old.topic, ()), old)
            self._held[old.topic] = kept[-old.topic.delivery.depth :]

    def _jump_back(self) -> None:
        self._mark = self._mark._replace(jumps=self._mark.jumps + 1)
        for old in self._messages:
            self._hold(old)
        self._messages.clear()
        self._frames_ns.clear()
        self._bytes = 0


class Thinning:
    """Chooses which camera frames are written, of messages that come in several parts.

    Args:
        interval_s: Least time between frames [s].
        evidence_ns: Stamps of frames to keep in any case; of those in the first part, the ones
            nearest to them [ns].
    """

    def __init__(self, interval_s: float, evidence_ns: Sequence[int]) -> None:
        self._interval_ns = interval_s * 1e9
        self._evidence_ns = tuple(evidence_ns)
        self._kept: set[int] = set()

    def chosen(self, messages: Sequence[Recorded]) -> tuple[Recorded, ...]:
        """Returns the messages of the next part, with fewer camera frames."""
        stamps = sorted({m.stamp_ns for m in messages if m.topic.per_frame})
        if not self._kept and stamps:
            nearest = (min(stamps, key=lambda s: abs(s - e)) for e in self._evidence_ns)
            self._kept.update(nearest)
        for stamp in stamps:
            is_due = all(abs(stamp - other) >= self._interval_ns for other in self._kept)
            if is_due or stamp in self._evidence_ns:
                self._kept.add(stamp)
        return tuple(m for m in messages if not m.topic.per_frame or m.stamp_ns in self._kept)
