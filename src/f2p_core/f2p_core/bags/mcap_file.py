# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Messages of an MCAP file by time, finished or not; every checksum it has is compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
import heapq
from pathlib import Path
import struct
from typing import NamedTuple
import zlib

from mcap.opcode import Opcode

from f2p_core.bags.errors import BagDamagedError, BagError
from f2p_core.bags.outline import Outline, Section
from f2p_core.bags.storage import BagMessage, BagTopic, MAX_FILE_BYTES, OnDamage
from f2p_core.bags.unpacking import MAX_CHUNK_BYTES, unpacked
from f2p_core.files import open_regular

_RECORD = struct.Struct('<BQ')
_MESSAGE = struct.Struct('<HIQQ')
_BLOCK_BYTES = 2**20
"""Read at a time for the checksum of a whole file [bytes]."""

_MAX_OPEN_BYTES = 2 * MAX_CHUNK_BYTES
"""Chunks whose times overlap are unpacked at once, up to here [bytes]."""

_HASH_KEY = 'topic_type_hash'
"""Where rosbag2 keeps the hash of a type in the metadata of a channel."""

_IDL = ('ros2idl', 'omgidl')


class _Raw(NamedTuple):
    """One message of an unpacked chunk."""

    time_ns: int
    order: int
    channel: int
    data: bytes


class _Open(NamedTuple):
    """A section that is being read: ordered by the time of its next message."""

    time_ns: int
    order: int
    section: Section
    message: _Raw
    rest: Iterator[_Raw]


