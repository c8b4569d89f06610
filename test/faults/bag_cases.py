# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Small bags as recorders leave them, and as they may be made to do harm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
import sqlite3
from typing import Any

import mcap.writer
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_types_from_msg, get_typestore, Stores
import zstandard

from f2p_core.bags import Bag, BagMessage, definition_text, FAILURE_TYPE, message_types
from f2p_replay.contract import topics_in
from f2p_replay.window import Recorded
from f2p_replay.writing import BagWriter

SHIPPED = Path(__file__).resolve().parents[2] / 'examples' / 'bags' / 'carry_2_objects'
Extra = tuple[str, str, str]
"""A topic, its type and the text of its definition."""


def shipped_messages(count: int) -> list[Recorded]:
    """The shipped failure, and as many small messages before it."""
    with Bag(SHIPPED) as bag:
        topics = topics_in(bag)
        small = [n for n in topics if n in ('/tf', '/joint_states', '/model_version')]
        first = [m for m, _ in zip(bag.messages(small), range(count), strict=False)]
        (failure,) = bag.messages(['/failure'])
        return [Recorded(topics[m.topic], m.time_ns, m.data) for m in (*first, failure)]


def small_bag(path: Path, messages: Sequence[Recorded]) -> Path:
    """An MCAP bag of four chunks, as the recorder writes it."""
    writer = BagWriter(path)
    part = len(messages) // 4 + 1
    for i in range(0, len(messages), part):
        writer.write(messages[i : i + part])
        writer.flush()
    writer.finish()
    return path


def content(path: Path) -> list[BagMessage]:
    """All messages of a bag."""
    with Bag(path) as bag:
        return list(bag.messages([t.name for t in bag.topics]))


def file_in(path: Path) -> Path:
    """The one file of a bag that holds its messages."""
    (file,) = (*path.glob('*.mcap'), *path.glob('*.db3'))
    return file


def foreign_bag(path: Path, plugin: StoragePlugin, extra: Extra | None = None) -> Path:
    """The failure as another recorder keeps it, beside one topic of something else."""
    store = message_types()
    with Writer(path, version=9, storage_plugin=plugin) as writer:
        topic = writer.add_connection('/failure', FAILURE_TYPE, typestore=store)
        if extra:
            name, kind, text = extra
            writer.add_connection(name, kind, msgdef=text, rihs01=_hash(kind, text))
        for message in shipped_messages(0):
            writer.write(topic, message.time_ns, message.data)
    return path


def _hash(kind: str, text: str) -> str:
    store = get_typestore(Stores.EMPTY)
    try:
        store.register(get_types_from_msg(text, kind))
        return store.hash_rihs01(kind)
    except Exception:  # a definition that cannot be used has none
        return 'RIHS01_' + '0' * 64


def sql(folder: Path, *statements: str) -> None:
    database = sqlite3.connect(file_in(folder))
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def _added_topic(folder: Path, name: str, kind: str, encoding: str, text: str) -> Path:
    sql(
        folder,
        f"INSERT INTO topics VALUES (90, '{name}', '{kind}', 'cdr', '', '')",
        f"INSERT INTO message_definitions VALUES (90, '{kind}', '{encoding}', '{text}', '')",
    )
    return folder


def unknown_definition(path: Path) -> Path:
    """SQLite, a type whose definition was not found when it was recorded."""
    kind = 'example_interfaces/action/Fibonacci_FeedbackMessage'
    foreign_bag(path, StoragePlugin.SQLITE3)
    return _added_topic(path, '/fibonacci/_action/feedback', kind, 'unknown', '')


def incomplete(path: Path) -> Path:
    """SQLite, a definition that names a type it does not contain."""
    kind, text = 'rcl_interfaces/msg/ParameterEvent', 'Parameter[] new_parameters'
    foreign_bag(path, StoragePlugin.SQLITE3)
    return _added_topic(path, '/parameter_events', kind, 'ros2msg', text)


def service_event(path: Path) -> Path:
    """MCAP, service introspection: the text of the service as definition."""
    text = f'{"=" * 80}\nSRV: example_interfaces/srv/AddTwoInts\nint64 a\n---\nint64 sum\n'
    kind = 'example_interfaces/srv/AddTwoInts_Event'
    return foreign_bag(path, StoragePlugin.MCAP, ('/add/_service_event', kind, text))


