# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Arrays and their description in one safetensors file that states the SHA-256 of each part."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
import safetensors.numpy

from f2p_core.disk import MEGABYTE, storing, write_atomically
from f2p_core.errors import DamagedError, InvalidInputError
from f2p_core.files import read_regular
from f2p_core.seal import seal, unseal

MAX_TENSOR_BYTES = 512 * MEGABYTE
"""Larger files are refused before they are read: they are held twice while they are checked."""

_MAX_HEADER_BYTES = MEGABYTE
"""A header takes a few thousand bytes."""

_LENGTH_BYTES = 8
"""A safetensors file begins with the length of its header."""

_FIELD = 'description'
"""The field of the file's metadata that holds the sealed description."""

Array = NDArray[Any]


class TensorFile(NamedTuple):
    """What a file holds: its description, as JSON values, and its arrays by name."""

    description: dict[str, Any]
    arrays: dict[str, Array]


def write_tensors(path: Path, content: TensorFile) -> None:
    """Writes a file, its folder as well where it is missing; it appears whole or not at all.

    Raises:
        StorageError: If it cannot be written.
    """
    arrays = {name: np.ascontiguousarray(array) for name, array in content.arrays.items()}
    digests = {name: _digest(array) for name, array in arrays.items()}
    text = json.dumps({'arrays': digests, **content.description})
    stored = safetensors.numpy.save(arrays, {_FIELD: seal(text.encode()).decode()})
    with storing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, stored)


def read_tensors(path: Path) -> TensorFile:
    """Reads a file and compares every part with the SHA-256 it states.

    Raises:
        DamagedError: If it was changed or cut short; names the file and the part.
        InvalidInputError: If it is missing, too large, or no such file.
    """
    content = read_regular(path, MAX_TENSOR_BYTES)
    sealed = _sealed_description(content, path)
    description = json.loads(unseal(sealed.encode(), f'{path}: its description'))
    digests = description.pop('arrays', {})
    try:
        arrays = safetensors.numpy.load(content)
    except (SafetensorError, ValueError, KeyError) as error:
        raise DamagedError(f'{path}: it was changed or cut: {error}') from None
    if set(arrays) != set(digests):
        difference = ', '.join(sorted(set(arrays) ^ set(digests)))
        raise DamagedError(f'{path}: it lacks or has too many of the arrays {difference}')
    for name, array in arrays.items():
        if _digest(array) != digests[name]:
            raise DamagedError(
                f'{path}: its array {name} does not have the SHA-256 it states: it was changed'
            )
    return TensorFile(description, arrays)


def _sealed_description(content: bytes, path: Path) -> str:
    length = int.from_bytes(content[:_LENGTH_BYTES], 'little')
    if length > min(_MAX_HEADER_BYTES, len(content) - _LENGTH_BYTES):
        raise DamagedError(f'{path}: its header was changed, or the file was cut')
    try:
        header = json.loads(content[_LENGTH_BYTES : _LENGTH_BYTES + length])
    except (ValueError, RecursionError) as error:
        raise DamagedError(f'{path}: its header was changed or cut: {error}') from None
    metadata = header.get('__metadata__') if isinstance(header, dict) else None
    sealed = metadata.get(_FIELD) if isinstance(metadata, dict) else None
    if not isinstance(sealed, str):
        raise InvalidInputError(f'{path}: its header has no {_FIELD}: another program wrote it')
    return sealed


def _digest(array: Array) -> str:
    """SHA-256 over type, shape and values."""
    digest = hashlib.sha256(f'{array.dtype.str}{array.shape}'.encode())
    digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
