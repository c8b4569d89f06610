# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The outline of an MCAP file: where its chunks are, and what its index says, nothing unpacked."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
import os
import struct
from typing import Any, NamedTuple
import zlib

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, ChunkIndex, Footer, Header, Schema

from f2p_core.bags.errors import BagDamagedError, BagError
from f2p_core.bags.unpacking import check_chunk_size, most_unpacked

MAGIC = b'\x89MCAP0\r\n'
_HEAD = struct.Struct('<BQ')
_CHUNK_HEAD = struct.Struct('<QQQI')
_MESSAGE_HEAD = struct.Struct('<HIQQ')
_FOOTER_BYTES = 20
"""Length of the last record [bytes], by the format."""
_MAX_RECORD_BYTES = 16 * 2**20
"""Records of the index are refused above [bytes]: the longest message definition has 100 kB."""

_PRIVATE = 0x80
"""Records from here on are for whoever wrote the file; readers pass them over."""

_MAX_COMPRESSION = 16
"""Characters in the name of a compression: ``zstd``."""


class Section(NamedTuple):
    """A chunk, or messages one after the other that are in no chunk.

    Attributes:
        offset: Where its record begins in the file [bytes].
        end: Where the next record begins [bytes].
        start_ns, end_ns: Times of its first and its last message [ns].
        number: Which chunk of the file it is, from 1; 0: it is no chunk.
        data_offset, data_bytes: Where the content is, and how long [bytes].
        compression: ``zstd``, ``lz4`` or empty.
        unpacked_bytes: What it unpacks to [bytes].
        crc: CRC-32 of what it unpacks to; 0: none.
    """

    offset: int
    end: int
    start_ns: int
    end_ns: int
    number: int = 0
    data_offset: int = 0
    data_bytes: int = 0
    compression: str = ''
    unpacked_bytes: int = 0
    crc: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it states to hold no message."""
        return self.number > 0 and (self.start_ns > self.end_ns or self.end_ns == 0)


class Outline:
    """What one walk over the heads of all records finds.

    Attributes:
        sections: In the order of the file.
        schemas, channels: By their ids, as far as they are in no chunk.
        indexed: Per offset of a chunk the ids of the channels in it, by the index.
        data_crc: CRC-32 of everything before the index; 0: none.
        data_end: Where that ends [bytes].
        has_index: Whether the file was finished with an index that has a checksum.
        cut_at: Where an unfinished file stops to make sense [bytes]; ``None``: it was finished.
    """

    def __init__(self, descriptor: int) -> None:
        """Walks over the file.

        Raises:
            BagError: If it is no MCAP file of ROS 2, or would unpack to too much.
            BagDamagedError: If it was finished and its records are not where they should be.
        """
        self._file = descriptor
        self.size = os.fstat(descriptor).st_size
        self.sections: list[Section] = []
        self.schemas: dict[int, Schema] = {}
        self.channels: dict[int, Channel] = {}
        self.indexed: dict[int, frozenset[int]] = {}
        self.data_crc = 0
        self.data_end = 0
        self.has_index = False
        self.cut_at: int | None = None
        self._index: list[ChunkIndex] = []
        self._summary_at = 0
        self._chunks = 0
        self._walk()
        total = sum(s.unpacked_bytes for s in self.sections)
        if total > most_unpacked(self.size):
            raise BagError(
                f'it unpacks to {total} bytes; at most {most_unpacked(self.size)} are read of a '
                f'file of {self.size} bytes'
            )

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return self._chunks

    def read(self, offset: int, size: int) -> bytes:
        """Returns bytes of the file, all of them.

        Raises:
            BagDamagedError: If the file ends before.
        """
        data = os.pread(self._file, size, offset) if offset + size <= self.size else b''
        if len(data) != size:
            raise BagDamagedError(f'it ends before byte {offset + size}')
        return data

    def learn(self, opcode: int, content: bytes) -> None:
        """Takes in a schema or a channel, which is the same wherever it is repeated.

        Raises:
            BagDamagedError: If it is not, or cannot be read.
        """
        known: dict[int, Any] = self.schemas if opcode == Opcode.SCHEMA else self.channels
        record = parsed(Schema if opcode == Opcode.SCHEMA else Channel, content)
        if known.setdefault(record.id, record) != record:
            raise BagDamagedError(f'it says two things of {type(record).__name__} {record.id}')

    def _walk(self) -> None:
        if self.size == 0:
            raise BagError('the file is empty')
        if self.read(0, min(8, self.size)) != MAGIC:
            raise BagError('it does not begin as an MCAP file does')
        is_finished = self.size >= 16 and self.read(self.size - 8, 8) == MAGIC
        place = len(MAGIC)
        try:
            for opcode, offset, content, end in self._records(len(MAGIC)):
                self._take(opcode, offset, content, end)
                if opcode == Opcode.FOOTER:
                    self._finish(offset, content, end)
                    return
                place = end
        except (BagDamagedError, ValueError) as error:
            if is_finished:
                raise BagDamagedError(f'its structure breaks at byte {place}: {error}') from error
        if is_finished:
            raise BagDamagedError(f'its structure breaks at byte {place}')
        self.cut_at = place

    def _records(self, offset: int) -> Iterator[tuple[int, int, int, int]]:
        """Yields (opcode, offset, offset of the content, end) until the file ends."""
        while offset < self.size:
            opcode, length = _HEAD.unpack(self.read(offset, _HEAD.size))
            end = offset + _HEAD.size + length
            if end > self.size:
                raise BagDamagedError('a record would end behind the file')
            if opcode < _PRIVATE:
                Opcode(opcode)  # a ValueError where there is no such record
            yield opcode, offset, offset + _HEAD.size, end
            offset = end

    def _take(self, opcode: int, offset: int, content: int, end: int) -> None:
        if offset == len(MAGIC):
            self._check_header(opcode, content, end)
        elif opcode == Opcode.CHUNK:
            self._add_chunk(offset, content, end)
        elif opcode == Opcode.MESSAGE:
            self._add_message(offset, content, end)
        elif opcode in (Opcode.SCHEMA, Opcode.CHANNEL):
            self.learn(opcode, self._content(content, end))
        elif opcode == Opcode.CHUNK_INDEX:
            self._index.append(parsed(ChunkIndex, self._content(content, end)))
        elif opcode == Opcode.DATA_END:
            self.data_end, self._summary_at = offset, end
            self.data_crc = int.from_bytes(self._content(content, end)[:4], 'little')

    def _content(self, offset: int, end: int) -> bytes:
        if end - offset > _MAX_RECORD_BYTES:
            raise BagDamagedError(
                f'a record of {end - offset} bytes is more than the {_MAX_RECORD_BYTES} allowed'
            )
        return self.read(offset, end - offset)

    def _check_header(self, opcode: int, content: int, end: int) -> None:
        if opcode != Opcode.HEADER:
            raise BagDamagedError('the header is missing')
        profile = parsed(Header, self._content(content, end)).profile
        if profile != 'ros2':
            raise BagError(f'it is no recording of ROS 2: its profile is {profile[:20]!r}')

    def _add_chunk(self, offset: int, content: int, end: int) -> None:
        head = self.read(content, min(_CHUNK_HEAD.size + 12 + _MAX_COMPRESSION, end - content))
        try:
            start_ns, end_ns, size, crc = _CHUNK_HEAD.unpack_from(head)
            (letters,) = struct.unpack_from('<I', head, _CHUNK_HEAD.size)
            names = head[_CHUNK_HEAD.size + 4 :][:letters]
            (packed,) = struct.unpack_from('<Q', head, _CHUNK_HEAD.size + 4 + letters)
        except struct.error as error:
            raise BagDamagedError(f'a chunk without its head: {error}') from error
        data = content + _CHUNK_HEAD.size + 12 + letters
        if data + packed != end:
            raise BagDamagedError('a chunk does not have the length it states')
        self._chunks += 1
        check_chunk_size(size, f'its chunk {self._chunks} at byte {offset}')
        self.sections.append(
            Section(
                offset, end, start_ns, end_ns, self._chunks, data, packed,
                names.decode('latin-1'), size, crc,
            )
        )  # fmt: skip

    def _add_message(self, offset: int, content: int, end: int) -> None:
        """Adds a message outside of chunks to the section before it, if that goes on."""
        if end - content < _MESSAGE_HEAD.size:
            raise BagDamagedError('a message without its head')
        time_ns = _MESSAGE_HEAD.unpack(self.read(content, _MESSAGE_HEAD.size))[2]
        last = self.sections[-1] if self.sections else None
        if last is not None and last.number == 0 and last.end == offset:
            self.sections[-1] = last._replace(end=end, end_ns=time_ns)
        else:
            self.sections.append(Section(offset, end, time_ns, time_ns))

    def _finish(self, offset: int, content: int, end: int) -> None:
        if self.read(end, self.size - end) != MAGIC:
            raise BagDamagedError('it does not end as an MCAP file does')
        if end - content != _FOOTER_BYTES or not self.data_end:
            raise BagDamagedError('its end is not that of a finished file')
        footer = parsed(Footer, self.read(content, _FOOTER_BYTES))
        if footer.summary_start not in (0, self._summary_at):
            raise BagDamagedError('its index is not where it should be')
        if footer.summary_crc:
            covered = self.read(self._summary_at, content + _FOOTER_BYTES - 4 - self._summary_at)
            if zlib.crc32(covered) != footer.summary_crc:
                raise BagDamagedError(
                    f'its index, bytes {self._summary_at} to {self.size}, does not have its '
                    'checksum'
                )
        self.has_index = footer.summary_crc != 0 and bool(self._index or not self._chunks)
        self._compare_with_index()

    def _compare_with_index(self) -> None:
        """Each chunk states at two places where and what it is."""
        found = [
            (s.offset, s.end - s.offset, s.start_ns, s.end_ns, s.compression, s.data_bytes,
             s.unpacked_bytes)
            for s in self.sections if s.number
        ]  # fmt: skip
        stated = [
            (i.chunk_start_offset, i.chunk_length, i.message_start_time, i.message_end_time,
             i.compression, i.compressed_size, i.uncompressed_size)
            for i in self._index
        ]  # fmt: skip
        for one, other in zip(found, stated, strict=False) if stated else ():
            if one != other:
                raise BagDamagedError(f'its index and its chunk at byte {one[0]} differ')
        if stated and len(found) != len(stated):
            raise BagDamagedError(f'its index has {len(stated)} chunks; {len(found)} are there')
        self.indexed = {
            i.chunk_start_offset: frozenset(i.message_index_offsets) for i in self._index
        }


def parsed(record: Any, content: bytes) -> Any:
    """Reads one record of the library ``mcap``.

    Raises:
        BagDamagedError: If its content cannot be one.
    """
    try:
        return record.read(ReadDataStream(BytesIO(content)))
    except (McapError, ValueError, struct.error) as error:
        raise BagDamagedError(f'a {record.__name__} cannot be read: {error}') from error
