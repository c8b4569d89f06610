# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bags and files of an older version, written anew in this one; the old ones stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path

from f2p_core.bags import Bag, BagError, message_types
from f2p_core.errors import InvalidInputError
from f2p_core.failure import Failure
from f2p_core.files import (
    MAX_FILE_BYTES,
    parse_document,
    read_regular,
    write_failure,
    write_scene,
)
from f2p_core.messages.failure import FAILURE_SCHEMA
from f2p_core.scene import Scene
from f2p_replay.contract import messages_of, Topic, topics_in
from f2p_replay.schema_1 import (
    JSON,
    MODEL_TYPE,
    upgraded,
    upgraded_announcement,
    upgraded_failure,
    upgraded_scene,
)
from f2p_replay.window import Recorded
from f2p_replay.writing import write_bag

OLD_SCHEMA = 1
"""The version this software can convert from."""


def convert(old: Path, new: Path) -> tuple[str, ...]:
    """Writes a bag, a failure or a scene of version 1 in the version of this software.

    A bag of this version that has no checksums, or was not finished, is written anew with them.

    Args:
        old: Folder of a bag, its file, or a JSON file.
        new: What is written; it must not be there yet.

    Returns:
        The topics of a bag that are left out, since they are not of a failure bag.

    Raises:
        BagError: If the bag cannot be read or is not of version 1.
        InvalidInputError: If the file cannot be read or is not of version 1.
        RecordingError: If the new bag is there already or cannot be written.
    """
    if old.suffix == '.json':
        convert_file(old, new)
        return ()
    return convert_bag(old, new)


def convert_bag(old: Path, new: Path) -> tuple[str, ...]:
    """As ``convert``, of a bag."""
    with Bag(old) as bag:
        topics = topics_in(bag)
        if bag.older_schema() not in (None, OLD_SCHEMA) or _is_complete(bag):
            raise BagError(
                f'the bag {old} is not of version {OLD_SCHEMA} and has checksums, so there is '
                f'nothing to convert; `f2p bag check {old}` says what it is'
            )
        if bag.older_schema() is None:
            for topic in topics.values():
                bag.require_todays(topic.type_name)
        write_bag(new, _messages(bag, topics))
        return tuple(sorted({t.name for t in bag.topics} - set(topics)))


def convert_file(old: Path, new: Path) -> None:
    """As ``convert``, of a JSON file; a failure of this version that has no seal gets one."""
    document = _read(old)
    version = document.get('schema_version')
    unsealed = version == FAILURE_SCHEMA and 'violated' in document and 'sha256' not in document
    if version != OLD_SCHEMA and not unsealed:
        raise InvalidInputError(
            f'{old}: schema_version is {version!r}; {OLD_SCHEMA} is what can be converted'
        )
    if new.exists():
        raise InvalidInputError(f'{new} is there already; it is not overwritten')
    try:
        if 'objects' in document:
            write_scene(new, parse_document(Scene, _text(upgraded_scene(document)), str(old)))
        else:
            upgrade = document if unsealed else upgraded_failure(document)
            write_failure(new, parse_document(Failure, _text(upgrade), str(old)))
    except (KeyError, TypeError) as error:
        raise InvalidInputError(f'{old}: neither a failure nor a scene: {error!r}') from error


def _is_complete(bag: Bag) -> bool:
    """Whether it is of this version, and as our recorder writes it."""
    return bag.older_schema() is None and bag.has_checksums and not bag.remarks()


def _messages(bag: Bag, topics: dict[str, Topic]) -> Iterator[Recorded]:
    old_types = set(bag.foreign_types({t.type_name for t in topics.values()}))
    for message in messages_of(bag, topics):
        data = message.data
        if message.type_name in old_types:
            old = bag.decode(message)
            announced = message.type_name == MODEL_TYPE
            new = upgraded_announcement(old) if announced else upgraded(old, message.type_name)
            data = bytes(message_types().serialize_cdr(new, message.type_name))
            data += bytes(-len(data) % 4)  # as it is on the wire
        topic = topics[message.topic]._replace(name=message.topic)
        yield Recorded(topic, message.time_ns, data)


def _read(path: Path) -> JSON:
    try:
        document = json.loads(read_regular(path, MAX_FILE_BYTES))
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f'{path}: not usable JSON: {error}') from None
    if not isinstance(document, dict):
        raise InvalidInputError(f'{path}: not an object; a failure or a scene is one')
    return document


def _text(document: JSON) -> bytes:
    return json.dumps(document).encode()
