# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Writing bags that any MCAP reader opens: whole or not at all, with all definitions inside."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
import shutil

from rosbags.interfaces import (
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer, WriterError

from f2p_core.bags import message_types
from f2p_replay.contract import resolved, Topic
from f2p_replay.errors import RecordingError
from f2p_replay.window import Recorded

_FOREVER = QosTime(0x7FFFFFFF, 0xFFFFFFFF)
"""The duration that means infinite in rosbag2's metadata."""


def write_bag(path: Path, messages: Iterable[Recorded], namespace: str = '') -> None:
    """Writes a bag of one MCAP file, compressed by chunks of zstd.

    It is written under a hidden name and gets its own when it is complete.

    Args:
        path: Folder of the new bag.
        messages: What it holds, by time.
        namespace: Put before the relative topic names, for example ``/robot_1``.

    Raises:
        RecordingError: If the folder is there already, or cannot be written.
    """
    if path.exists():
        raise RecordingError(f'the bag {path} is there already; it is not overwritten')
    # The file in the folder is named after it: so only the folder around it is hidden.
    hidden = path.with_name(f'.{path.name}.part')
    partial = hidden / path.name
    try:
        shutil.rmtree(hidden, ignore_errors=True)  # left by a process that was killed
        hidden.mkdir(parents=True)
        _write(partial, messages, namespace)
        partial.rename(path)
    except (OSError, WriterError) as error:
        raise RecordingError(
            f'the bag {path} cannot be written: {error}; free some space or name another folder'
        ) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _write(path: Path, messages: Iterable[Recorded], namespace: str) -> None:
    types = message_types()
    writer = Writer(path, version=Writer.VERSION_LATEST, storage_plugin=StoragePlugin.MCAP)
    writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
    with writer:
        connections = {}
        for topic, time_ns, data in messages:
            if topic not in connections:
                connections[topic] = writer.add_connection(
                    resolved(topic, namespace),
                    topic.type_name,
                    typestore=types,
                    offered_qos_profiles=[qos_of(topic)],
                )
            writer.write(connections[topic], time_ns, data)


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
