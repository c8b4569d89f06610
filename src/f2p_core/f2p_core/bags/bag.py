# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A recording of rosbag2, open for reading: message by message, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, ExitStack
from pathlib import Path
import tempfile
from types import TracebackType
from typing import Any

from f2p_core.bags.definitions import (
    decoded,
    FAILURE_TYPE,
    is_foreign,
    message_types,
    schema_in,
    schema_of,
    types_in,
)
from f2p_core.bags.errors import BagError
from f2p_core.bags.folder import files_of, PACKED
from f2p_core.bags.mcap_file import McapFile
from f2p_core.bags.sqlite_file import SqliteFile
from f2p_core.bags.storage import BagMessage, BagTopic, MAX_FILE_BYTES, OnDamage, Storage
from f2p_core.bags.unpacking import most_unpacked, unpack_file, unpacked_message
from f2p_core.errors import InvalidInputError
from f2p_core.failure import Failure
from f2p_core.files import ForbiddenPathError, open_regular
from f2p_core.messages.failure import msg_to_failure
from f2p_core.messages.reading import what_reads


class Bag:
    """A recording, open while the ``with`` block runs.

    Every checksum it has is compared with what is read. A recorder that was killed leaves a file
    without an index: it is read as far as it goes. What is in topics that nobody asks for is not
    decoded, nor is their definition looked at.

    Args:
        path: Folder of the bag, or one .mcap or .db3 file.
        folders: Where its files may lie, links followed; ``None``: anywhere.

    Raises:
        BagError: On entering, if it is missing, of a version that is not known, or would unpack
            to too much.
        ForbiddenPathError: On entering, if a file of it lies outside the folders.
        BagDamagedError: On entering, if its structure is damaged.
    """

    def __init__(self, path: Path, folders: Sequence[str] | None = None) -> None:
        self.path = path
        self._folders = folders
        self._opened = ExitStack()
        self._storages: list[Storage] = []
        self._packs_messages = False

    def __enter__(self) -> Bag:
        with self._naming_it(), ExitStack() as opened:
            files = files_of(self.path, self._folders)
            self._packs_messages = files.packs_messages
            for path in files.paths:
                storage = _storage(path, opened)
                opened.callback(storage.close)
                self._storages.append(storage)
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.close()

    @property
    def topics(self) -> tuple[BagTopic, ...]:
        """What was recorded, each topic once."""
        return tuple(dict.fromkeys(t for s in self._storages for t in s.topics))

    @property
    def start_ns(self) -> int:
        """When the first message was received [ns]; 0 if there is none."""
        starts = (s.start_ns for s in self._storages)
        return min((start for start in starts if start is not None), default=0)

    @property
    def has_checksums(self) -> bool:
        """Whether damage to any message would be noticed."""
        return all(s.has_checksums for s in self._storages)

    def remarks(self) -> tuple[str, ...]:
        """Returns what is to be known of it though it can be read, one sentence each."""
        return tuple(remark for s in self._storages for remark in s.remarks)

    def messages(
        self, topics: Collection[str], on_damage: OnDamage | None = None
    ) -> Iterator[BagMessage]:
        """Yields messages by the time they were received, reading on as they are asked for.

        Args:
            topics: Names of the topics.
            on_damage: Told of each damaged part, behind which reading goes on; ``None``: the
                first one is raised.

        Raises:
            BagDamagedError: Where the bag turns out to be damaged: file, chunk, bytes, topics
                and time, as far as known.
        """
        with self._naming_it():
            for storage in self._storages:
                for stored in storage.messages(topics, on_damage or _refuse):
                    yield _unpacked(stored) if self._packs_messages else stored

    def damages(self) -> Iterator[str]:
        """Yields damage that no message shows: to indexes and to the structure of its files.

        Raises:
            BagError: If a file cannot be read on.
        """
        with self._naming_it():
            for storage in self._storages:
                yield from storage.damages()

    def decode(self, message: BagMessage) -> Any:
        """Returns a message with its fields as attributes, by the definition it was recorded by.

        Raises:
            BagError: If its bytes do not fit its definition, or that is not known.
        """
        topic = next(t for t in self.topics if t[:2] == message[:2])
        with self._naming_it():
            types = types_in(topic) if is_foreign(topic) else message_types()
            return decoded(message.data, message.type_name, types)

    def foreign_types(self, type_names: Collection[str]) -> tuple[str, ...]:
        """Returns which of some message types were recorded by another definition than ours."""
        asked = (t for t in self.topics if t.type_name in type_names)
        return tuple(sorted({t.type_name for t in asked if is_foreign(t)}))

    def older_schema(self) -> int | None:
        """Returns the version of our messages it was recorded with, if that is an older one."""
        known = schema_of(message_types())
        recorded = next((v for t in self.topics if (v := schema_in(t)) is not None), None)
        return None if recorded is None or known is None or recorded >= known else recorded

    def problems(self, type_names: Collection[str]) -> tuple[str, ...]:
        """Returns what keeps this software from reading some message types, a sentence each."""
        foreign = self.foreign_types(type_names)
        older = self.older_schema() if foreign else None
        if older is not None:
            return (
                f'the bag {self.path} is of version {older}; '
                f'{what_reads(older, schema_of(message_types()) or 0)}',
            )
        return tuple(
            f'the bag {self.path} has another definition of {name} than this software; '
            'read it with the version that recorded it'
            for name in foreign
        )

    def require_todays(self, type_name: str) -> None:
        """Refuses a message type of another version.

        Raises:
            BagError: If the bag has another definition of it than this software.
        """
        for problem in self.problems((type_name,)):
            raise BagError(problem)

    @contextmanager
    def _naming_it(self) -> Iterator[None]:
        """Has errors say which bag it is."""
        try:
            yield
        except BagError as error:
            raise type(error)(f'the bag {self.path} cannot be read: {error}') from error
        except ForbiddenPathError:
            raise
        except InvalidInputError as error:
            raise BagError(f'the bag {self.path} cannot be read: {error}') from error


