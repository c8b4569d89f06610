# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Writing bags that any MCAP reader opens, with all definitions inside and with checksums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
import os
from pathlib import Path
import shutil
from typing import Any

from mcap.writer import CompressionType, Writer
from rosbags.interfaces import (
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2.metadata import dump_qos_v9
import yaml

from f2p_core.bags import definition_text, type_hash
from f2p_core.bags.folder import KNOWN_VERSION, METADATA
from f2p_core.disk import flush, storing, write_atomically
from f2p_core.errors import StorageError
from f2p_replay.contract import resolved, Topic
from f2p_replay.errors import RecordingError
from f2p_replay.window import Recorded

_FOREVER = QosTime(0x7FFFFFFF, 0xFFFFFFFF)
"""The duration that means infinite in rosbag2's metadata."""


def write_bag(path: Path, messages: Iterable[Recorded], namespace: str = '') -> None:
    """Writes a bag whole or not at all.

    It is written under a hidden name and gets its own when it is complete.

    Args:
        path: Folder of the new bag.
        messages: What it holds, by time.
        namespace: Put before the relative topic names, for example ``/robot_1``.

    Raises:
        RecordingError: If the folder is there already, or cannot be written.
    """
    # The file in the folder is named after it: so only the folder around it is hidden.
    hidden = path.with_name(f'.{path.name}.part')
    with written(path):
        if path.exists():
            raise FileExistsError(path)
        shutil.rmtree(hidden, ignore_errors=True)  # left by a process that was killed
        try:
            writer = BagWriter(hidden / path.name, namespace)
            with abandoned_on_error(writer):
                writer.write(messages)
                writer.finish()
            writer.path.rename(path)
        finally:
            shutil.rmtree(hidden, ignore_errors=True)


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Turns what the system says about a bag that cannot be written into a ``RecordingError``."""
    try:
        with storing(path):
            yield
    except StorageError as error:
        if isinstance(error.__cause__, FileExistsError):
            raise RecordingError(
                f'the bag {path} is there already; it is not overwritten'
            ) from error
        raise RecordingError(f'the bag {error}') from error


@contextmanager
def abandoned_on_error(writer: BagWriter) -> Iterator[None]:
    """Removes a bag whose writing fails."""
    try:
        yield
    except BaseException:
        writer.abandon()
        raise


class BagWriter:
    """A bag that is being written: one MCAP file, compressed by chunks of zstd.

    What was flushed is on the disk, and is read even if the process is killed or the power fails:
    each flush ends a chunk, which has its checksum, and waits for the disk (fsync). That costs
    some milliseconds, once per flush; without it a machine that loses power loses half a minute.

    Args:
        path: Folder of the new bag, which must not be there.
        namespace: Put before the relative topic names, for example ``/robot_1``.

    Raises:
        OSError: If the folder is there already, or cannot be made; as all methods do when the
            disk is full.
    """

    def __init__(self, path: Path, namespace: str = '') -> None:
        self.path = path
        self._namespace = namespace
        self._schemas: dict[str, int] = {}
        self._channels: dict[Topic, int] = {}
        self._counts: Counter[Topic] = Counter()
        self._start_ns, self._end_ns = 2**63 - 1, 0
        path.mkdir(parents=True)
        self._stream = (path / f'{path.name}.mcap').open('xb')
        self._writer: Any = Writer(
            self._stream, compression=CompressionType.ZSTD, enable_data_crcs=True
        )
        self._writer.start(profile='ros2', library='f2p_replay')

    def write(self, messages: Iterable[Recorded]) -> None:
        """Adds messages, by time."""
        for topic, time_ns, data in messages:
            self._writer.add_message(self._channel(topic), time_ns, data, time_ns)
            self._counts[topic] += 1
            self._start_ns = min(self._start_ns, time_ns)
            self._end_ns = max(self._end_ns, time_ns)

    def flush(self) -> None:
        """Brings what was written to the disk."""
        self._writer.flush()
        self._sync()

    def finish(self) -> None:
        """Writes the index and metadata.yaml, which makes the bag complete."""
        information = self._information()
        text = yaml.safe_dump(information['rosbag2_bagfile_information'])
        self._writer.add_metadata('rosbag2', {'serialized_metadata': text})
        self._writer.finish()
        self._sync()
        self._stream.close()
        write_atomically(self.path / METADATA, yaml.safe_dump(information).encode())

    def abandon(self) -> None:
        """Removes the bag."""
        with suppress(OSError):  # a full disk says so once more
            self._stream.close()
        shutil.rmtree(self.path, ignore_errors=True)

    def _sync(self) -> None:
        """Waits for the disk: for the file, and for its name in the folders."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        for folder in (self.path, self.path.parent):
            flush(folder)

    def _channel(self, topic: Topic) -> int:
        if topic not in self._channels:
            self._channels[topic] = self._writer.register_channel(
                resolved(topic, self._namespace),
                'cdr',
                self._schema(topic.type_name),
                {
                    'offered_qos_profiles': yaml.safe_dump(dump_qos_v9([qos_of(topic)])),
                    'topic_type_hash': type_hash(topic.type_name),
                },
            )
        return self._channels[topic]

    def _schema(self, type_name: str) -> int:
        if type_name not in self._schemas:
            self._schemas[type_name] = self._writer.register_schema(
                type_name, 'ros2msg', definition_text(type_name).encode()
            )
        return self._schemas[type_name]

    def _information(self) -> dict[str, Any]:
        """What metadata.yaml says, as rosbag2 has it."""
        is_empty = not self._counts
        start = {'nanoseconds_since_epoch': 0 if is_empty else self._start_ns}
        duration = {'nanoseconds': 0 if is_empty else self._end_ns - self._start_ns}
        file = f'{self.path.name}.mcap'
        count = self._counts.total()
        return {
            'rosbag2_bagfile_information': {
                'version': KNOWN_VERSION,
                'storage_identifier': 'mcap',
                'relative_file_paths': [file],
                'duration': duration,
                'starting_time': start,
                'message_count': count,
                'topics_with_message_count': [self._topic(t) for t in self._channels],
                'compression_format': '',
                'compression_mode': '',
                'files': [
                    {
                        'path': file,
                        'starting_time': dict(start),
                        'duration': dict(duration),
                        'message_count': count,
                    }
                ],
                'custom_data': None,
                'ros_distro': 'jazzy',
            }
        }

    def _topic(self, topic: Topic) -> dict[str, Any]:
        return {
            'topic_metadata': {
                'name': resolved(topic, self._namespace),
                'type': topic.type_name,
                'serialization_format': 'cdr',
                'offered_qos_profiles': dump_qos_v9([qos_of(topic)]),
                'type_description_hash': type_hash(topic.type_name),
            },
            'message_count': self._counts[topic],
        }


def qos_of(topic: Topic) -> Qos:
    """Returns the quality of service of a topic as a bag states it; players offer it again."""
    reliable, latched, depth = topic.delivery
    return Qos(
        history=QosHistory.KEEP_LAST,
        depth=depth,
        reliability=QosReliability.RELIABLE if reliable else QosReliability.BEST_EFFORT,
        durability=QosDurability.TRANSIENT_LOCAL if latched else QosDurability.VOLATILE,
        deadline=_FOREVER,
        lifespan=_FOREVER,
        liveliness=QosLiveliness.AUTOMATIC,
        liveliness_lease_duration=_FOREVER,
        avoid_ros_namespace_conventions=False,
    )
