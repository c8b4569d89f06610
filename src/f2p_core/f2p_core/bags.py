# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Reading rosbag2 recordings without ROS: message by message, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
import os
from pathlib import Path
import sys
from types import TracebackType
from typing import Any, NamedTuple

from rosbags.highlevel import AnyReader
from rosbags.interfaces import Connection
from rosbags.typesys import get_types_from_msg, get_typestore, Stores
from rosbags.typesys.store import Typestore

from f2p_core.errors import F2PError
from f2p_core.failure import Failure
from f2p_core.messages.failure import msg_to_failure
from f2p_core.messages.reading import what_reads

OUR_PACKAGE = 'f2p_msgs'
FAILURE_TYPE = f'{OUR_PACKAGE}/msg/Failure'


class BagError(F2PError):
    """A bag that cannot be read, or does not hold what is needed."""


class BagMessage(NamedTuple):
    """One message of a bag, not decoded yet.

    Attributes:
        topic: Name of its topic, as it was recorded.
        type_name: For example ``f2p_msgs/msg/Failure``.
        time_ns: When it was received, on the clock of the recording [ns].
        data: CDR, as it was on the wire.
    """

    topic: str
    type_name: str
    time_ns: int
    data: bytes


class Bag:
    """A recording, open while the ``with`` block runs.

    Args:
        path: Folder with a metadata.yaml, or one .mcap or .db3 file.

    Raises:
        BagError: On entering, if it is missing, damaged or of a version that is not known.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader: AnyReader

    def __enter__(self) -> Bag:
        try:
            self._reader = AnyReader([self.path])
            self._reader.open()
        except Exception as error:  # a damaged file raises whatever its bytes lead to
            raise self._unreadable(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.close()

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The topics with their types, as the bag's index has them."""
        return tuple(self._reader.connections)

    @property
    def start_ns(self) -> int:
        """When the first message was received [ns]."""
        return self._reader.start_time

    def messages(self, topics: Collection[str] | None = None) -> Iterator[BagMessage]:
        """Yields messages by the time they were received, reading on as they are asked for.

        Args:
            topics: Only these; ``None``: all.

        Raises:
            BagError: Where the bag turns out to be damaged.
        """
        wanted = [c for c in self.connections if topics is None or c.topic in topics]
        if not wanted:
            return
        messages = self._reader.messages(wanted)
        while True:
            try:
                connection, time_ns, data = next(messages)
            except StopIteration:
                return
            except Exception as error:
                raise self._unreadable(error) from error
            yield BagMessage(connection.topic, connection.msgtype, time_ns, bytes(data))

    def decode(self, message: BagMessage) -> Any:
        """Returns a message with its fields as attributes, by the definition in the bag.

        Raises:
            BagError: If its bytes do not fit its definition.
        """
        try:
            return self._reader.deserialize(message.data, message.type_name)
        except Exception as error:
            raise self._unreadable(error) from error

    def foreign_types(self) -> tuple[str, ...]:
        """Returns the message types recorded by another definition than the one known here.

        Types that are neither ours nor of ROS 2 Jazzy are not known, and not foreign.
        """
        return tuple(sorted({c.msgtype for c in self.connections if self._is_foreign(c.msgtype)}))

    def older_schema(self) -> int | None:
        """Returns the version of our messages it was recorded with, if that is an older one."""
        recorded = _schema(self._reader.typestore)
        known = _schema(message_types())
        if recorded is None or known is None or recorded >= known:
            return None
        return recorded

    def problems(self) -> tuple[str, ...]:
        """Returns what keeps this software from reading the bag, one sentence each."""
        older = self.older_schema()
        if older is not None:
            return (
                f'the bag {self.path} is of version {older}; '
                f'{what_reads(older, _schema(message_types()) or 0)}',
            )
        return tuple(
            f'the bag {self.path} has another definition of {name} than this software; '
            'read it with the version that recorded it'
            for name in self.foreign_types()
        )

    def require_todays(self, type_name: str) -> None:
        """Refuses a message type of another version.

        Raises:
            BagError: If the bag has another definition of it than this software.
        """
        if type_name in self.foreign_types():
            older = self.older_schema() is not None
            named = (p for p in self.problems() if older or f' {type_name} ' in p)
            raise BagError(next(named))

    def _is_foreign(self, type_name: str) -> bool:
        known, recorded = message_types(), self._reader.typestore
        if type_name not in known.fielddefs:
            return type_name.startswith(f'{OUR_PACKAGE}/')
        return known.hash_rihs01(type_name) != recorded.hash_rihs01(type_name)

    def _unreadable(self, error: Exception) -> BagError:
        reason = str(error) or type(error).__name__
        return BagError(f'the bag {self.path} cannot be read: {reason}')


def _schema(types: Typestore) -> int | None:
    """The version of our messages, as the constants of those say that have one."""
    for type_name in (FAILURE_TYPE, f'{OUR_PACKAGE}/msg/Scene'):
        constants = types.fielddefs.get(type_name, ((), ()))[0]
        for name, _, value in constants:
            if name == 'SCHEMA_VERSION' and isinstance(value, int):
                return value
    return None


def failures_of(bag: Bag) -> Iterator[Failure]:
    """Yields the failures of an open bag, oldest first.

    Raises:
        BagError: If the bag is damaged, or of a version with another definition of failures.
        InvalidInputError: If a failure in it cannot be used.
    """
    topics = {c.topic for c in bag.connections if c.msgtype == FAILURE_TYPE}
    if topics:
        bag.require_todays(FAILURE_TYPE)
    for i, message in enumerate(bag.messages(topics)):
        yield msg_to_failure(bag.decode(message), f'{bag.path}: failure {i}')


def failures_in_bag(path: Path) -> tuple[Failure, ...]:
    """Returns the failures of a bag, oldest first, at least one.

    Raises:
        BagError: If the bag cannot be read, is of another version, or has no failure in it.
        InvalidInputError: If a failure in it cannot be used.
    """
    with Bag(path) as bag:
        failures = tuple(failures_of(bag))
    if not failures:
        raise BagError(f'the bag {path} holds no message of type {FAILURE_TYPE}')
    return failures


@cache
def message_types() -> Typestore:
    """Returns the definitions of all messages: those of ROS 2 Jazzy and ours, as installed.

    Raises:
        BagError: If f2p_msgs is not installed.
    """
    folder = _installed_definitions()
    store = get_typestore(Stores.ROS2_JAZZY)
    ours = {}
    for path in sorted(folder.glob('*.msg')):
        ours.update(get_types_from_msg(path.read_text(), f'{OUR_PACKAGE}/msg/{path.stem}'))
    store.register(ours)
    return store


def _installed_definitions() -> Path:
    """The folder of our .msg files; found as ament finds it, which may not be there."""
    prefixes = [*os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep), sys.prefix]
    for prefix in filter(None, prefixes):
        folder = Path(prefix) / 'share' / OUR_PACKAGE / 'msg'
        if folder.is_dir():
            return folder
    raise BagError(
        f'the definitions of {OUR_PACKAGE} are not installed below {", ".join(prefixes)}; '
        'run `make` once, or build the workspace and `source install/setup.bash`'
    )