def write_split(path: Path) -> Path:
    """MCAP with the events of another rosbag2."""
    kind, text = 'rosbag2_interfaces/msg/WriteSplitEvent', 'string closed_file\n'
    return foreign_bag(path, StoragePlugin.MCAP, ('/events/write_split', kind, text))


def code_as_type(path: Path) -> Path:
    """MCAP with a type whose name would be run where code is made of it."""
    kind = 'a/msg/B"""\nraise SystemExit("run")\n"""'
    return foreign_bag(path, StoragePlugin.MCAP, ('/strange', kind, 'string a\n'))


def no_definitions(path: Path) -> Path:
    """SQLite as before Iron: no table of definitions."""
    foreign_bag(path, StoragePlugin.SQLITE3)
    sql(path, 'DROP TABLE message_definitions', 'UPDATE schema SET schema_version = 3')
    return path


def no_metadata(path: Path) -> Path:
    """An MCAP file in a folder without metadata.yaml."""
    foreign_bag(path, StoragePlugin.MCAP)
    (path / 'metadata.yaml').unlink()
    return path


def packed_file(path: Path) -> Path:
    """A file that was compressed as a whole."""
    foreign_bag(path, StoragePlugin.SQLITE3)
    file = file_in(path)
    packed = file.with_name(f'{file.name}.zstd')
    packed.write_bytes(zstandard.compress(file.read_bytes()))
    file.unlink()
    metadata = path / 'metadata.yaml'
    text = metadata.read_text().replace(file.name, packed.name)
    metadata.write_text(text.replace("compression_mode: ''", 'compression_mode: FILE'))
    return path


def packed_messages(path: Path) -> Path:
    """Messages that were compressed one by one."""
    foreign_bag(path, StoragePlugin.SQLITE3)
    database = sqlite3.connect(file_in(path))
    for row, data in database.execute('SELECT id, data FROM messages').fetchall():
        database.execute(
            'UPDATE messages SET data = ? WHERE id = ?', (zstandard.compress(data), row)
        )
    database.commit()
    database.close()
    metadata = path / 'metadata.yaml'
    text = metadata.read_text()
    metadata.write_text(text.replace("compression_mode: ''", 'compression_mode: MESSAGE'))
    return path


def trailing_bytes(path: Path) -> Path:
    """A message as rclpy serializes it: with room for the alignment of empty arrays."""
    store = message_types()
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        topic = writer.add_connection('/failure', FAILURE_TYPE, typestore=store)
        (message,) = shipped_messages(0)
        writer.write(topic, message.time_ns, message.data + b'x' * 4000)
    return path


def other_writer(path: Path, **options: Any) -> Path:
    """The failure as another MCAP writer keeps it: no metadata.yaml, other options."""
    path.mkdir()
    with (path / 'bag.mcap').open('xb') as stream:
        writer: Any = mcap.writer.Writer(stream, **options)
        writer.start(profile='ros2', library='test')
        schema = writer.register_schema(
            FAILURE_TYPE, 'ros2msg', definition_text(FAILURE_TYPE).encode()
        )
        channel = writer.register_channel('/failure', 'cdr', schema)
        for message in shipped_messages(0):
            writer.add_message(channel, message.time_ns, message.data, message.time_ns)
        writer.finish()
    return path


def unchunked(path: Path) -> Path:
    """Messages in no chunks, as rosbag2's preset ``fastwrite`` leaves them."""
    return other_writer(path, use_chunking=False, enable_data_crcs=True)


def without_index(path: Path) -> Path:
    """Nothing is repeated at the end."""
    none = mcap.writer.IndexType.NONE
    return other_writer(path, index_types=none, repeat_channels=False, repeat_schemas=False)


def lz4_chunks(path: Path) -> Path:
    """Chunks that lz4 compressed."""
    return other_writer(path, compression=mcap.writer.CompressionType.LZ4)


def plain_chunks(path: Path) -> Path:
    """Chunks that nothing compressed."""
    return other_writer(path, compression=mcap.writer.CompressionType.NONE)


READABLE: tuple[Callable[[Path], Path], ...] = (
    unknown_definition, incomplete, service_event, write_split, code_as_type, no_definitions,
    no_metadata, packed_file, packed_messages, trailing_bytes, unchunked, without_index,
    lz4_chunks, plain_chunks,
)  # fmt: skip
"""Bags whose failure must be read, whatever else is in them."""
