# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Message definitions: those installed here, those in a bag, and whether they are the same."""

from __future__ import annotations

from functools import cache
import os
from pathlib import Path
import re
import struct
import sys
from typing import Any

from rosbags.interfaces.typing import Typesdict
from rosbags.serde import SerdeError
from rosbags.typesys import get_types_from_idl, get_types_from_msg, get_typestore, Stores
from rosbags.typesys.store import Typestore

from f2p_core.bags.errors import BagDamagedError, BagError
from f2p_core.bags.storage import BagTopic

OUR_PACKAGE = 'f2p_msgs'
FAILURE_TYPE = f'{OUR_PACKAGE}/msg/Failure'

MAX_DEFINITION_CHARACTERS = 40_000
"""A definition that is longer without its comments is not parsed: that of a failure has 6,500, and
parsing takes two seconds for so many."""

_TYPE_NAME = re.compile(r'[A-Za-z]\w*/(msg|srv|action)/[A-Za-z]\w*', re.ASCII)
_COMMENTS = {False: re.compile(r'(?m)^[ \t]*#.*\n'), True: re.compile(r'(?m)^[ \t]*//.*\n')}
_IDL_PART = '=' * 80 + '\n'


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


@cache
def type_hash(type_name: str) -> str:
    """Returns the RIHS01 hash of a type as it is installed here.

    Args:
        type_name: One of ``message_types()``.
    """
    return message_types().hash_rihs01(type_name)


@cache
def definition_text(type_name: str) -> str:
    """Returns the definition of a type as it is installed here, with all that it names."""
    return message_types().generate_msgdef(type_name, ros_version=2)[0]


def is_foreign(topic: BagTopic) -> bool:
    """Says whether a topic was recorded by another definition than the one known here.

    A bag without definitions, as before Iron, was recorded by ours unless it states another hash.
    A type that is neither ours nor of ROS 2 Jazzy is not known, and not foreign.
    """
    known = message_types()
    if topic.type_name not in known.fielddefs:
        return topic.type_name.startswith(f'{OUR_PACKAGE}/')
    if not topic.definition:
        return topic.type_hash not in ('', type_hash(topic.type_name))
    if topic.definition == definition_text(topic.type_name):
        return False
    try:
        return type_hash(topic.type_name) != _recorded(topic).hash_rihs01(topic.type_name)
    except BagError:
        return True
    except (KeyError, AssertionError, TypeError, ValueError, RecursionError):
        return True  # it names what it does not contain


def schema_in(topic: BagTopic) -> int | None:
    """Returns the version of our messages that a topic's definition states, if it does."""
    if not topic.definition or not topic.type_name.startswith(f'{OUR_PACKAGE}/'):
        return None
    try:
        return schema_of(_recorded(topic))
    except BagError:
        return None


def schema_of(types: Typestore) -> int | None:
    """Returns the version of our messages, as the constants of those say that have one."""
    for type_name in (FAILURE_TYPE, f'{OUR_PACKAGE}/msg/Scene'):
        constants = types.fielddefs.get(type_name, ((), ()))[0]
        for name, _, value in constants:
            if name == 'SCHEMA_VERSION' and isinstance(value, int):
                return value
    return None


def types_in(topic: BagTopic) -> Typestore:
    """Returns the types of a definition in a bag, ready to decode messages.

    Raises:
        BagError: If the definition cannot be used.
    """
    store = get_typestore(Stores.EMPTY)
    try:
        # This makes Python code of it: all names in it have been checked.
        store.register(_recorded(topic).fielddefs)
    except Exception as error:  # whatever a strange definition leads to
        raise BagError(f'the definition of {topic.type_name} cannot be used: {error}') from error
    return store


def decoded(data: bytes, type_name: str, types: Typestore) -> Any:
    """Returns a message with its fields as attributes.

    What follows the message is passed over, as DDS does: ``serialize_message`` of rclpy leaves
    as much as the alignment of all its fields could have taken.

    Raises:
        BagDamagedError: If the bytes do not fit the definition.
    """
    try:
        order = {b'\0\0': 'deserialize_cdr_be', b'\0\1': 'deserialize_cdr_le'}[data[:2]]
        definition = types.get_msgdef(type_name)
        message, end = getattr(definition, order)(data[4:], 0, definition.cls, types)
    except (KeyError, SerdeError, struct.error, ValueError, IndexError, MemoryError) as error:
        raise BagDamagedError(f'a message does not fit {type_name}: {error!r}') from error
    if end + 4 > len(data):
        raise BagDamagedError(f'a message of {type_name} is cut off: {len(data)} bytes')
    return message


@cache
def _recorded(topic: BagTopic) -> Typestore:
    """The fields of all types in a definition, to be compared; it makes no code of them.

    Raises:
        BagError: If the definition cannot be parsed.
    """
    text = _COMMENTS[topic.is_idl].sub('', topic.definition)
    if len(text) > MAX_DEFINITION_CHARACTERS:
        raise BagError(
            f'the definition of {topic.type_name} has {len(text)} characters; at most '
            f'{MAX_DEFINITION_CHARACTERS} are read'
        )
    types: Typesdict = {}
    try:
        if not topic.is_idl:
            types.update(get_types_from_msg(text, topic.type_name))
        elif text.startswith(f'{_IDL_PART}IDL: '):
            for part in text.split(_IDL_PART)[1:]:
                types.update(get_types_from_idl(part.partition('\n')[2]))
        else:
            types.update(get_types_from_idl(text))
    except Exception as error:  # whatever a strange text leads to
        raise BagError(
            f'the definition of {topic.type_name} cannot be parsed: {type(error).__name__}'
        ) from error
    for name in types:
        if not _TYPE_NAME.fullmatch(name):
            raise BagError(f'{name[:80]!r} is no name of a type')
    store = get_typestore(Stores.EMPTY)
    store.fielddefs.update(types)
    return store
