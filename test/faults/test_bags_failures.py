# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A failure that is accepted as a message can be written to a file and read back."""

from __future__ import annotations

from collections.abc import Iterator
import copy
import dataclasses
from pathlib import Path
from typing import Any

from bag_cases import SHIPPED
import numpy as np
import pytest
from rosbags.interfaces import Nodetype

from f2p_core.bags import Bag, message_types
from f2p_core.errors import F2PError, InvalidInputError
from f2p_core.failure import Failure
from f2p_core.files import read_failure, write_failure
from f2p_core.messages.failure import recorded_in

FieldPath = tuple[str | int, ...]
TEXTS = ('', 'x' * 100, 'a\0b', '../x', ' ')
NUMBERS = (float('nan'), float('inf'), -1.0, 0.0, 1e300, 1e-320)
WHOLE = (0, 1, 255, 2**31 - 1, 2**32 - 1, -1)


@pytest.fixture(scope='module')
def message() -> Any:
    """The shipped failure, as decoded from its bag."""
    with Bag(SHIPPED) as bag:
        (found,) = bag.messages(['/failure'])
        return bag.decode(found)


def fields(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Any]]:
    """Yields every field of a message, of lists the first entry's, and lists themselves."""
    if dataclasses.is_dataclass(value):
        if path:
            yield path, value
        for field in dataclasses.fields(value):
            yield from fields(getattr(value, field.name), (*path, field.name))
    else:
        yield path, value
        if isinstance(value, list) and value and dataclasses.is_dataclass(value[0]):
            yield from fields(value[0], (*path, 0))


def empty(type_name: str) -> Any:
    """A message as it is made without a value given."""
    types = message_types()
    zeros: dict[str, Any] = {}
    described: Any = types.fielddefs[type_name][1]
    for name, (kind, details) in described:
        if kind == Nodetype.BASE:
            zeros[name] = '' if details[0] == 'string' else 0
        elif kind == Nodetype.NAME:
            zeros[name] = empty(str(details))
        elif details[0][0] == Nodetype.NAME:
            zeros[name] = []
        else:
            zeros[name] = [] if details[0][1][0] == 'string' else np.zeros(int(details[1]))
    return types.types[type_name](**zeros)


def others(value: Any) -> Iterator[Any]:
    """Yields other values that a field of this type can have."""
    if dataclasses.is_dataclass(value):
        yield empty(str(getattr(value, '__msgtype__')))  # noqa: B009
    elif isinstance(value, str):
        yield from TEXTS
    elif isinstance(value, float):
        yield from NUMBERS
    elif isinstance(value, int):
        yield from WHOLE
    elif isinstance(value, list):
        yield from ([], value[:-1], value + value[:1])
    elif isinstance(value, np.ndarray):
        yield from (value[:0], value[:-1])
        for number in NUMBERS if value.dtype.kind == 'f' else (0, 1, 200):
            with np.errstate(over='ignore'):
                yield np.full_like(value, number)


def changed(message: Any, path: FieldPath, value: Any) -> Any:
    """A copy of a message with another value in one field."""
    root = node = copy.deepcopy(message)
    for step in path[:-1]:
        node = node[step] if isinstance(step, int) else getattr(node, step)
    if isinstance(path[-1], int):
        node[path[-1]] = value
    else:
        setattr(node, path[-1], value)
    return root


def test_messages_and_files_are_equally_strict(
    message: Any, inputs: int, tmp_path: Path
) -> None:
    every = [(path, other) for path, value in fields(message) for other in others(value)]
    assert len(every) > 2000
    chosen = np.random.default_rng(4).permutation(len(every))[: inputs // 4]
    whole = [i for i, (_, other) in enumerate(every) if dataclasses.is_dataclass(other)]
    file = tmp_path / 'failure.json'
    accepted = 0
    for path, other in (every[i] for i in sorted({*chosen.tolist(), *whole})):
        try:
            failure = recorded_in(changed(message, path, other))
        except F2PError:
            continue
        accepted += 1
        write_failure(file, failure)
        assert said(read_failure(file)) == said(failure), (path, other)
    assert accepted > inputs // 10


def said(failure: Failure) -> str:
    """All that a failure says."""
    return failure.model_dump_json(exclude={'digest'})


@pytest.mark.parametrize('name', ['relations_before', 'relations_predicted', 'relations_observed'])
def test_a_failure_without_relations_is_refused_as_a_message(message: Any, name: str) -> None:
    without = changed(message, (name,), empty('f2p_msgs/msg/SymbolicState'))
    with pytest.raises(InvalidInputError, match=f'{name} holds 0 relations of 0 objects'):
        recorded_in(without)
