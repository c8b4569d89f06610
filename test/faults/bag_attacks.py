# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bags that can do harm: they unpack to gigabytes, wait for ever, or lead elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
import os
from pathlib import Path
import struct
import zlib

from bag_cases import file_in, foreign_bag, shipped_messages, sql
from rosbags.rosbag2 import StoragePlugin, Writer
import zstandard

from f2p_core.bags import FAILURE_TYPE, message_types

MEGABYTE = 2**20


def _record(opcode: int, data: bytes) -> bytes:
    return struct.pack('<BQ', opcode, len(data)) + data


def _text(value: str) -> bytes:
    return struct.pack('<I', len(value)) + value.encode()


@cache
def _zeros(megabytes: int) -> bytes:
    compressor = zstandard.ZstdCompressor().compressobj()
    parts = [compressor.compress(bytes(MEGABYTE)) for _ in range(megabytes)]
    return b''.join((*parts, compressor.flush()))


def bomb(path: Path, *, chunks: int, unpacked: int, stated: int) -> Path:
    """An unfinished MCAP of a few kilobytes that unpacks to a lot of zeros."""
    packed = _zeros(unpacked // MEGABYTE)
    head = struct.pack('<QQQI', 1, 2, stated, zlib.crc32(b'')) + _text('zstd')
    chunk = _record(6, head + struct.pack('<Q', len(packed)) + packed)
    header = _record(1, _text('ros2') + _text('test'))
    path.mkdir()
    (path / 'bomb.mcap').write_bytes(b'\x89MCAP0\r\n' + header + chunk * chunks)
    return path


def large_chunk(path: Path) -> Path:
    """One chunk that says it unpacks to 1.5 GB."""
    return bomb(path, chunks=1, unpacked=1500 * MEGABYTE, stated=1500 * MEGABYTE)


def lying_chunk(path: Path) -> Path:
    """One chunk that says it unpacks to 1 MB, and does to 1.5 GB."""
    return bomb(path, chunks=1, unpacked=1500 * MEGABYTE, stated=MEGABYTE)


def many_chunks(path: Path) -> Path:
    """Chunks within the limit, which come to 20 GB together."""
    return bomb(path, chunks=100, unpacked=200 * MEGABYTE, stated=200 * MEGABYTE)


def fifo(path: Path) -> Path:
    """A FIFO in place of the file."""
    foreign_bag(path, StoragePlugin.MCAP)
    file = file_in(path)
    file.unlink()
    os.mkfifo(file)
    return path


def fifo_as_metadata(path: Path) -> Path:
    """A FIFO in place of metadata.yaml."""
    foreign_bag(path, StoragePlugin.MCAP)
    (path / 'metadata.yaml').unlink()
    os.mkfifo(path / 'metadata.yaml')
    return path


def fifo_alone(path: Path) -> Path:
    """A FIFO in place of the bag."""
    os.mkfifo(path.with_suffix('.mcap'))
    return path.with_suffix('.mcap')


def circle(path: Path) -> Path:
    """A link that leads to itself."""
    path.symlink_to(path)
    return path


def circle_inside(path: Path) -> Path:
    """A link in place of the file that leads to itself."""
    foreign_bag(path, StoragePlugin.MCAP)
    file = file_in(path)
    file.unlink()
    file.symlink_to(file)
    return path


def nul(path: Path) -> Path:
    """A path with NUL in it."""
    return Path(f'{path}\0')


def view_for_table(path: Path) -> Path:
    """A view that never ends in place of the messages."""
    foreign_bag(path, StoragePlugin.SQLITE3)
    sql(
        path,
        'DROP TABLE messages',
        'CREATE VIEW messages AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)'
        " SELECT id, 1 AS topic_id, id AS timestamp, x'00' AS data FROM n",
    )
    return path


def incomplete_failure(path: Path) -> Path:
    """The definition of the failure itself ends in its middle."""
    text = message_types().generate_msgdef(FAILURE_TYPE, ros_version=2)[0]
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        half = text[: text.index('=' * 80)]
        topic = writer.add_connection('/failure', FAILURE_TYPE, msgdef=half, rihs01='RIHS01_0')
        for message in shipped_messages(0):
            writer.write(topic, message.time_ns, message.data)
    return path


def long_definition(path: Path) -> Path:
    """The definition of the failure goes on for ever."""
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        endless = 'int8 a\n' * 100_000
        topic = writer.add_connection('/failure', FAILURE_TYPE, msgdef=endless, rihs01='RIHS01_0')
        for message in shipped_messages(0):
            writer.write(topic, message.time_ns, message.data)
    return path


REFUSED: tuple[Callable[[Path], Path], ...] = (
    large_chunk, lying_chunk, many_chunks, fifo, fifo_as_metadata, fifo_alone, circle,
    circle_inside, nul, view_for_table, incomplete_failure, long_definition,
)  # fmt: skip
"""Bags that must be refused, at once and in one sentence."""

NESTED = '[' * 100_000
LAUGHS = '\n'.join(
    [f'a0: &a0 [{"lol, " * 9}]', *(f'a{i}: &a{i} [{f"*a{i - 1}, " * 9}]' for i in range(1, 12))]
)
METADATA = (
    '', 'null', '[]', '7', NESTED, LAUGHS, 'rosbag2_bagfile_information: null',
    'rosbag2_bagfile_information: {version: null, relative_file_paths: [bag.mcap]}',
    'rosbag2_bagfile_information: {version: 9, relative_file_paths: null}',
    'rosbag2_bagfile_information: {version: 9, relative_file_paths: [7]}',
    'rosbag2_bagfile_information: {version: 9, relative_file_paths: []}',
    'rosbag2_bagfile_information: {version: "9", relative_file_paths: [bag.mcap]}',
    'rosbag2_bagfile_information: {version: 99, relative_file_paths: [bag.mcap]}',
    'rosbag2_bagfile_information: {version: 9, relative_file_paths: [".."]}',
    'rosbag2_bagfile_information: {version: 9, relative_file_paths: ["bag.mcap\\0"]}',
    'rosbag2_bagfile_information: {version: 9, relative_file_paths: [none.mcap]}',
    'rosbag2_bagfile_information: {version: 9, relative_file_paths: [metadata.yaml]}',
    'a: !!python/object/apply:os.system [true]', '\x01', 'a' * (3 * MEGABYTE),
)  # fmt: skip
"""Content of metadata.yaml that must be refused."""
