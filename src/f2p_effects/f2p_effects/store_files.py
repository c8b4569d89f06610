# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The files of the model store: read with every refusal naming what mends it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from f2p_core.errors import InvalidInputError
from f2p_core.files import parse_document
from f2p_effects.errors import EffectsError

RECORD = 'model.json'
ACTIVE = 'active.json'

Document = TypeVar('Document', bound=BaseModel)


def read_document(model: type[Document], path: Path) -> Document:
    """Reads a JSON document of the store.

    Raises:
        EffectsError: Naming the file, what is wrong with it and what mends it.
    """
    try:
        return parse_document(model, path.read_bytes(), os.fspath(path))
    except (OSError, InvalidInputError) as error:
        raise EffectsError(f'{error}; {mend(path)}') from error


def mend(path: Path) -> str:
    """Returns what mends a file of the store."""
    if path.name == ACTIVE:
        return 'activate a version again with "f2p models activate VERSION"'
    return f'restore {path.parent.name} from a copy, or delete it and activate another version'


def flush(path: Path) -> None:
    """Puts a file or the names in a directory on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