class McapFile:
    """An open MCAP file.

    Without an index, as a recorder that was killed leaves it, the whole chunks are read; what
    comes behind the last whole one is left out and said in ``remarks``.

    Args:
        path: The file.

    Raises:
        BagError: If it is no MCAP file of ROS 2, or would unpack to too much.
        BagDamagedError: If its structure or its index is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = ExitStack()
        try:
            stream = self._opened.enter_context(open_regular(path, MAX_FILE_BYTES))
            self._outline = Outline(stream.fileno())
            self._sections = self._whole_sections()
            if self._outline.cut_at is not None or not self._outline.channels:
                self._learn_channels()
            self._topics = {i: self._topic(i) for i in self._outline.channels}
        except BaseException:
            self._opened.close()
            raise

    @property
    def topics(self) -> tuple[BagTopic, ...]:
        """What was recorded."""
        return tuple(self._topics.values())

    @property
    def start_ns(self) -> int | None:
        """When the first message was received [ns]; ``None``: there is none."""
        return min((s.start_ns for s in self._sections if not s.is_empty), default=None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Says where an unfinished file ends."""
        if self._outline.cut_at is None:
            return ()
        if not self._sections:
            return (f'{self._path.name} was not finished: no chunk of it is whole',)
        last_ns = max(s.end_ns for s in self._sections)
        return (
            f'{self._path.name} was not finished: it is read up to byte {self._outline.cut_at} of '
            f'{self._outline.size}, last message at {last_ns * 1e-9:.3f} s',
        )

    @property
    def has_checksums(self) -> bool:
        """Whether damage to any message would be noticed."""
        return all(s.crc if s.number else self._outline.data_crc for s in self._sections)

    def close(self) -> None:
        """Closes the file."""
        self._opened.close()

    def messages(self, topics: Collection[str], on_damage: OnDamage) -> Iterator[BagMessage]:
        """Yields messages by time; of a section, in the order of the file where times are equal.

        Args:
            topics: Names of the topics.
            on_damage: Told of each damaged chunk.

        Raises:
            BagError: If so many chunks overlap in time that they cannot be sorted.
        """
        wanted = frozenset(i for i, t in self._topics.items() if t.name in topics)
        if any(s.number == 0 for s in self._sections) and not self._data_is_sound():
            on_damage(self._data_damage())
        reading: list[_Open] = []
        for section in sorted(self._sections, key=lambda s: (s.start_ns, s.offset)):
            if not wanted or not self._may_hold(section, wanted):
                continue
            yield from self._read_until(section.start_ns, reading, on_damage)
            if sum(o.section.unpacked_bytes for o in reading) > _MAX_OPEN_BYTES:
                raise BagError(
                    f'{self._path.name} has too many chunks of one time to sort its messages; '
                    f'sort it with `mcap sort`'
                )
            self._push(reading, section, self._raw(section, wanted), on_damage)
        yield from self._read_until(None, reading, on_damage)

    def damages(self) -> Iterator[str]:
        """Yields damage outside of chunks: to the small indexes between them."""
        if not self._data_is_sound():
            yield str(self._data_damage())

    def _read_until(
        self, time_ns: int | None, reading: list[_Open], on_damage: OnDamage
    ) -> Iterator[BagMessage]:
        while reading and (time_ns is None or reading[0].time_ns < time_ns):
            first = heapq.heappop(reading)
            topic = self._topics[first.message.channel]
            yield BagMessage(topic.name, topic.type_name, first.time_ns, first.message.data)
            self._push(reading, first.section, first.rest, on_damage)

    def _push(
        self, reading: list[_Open], section: Section, rest: Iterator[_Raw], on_damage: OnDamage
    ) -> None:
        try:
            message = next(rest, None)
        except BagDamagedError as error:
            on_damage(error)
            return
        if message is not None:
            heapq.heappush(reading, _Open(message.time_ns, section.offset, section, message, rest))

    def _may_hold(self, section: Section, wanted: frozenset[int]) -> bool:
        """False only where an index that has its checksum says so."""
        known = self._outline.indexed.get(section.offset)
        return not (self._outline.has_index and known) or bool(known & wanted)

    def _raw(self, section: Section, wanted: frozenset[int]) -> Iterator[_Raw]:
        """Yields the wanted messages of a section by time; a chunk is unpacked when asked."""
        records = self._chunk(section) if section.number else self._loose(section)
        found = (
            self._message(section, order, content)
            for order, (opcode, content) in enumerate(records)
            if opcode == Opcode.MESSAGE
        )
        chosen = (message for message in found if message.channel in wanted)
        yield from sorted(chosen) if section.number else chosen

    def _message(self, section: Section, order: int, content: memoryview) -> _Raw:
        try:
            channel, _, time_ns, _ = _MESSAGE.unpack_from(content)
        except struct.error as error:
            raise self._damaged(section, 'a message has no head') from error
        if channel not in self._topics:
            raise self._damaged(section, f'a message is of channel {channel}, which is unknown')
        if section.number and not section.start_ns <= time_ns <= section.end_ns:
            raise self._damaged(section, f'a message is of {time_ns * 1e-9:.3f} s')
        return _Raw(time_ns, order, channel, bytes(content[_MESSAGE.size :]))

    def _chunk(self, section: Section) -> Iterator[tuple[int, memoryview]]:
        """Yields (opcode, content) of the records of a chunk, once its checksum is compared."""
        try:
            packed = self._outline.read(section.data_offset, section.data_bytes)
            raw = unpacked(packed, section.compression, section.unpacked_bytes)
        except BagDamagedError as error:
            raise self._damaged(section, str(error)) from error
        if section.crc and zlib.crc32(raw) != section.crc:
            raise self._damaged(section, 'it does not have its checksum')
        view, place = memoryview(raw), 0
        while place < len(raw):
            try:
                opcode, length = _RECORD.unpack_from(view, place)
            except struct.error as error:
                raise self._damaged(section, 'a record in it is cut off') from error
            content = view[place + _RECORD.size :][:length]
            place += _RECORD.size + length
            if opcode not in (Opcode.SCHEMA, Opcode.CHANNEL, Opcode.MESSAGE) or place > len(raw):
                raise self._damaged(section, 'a record in it cannot be one')
            yield opcode, content

    def _loose(self, section: Section) -> Iterator[tuple[int, memoryview]]:
        place = section.offset
        while place < section.end:
            opcode, length = _RECORD.unpack(self._outline.read(place, _RECORD.size))
            if length > MAX_CHUNK_BYTES:
                raise BagError(
                    f'{self._path.name} has a message of {length} bytes; at most '
                    f'{MAX_CHUNK_BYTES} are read at a time'
                )
            yield opcode, memoryview(self._outline.read(place + _RECORD.size, length))
            place += _RECORD.size + length

    def _whole_sections(self) -> tuple[Section, ...]:
        """The sections; the last one of an unfinished file may be there in part."""
        sections = tuple(self._outline.sections)
        if self._outline.cut_at is not None and sections and sections[-1].number:
            try:
                for _ in self._chunk(sections[-1]):
                    pass
            except BagDamagedError:
                self._outline.cut_at = sections[-1].offset
                return sections[:-1]
        return sections

    def _learn_channels(self) -> None:
        """Reads all chunks for their schemas and channels; one that is damaged says so later."""
        for section in self._sections:
            if section.number:
                try:
                    for opcode, content in self._chunk(section):
                        if opcode != Opcode.MESSAGE:
                            self._outline.learn(opcode, bytes(content))
                except BagDamagedError:
                    continue

    def _topic(self, channel_id: int) -> BagTopic:
        channel = self._outline.channels[channel_id]
        schema = self._outline.schemas.get(channel.schema_id)
        if schema is None:
            return BagTopic(channel.topic, '')
        return BagTopic(
            channel.topic,
            schema.name,
            schema.data.decode('utf-8', 'replace'),
            schema.encoding in _IDL,
            channel.metadata.get(_HASH_KEY, ''),
        )

    def _data_is_sound(self) -> bool:
        """Compares the checksum of all that comes before the index, where there is one."""
        left, crc = self._outline.data_end, 0
        if not self._outline.data_crc:
            return True
        while left:
            size = min(left, _BLOCK_BYTES)
            crc = zlib.crc32(self._outline.read(self._outline.data_end - left, size), crc)
            left -= size
        return crc == self._outline.data_crc

    def _data_damage(self) -> BagDamagedError:
        return BagDamagedError(
            f'{self._path.name}: bytes 0 to {self._outline.data_end} do not have their checksum'
        )

    def _damaged(self, section: Section, why: str) -> BagDamagedError:
        """Says what is damaged and where: file, chunk, bytes, topics, time."""
        known = self._outline.indexed.get(section.offset, ())
        names = {self._topics[i].name for i in known if i in self._topics}
        topics = f', {", ".join(sorted(names))}' if names else ''
        part = f'chunk {section.number} of {self._outline.chunks}' if section.number else 'a part'
        return BagDamagedError(
            f'{self._path.name}: {part} (bytes {section.offset} to {section.end}{topics}, '
            f'{section.start_ns * 1e-9:.3f} s to {section.end_ns * 1e-9:.3f} s) is damaged: {why}'
        )
