# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Unpacking what is compressed, within bounds that are known before."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

import lz4.frame
import zstandard

from f2p_core.bags.errors import BagDamagedError, BagError

MAX_CHUNK_BYTES = 256 * 2**20
"""One chunk or message may unpack to so much [bytes]: a camera's message takes 30 MB at most,
recorders close a chunk after 1 to 4 MB, and two chunks are in memory at a time."""

BASE_BYTES = 2 * 2**30
"""Any file may unpack to so much [bytes]: about two seconds of work."""

MAX_RATIO = 200
"""A larger file may unpack to so many times its size; depth images come to 30."""


def most_unpacked(size: int) -> int:
    """Returns what a file of a size may unpack to in all [bytes]."""
    return max(BASE_BYTES, MAX_RATIO * size)


def check_chunk_size(size: int, what: str) -> None:
    """Refuses what says of itself that it unpacks to too much, before it is unpacked.

    Raises:
        BagError: Naming the limit.
    """
    if size > MAX_CHUNK_BYTES:
        raise BagError(
            f'{what} unpacks to {size} bytes; at most {MAX_CHUNK_BYTES} are read at a time'
        )


def unpacked(data: bytes, compression: str, size: int) -> bytes:
    """Returns the unpacked content of a chunk, whose size is known.

    Raises:
        BagDamagedError: If it does not unpack to that size, or the compression is not known.
    """
    if compression == '':
        raw = data
    elif compression == 'zstd':
        raw = _zstd(data, size)
    elif compression == 'lz4':
        raw = _lz4(data, size)
    else:
        raise BagDamagedError(f'its compression is {compression[:20]!r}; known: zstd, lz4')
    if len(raw) != size:
        raise BagDamagedError(f'it does not unpack to {size} bytes')
    return raw


def unpacked_message(data: bytes) -> bytes:
    """Returns a message that was compressed by itself.

    Raises:
        BagError: If it is damaged, or unpacks to more than ``MAX_CHUNK_BYTES``.
    """
    try:
        stated = zstandard.frame_content_size(data)
    except zstandard.ZstdError as error:
        raise BagDamagedError(f'a message cannot be unpacked: {error}') from error
    check_chunk_size(stated, 'a message')
    raw = _zstd(data, MAX_CHUNK_BYTES if stated < 0 else stated)
    check_chunk_size(len(raw), 'a message')
    return raw


def unpack_file(packed: BinaryIO, target: BinaryIO, most: int) -> None:
    """Unpacks a file that was compressed as a whole.

    Raises:
        BagError: If it is damaged, or unpacks to more than ``most`` bytes.
    """
    block = 2**20
    left = most
    try:
        with zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as reader:
            while part := reader.read(block):
                left -= len(part)
                if left < 0:
                    raise BagError(f'it unpacks to more than {most} bytes, which is the limit')
                target.write(part)
    except zstandard.ZstdError as error:
        raise BagDamagedError(f'it cannot be unpacked: {error}') from error


def _zstd(data: bytes, size: int) -> bytes:
    """At most ``size + 1`` bytes: one more says that there would be more."""
    try:
        with zstandard.ZstdDecompressor().stream_reader(BytesIO(data)) as reader:
            return reader.read(size + 1)
    except zstandard.ZstdError as error:
        raise BagDamagedError(f'it cannot be unpacked: {error}') from error


def _lz4(data: bytes, size: int) -> bytes:
    try:
        return bytes(lz4.frame.LZ4FrameDecompressor().decompress(data, max_length=size + 1))
    except RuntimeError as error:
        raise BagDamagedError(f'it cannot be unpacked: {error}') from error
