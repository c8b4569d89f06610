# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""ROS messages that are wrong in a few fields, each value of its field's type: DDS carries it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
import math
from typing import Any, NamedTuple

from damage import damaged
import numpy as np
from rclpy.serialization import deserialize_message, serialize_message

FLOATS = (
    math.nan, math.inf, -math.inf, 1e308, -1e308, 3e38, -3e38, 1e30, 5e-324, 0.0, -0.0, -1.0, 1.0,
    0.5, 1e-9,
)  # fmt: skip
"""What a float of a message may be instead; in float32 fields as near as they come."""

TEXTS = (
    '', ' ', 'a', '0', '..', '../../etc/passwd', '/', 'map', 'odom', 'ä', 'a\nb', '\x7f', '*',
    'box', 'inside', 'pick_place', 'object_1', 'x' * 65, 'y' * 20_000, '{}', 'nan',
)  # fmt: skip
"""What a text may be instead."""

MANY = 20_001
"""How long a list may become: more than any limit, few enough to be made quickly."""

LARGEST_FLOAT32 = float(np.finfo(np.float32).max)
"""More does not fit into a float32 field."""


class Slot(NamedTuple):
    """A field of a message within the whole: who has it, its name, its type as ROS spells it."""

    owner: Any
    name: str
    spelled: str


def mutated(message: Any, count: int, seed: int) -> Iterator[Any]:
    """Yields copies of a message with one to three fields changed.

    Args:
        message: A valid message; it stays as it is.
        count: How many.
        seed: Same seed, same copies.
    """
    rng, data = np.random.default_rng(seed), serialize_message(message)
    for _ in range(count):
        copy = deserialize_message(data, type(message))
        for _ in range(int(rng.integers(1, 4))):
            slots = list(_slots(copy, rng))
            _change(slots[int(rng.integers(len(slots)))], rng)
        yield copy


def flipped(message: Any, count: int, seed: int) -> Iterator[Any]:
    """Yields what DDS makes of copies whose bytes were damaged, if it makes anything of them."""
    for data in damaged(serialize_message(message), count, seed):
        try:
            yield deserialize_message(data, type(message))
        except Exception:  # what the middleware refuses never reaches a node
            continue


def _slots(message: Any, rng: np.random.Generator) -> Iterator[Slot]:
    """All fields of a message; of lists of messages those of one entry."""
    for name, spelled in message.get_fields_and_field_types().items():
        yield Slot(message, name, spelled)
        value = getattr(message, name)
        if hasattr(value, 'get_fields_and_field_types'):
            yield from _slots(value, rng)
        elif isinstance(value, list) and value and hasattr(value[0], 'get_fields_and_field_types'):
            yield from _slots(value[int(rng.integers(len(value)))], rng)


def _change(slot: Slot, rng: np.random.Generator) -> None:
    value = getattr(slot.owner, slot.name)
    try:
        setattr(slot.owner, slot.name, _other(value, slot.spelled, rng))
    except AssertionError:  # of a bounded list: rclpy would not carry it, so it stays as it was
        setattr(slot.owner, slot.name, value)


def _other(value: Any, spelled: str, rng: np.random.Generator) -> Any:
    if isinstance(value, bool | int | float | str | bytes):
        return _other_number(value, spelled, rng)
    if isinstance(value, list | array):
        return _other_list(value, spelled, rng)
    if isinstance(value, np.ndarray):
        changed = value.copy()
        changed[int(rng.integers(changed.size))] = _other_number(
            value[0].item(), spelled.partition('[')[0], rng
        )
        return changed
    return type(value)()  # a nested message that was never filled in


def _other_number(value: Any, spelled: str, rng: np.random.Generator) -> Any:
    if isinstance(value, bytes):
        return bytes([int(rng.integers(256))])
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return TEXTS[int(rng.integers(len(TEXTS)))]
    if isinstance(value, float):
        number = FLOATS[int(rng.integers(len(FLOATS)))]
        is_small = 'double' not in spelled and 'float64' not in spelled and math.isfinite(number)
        return float(np.clip(number, -LARGEST_FLOAT32, LARGEST_FLOAT32)) if is_small else number
    low, high = _range(spelled)
    other = (low, high, 0, 1, high // 2, min(value + 1, high))
    return int(other[int(rng.integers(len(other)))])


def _range(spelled: str) -> tuple[int, int]:
    """Lowest and highest value of an integer type."""
    for bits in (64, 32, 16, 8):
        if spelled == f'uint{bits}':
            return 0, 2**bits - 1
        if spelled == f'int{bits}':
            return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return 0, 127


def _other_list(value: Any, spelled: str, rng: np.random.Generator) -> Any:
    if not len(value):
        return value
    place = int(rng.integers(len(value)))
    others = (
        value[:0],
        value[:-1],
        value + value[-1:],
        value + value,
        value[::-1],
        value[:1] * MANY,
        _with_other(value, place, spelled, rng),
    )
    return others[int(rng.integers(len(others)))]


def _with_other(value: Any, place: int, spelled: str, rng: np.random.Generator) -> Any:
    """The list with another number or text at a place; without the message that stands there."""
    before, after = value[:place], value[place + 1 :]
    if not isinstance(value[0], bool | int | float | str | bytes):
        return before + after
    item = spelled.removeprefix('sequence<').rstrip('>').partition(',')[0]
    other = [_other_number(value[place], item, rng)]
    return before + (array(value.typecode, other) if isinstance(value, array) else other) + after
