# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What every reader and writer of messages needs: typed arrays, and one clear error."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from f2p_core.errors import InvalidInputError

CONVERT = 'f2p bag convert OLD NEW'
"""What brings a bag, failure or scene of an older version to this one."""

FRAME_MAP = 'map'
"""The gravity-aligned frame everything of the stack is expressed in."""


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turns a refused value into one ``InvalidInputError`` that names the message and field."""
    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        field = '.'.join(str(part) for part in first['loc'])
        place = f'{what}.{field}' if field else what
        text = first['msg'].removeprefix('Value error, ')
        raise InvalidInputError(f'{place}: {text} (it is {_short(first["input"])})') from error


def check_frame(frame_id: str, what: str) -> None:
    """Refuses spatial data in another frame than ``map``.

    Raises:
        InvalidInputError: If the frame differs.
    """
    if frame_id != FRAME_MAP:
        raise InvalidInputError(
            f'{what}.header.frame_id is {frame_id!r}; it must be {FRAME_MAP!r}: transform it first'
        )


def check_schema(version: int, known: int, what: str) -> None:
    """Refuses a message written by another version of its definition.

    Raises:
        InvalidInputError: If the version is not the known one.
    """
    if version != known:
        mend = what_reads(version, known)
        raise InvalidInputError(f'{what}.schema_version is {version}; {mend}')


def what_reads(version: object, known: int, older: str = f'convert it with `{CONVERT}`') -> str:
    """Returns what mends a version that is not the known one.

    Args:
        version: The one that was stated.
        known: The one that is read.
        older: What mends one that is older.
    """
    is_older = isinstance(version, int) and version < known
    return f'this software reads version {known}: {older if is_older else "update it"}'


def floats(values: NDArray[Any] | Sequence[float]) -> array[float]:
    """Returns values as the array a float64[] field takes without a per-element check."""
    return array('d', np.ascontiguousarray(values, dtype=np.float64).tobytes())


def floats32(values: NDArray[Any] | Sequence[float]) -> array[float]:
    """Returns values as the array a float32[] field takes without a per-element check."""
    return array('f', np.ascontiguousarray(values, dtype=np.float32).tobytes())


def shaped(values: Any, shape: tuple[int, ...], what: str) -> NDArray[np.float64]:
    """Returns a flat message array as a float64 array of the given shape.

    Raises:
        InvalidInputError: If the number of entries differs.
    """
    flat = np.asarray(values, dtype=np.float64)
    expected = int(np.prod(shape))
    if flat.size != expected:
        raise InvalidInputError(
            f'{what} has {flat.size} entries; it must have {expected}, as shape {shape}'
        )
    return flat.reshape(shape)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + '...'
