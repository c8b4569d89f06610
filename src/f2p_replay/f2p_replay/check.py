# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What is in a bag, and what it lacks to be a failure bag."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from f2p_core.bags import Bag, BagError, FAILURE_TYPE
from f2p_core.errors import F2PError
from f2p_core.messages.failure import msg_to_failure
from f2p_replay.contract import missing_topics, namespace_in


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
        topics: Topics with messages, by name.
        failures: Oldest first.
        problems: One sentence each; empty for a complete failure bag.
    """

    topics: tuple[TopicCount, ...]
    failures: tuple[FoundFailure, ...]
    problems: tuple[str, ...]


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
    """What was seen so far; a bag that breaks off is reported up to there."""

    def __init__(self) -> None:
        self.topics: dict[str, TopicCount] = {}
        self.failures: list[FoundFailure] = []
        self.problems: list[str] = []

    def read(self, bag: Bag) -> None:
        foreign = bag.foreign_types()
        self.problems.extend(bag.problems())
        names = [(c.topic, c.msgtype) for c in bag.connections]
        for message in bag.messages():
            self._count(message.topic, message.type_name, message.time_ns)
            if message.type_name == FAILURE_TYPE and FAILURE_TYPE not in foreign:
                self._add(bag.decode(message))
        missing = missing_topics(self.topics, namespace_in(names))
        self.problems.extend(f'no message on {name}' for name in missing)

    def report(self) -> BagReport:
        topics = tuple(self.topics[name] for name in sorted(self.topics))
        return BagReport(topics, tuple(self.failures), tuple(self.problems))

    def _count(self, name: str, type_name: str, time_ns: int) -> None:
        seen = self.topics.get(name, TopicCount(name, type_name, 0, time_ns, time_ns))
        self.topics[name] = seen._replace(messages=seen.messages + 1, last_ns=time_ns)

    def _add(self, message: object) -> None:
        try:
            failure = msg_to_failure(message, f'failure {len(self.failures)}')
        except F2PError as error:
            self.problems.append(str(error))
            return
        self.failures.append(
            FoundFailure(failure.failure_id, failure.judged_kind, failure.digest)
        )


def report_lines(report: BagReport) -> Iterator[str]:
    """Yields the report as text, one line per topic, failure and problem."""
    if report.topics:
        first_ns = min(t.first_ns for t in report.topics)
        last_ns = max(t.last_ns for t in report.topics)
        yield f'{(last_ns - first_ns) * 1e-9:.1f} s from {first_ns * 1e-9:.3f} s on'
    for topic in report.topics:
        yield f'{topic.messages:6d}  {topic.name}  {topic.type_name}'
    for found in report.failures:
        yield f'failure {found.failure_id}: {found.kind}, digest {found.digest[:12]}'
    for problem in report.problems:
        yield f'problem: {problem}'
    yield 'a complete failure bag' if not report.problems else 'not a complete failure bag'