def failures_of(bag: Bag) -> Iterator[Failure]:
    """Yields the failures of an open bag, oldest first.

    Raises:
        BagError: If the bag is damaged, or of a version with another definition of failures.
        InvalidInputError: If a failure in it cannot be used.
    """
    topics = {t.name for t in bag.topics if t.type_name == FAILURE_TYPE}
    if topics:
        bag.require_todays(FAILURE_TYPE)
    of_failures = (m for m in bag.messages(topics) if m.type_name == FAILURE_TYPE)
    for i, message in enumerate(of_failures):
        yield msg_to_failure(bag.decode(message), f'{bag.path}: failure {i}')


def failures_in_bag(path: Path, folders: Sequence[str] | None = None) -> tuple[Failure, ...]:
    """Returns the failures of a bag, oldest first, at least one.

    Args:
        path: Folder of the bag, or its file.
        folders: Where its files may lie, links followed; ``None``: anywhere.

    Raises:
        BagError: If the bag cannot be read, is of another version, or has no failure in it.
        InvalidInputError: If a failure in it cannot be used.
    """
    with Bag(path, folders) as bag:
        failures = tuple(failures_of(bag))
        unfinished = ''.join(f'; {remark}' for remark in bag.remarks())
    if not failures:
        raise BagError(f'the bag {path} holds no message of type {FAILURE_TYPE}{unfinished}')
    return failures


def _refuse(error: BagError) -> None:
    raise error


def _unpacked(message: BagMessage) -> BagMessage:
    return message._replace(data=unpacked_message(message.data))


def _storage(path: Path, opened: ExitStack) -> Storage:
    """Opens a file of a bag; one that is compressed as a whole is unpacked beside the others."""
    if path.suffix == PACKED:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix='f2p_bag_')))
        packed = opened.enter_context(open_regular(path, MAX_FILE_BYTES))
        target = folder / path.stem
        with target.open('wb') as stream:
            unpack_file(packed, stream, most_unpacked(path.stat().st_size))
        path = target
    return McapFile(path) if path.suffix == '.mcap' else SqliteFile(path)
