# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What is in a bag, and what it lacks to be a failure bag."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from f2p_core.bags import Bag, BagError, BagMessage, FAILURE_TYPE
from f2p_core.errors import F2PError
from f2p_core.messages.failure import msg_to_failure
from f2p_replay.contract import messages_of, missing_topics, namespace_in, topics_in


class TopicCount(NamedTuple):
    """Messages of one topic, and when the first and the last came [ns]."""

    name: str
    type_name: str
    messages: int
    first_ns: int
    last_ns: int


class FoundFailure(NamedTuple):
    """A failure of the bag that can be learned from."""

    failure_id: str
    kind: str
    digest: str


class BagReport(NamedTuple):
    """What a bag holds, and what is wrong with it.

    Attributes:
        topics: Topics of a failure bag with messages, by name.
        failures: Oldest first.
        problems: One sentence each; empty for a complete failure bag.
        notes: What else is to be known, one sentence each.
    """

    topics: tuple[TopicCount, ...]
    failures: tuple[FoundFailure, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def check_bag(path: Path) -> BagReport:
    """Reads a bag from begin to end, one message at a time.

    Args:
        path: Folder of the bag, or its file.

    Returns:
        The report; a bag that cannot be read is a problem in it, not an exception.
    """
    check = _Check()
    try:
        with Bag(path) as bag:
            check.read(bag)
    except BagError as error:
        check.problems.append(str(error))
    return check.report()


class _Check:
    """What was seen so far; what is damaged is named, and the rest is read."""

    def __init__(self) -> None:
        self.topics: dict[str, TopicCount] = {}
        self.failures: list[FoundFailure] = []
        self.problems: list[str] = []
        self.notes: list[str] = []

    def read(self, bag: Bag) -> None:
        ours = topics_in(bag)
        kinds = {t.type_name for t in ours.values()}
        foreign = bag.foreign_types(kinds)
        self._note_what_is_left_out(bag, ours)
        self.problems.extend((*bag.remarks(), *bag.problems(kinds), *bag.damages()))
        for message in messages_of(bag, ours, lambda e: self.problems.append(str(e))):
            self._count(message.topic, message.type_name, message.time_ns)
            if message.type_name == FAILURE_TYPE and FAILURE_TYPE not in foreign:
                self._add(bag, message)
        names = [(t.name, t.type_name) for t in bag.topics]
        missing = missing_topics(self.topics, namespace_in(names))
        self.problems.extend(f'no message on {name}' for name in missing)

    def report(self) -> BagReport:
        topics = tuple(self.topics[name] for name in sorted(self.topics))
        return BagReport(topics, tuple(self.failures), tuple(self.problems), tuple(self.notes))

    def _note_what_is_left_out(self, bag: Bag, ours: Collection[str]) -> None:
        if others := sorted({t.name for t in bag.topics} - set(ours)):
            self.notes.append(f'passed over, not of a failure bag: {", ".join(others)}')
        if not bag.has_checksums:
            self.notes.append(
                'it has no checksums: only damage to its failures would be noticed; '
                '`f2p bag convert` writes a copy with checksums'
            )

    def _count(self, name: str, type_name: str, time_ns: int) -> None:
        seen = self.topics.get(name, TopicCount(name, type_name, 0, time_ns, time_ns))
        self.topics[name] = seen._replace(messages=seen.messages + 1, last_ns=time_ns)

    def _add(self, bag: Bag, message: BagMessage) -> None:
        try:
            failure = msg_to_failure(bag.decode(message), f'failure {len(self.failures)}')
        except F2PError as error:
            self.problems.append(str(error))
            return
        self.failures.append(
            FoundFailure(failure.failure_id, failure.judged_kind, failure.digest)
        )


def report_lines(report: BagReport) -> Iterator[str]:
    """Yields the report as text, one line per topic, failure, note and problem."""
    if report.topics:
        first_ns = min(t.first_ns for t in report.topics)
        last_ns = max(t.last_ns for t in report.topics)
        yield f'{(last_ns - first_ns) * 1e-9:.1f} s from {first_ns * 1e-9:.3f} s on'
    for topic in report.topics:
        yield f'{topic.messages:6d}  {topic.name}  {topic.type_name}'
    for found in report.failures:
        yield f'failure {found.failure_id}: {found.kind}, digest {found.digest[:12]}'
    for note in report.notes:
        yield f'note: {note}'
    for problem in report.problems:
        yield f'problem: {problem}'
    yield 'a complete failure bag' if not report.problems else 'not a complete failure bag'
