# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The files of the model store: read with every refusal naming what mends it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from f2p_core.errors import DamagedError, InvalidInputError
from f2p_core.files import read_sealed
from f2p_effects.errors import DamagedStoreError, EffectsError

RECORD = 'model.json'
ACTIVE = 'active.json'

Document = TypeVar('Document', bound=BaseModel)


def read_document(model: type[Document], path: Path) -> Document:
    """Reads a JSON document of the store, which states its SHA-256.

    Raises:
        DamagedStoreError: If it was changed or cut short; names the file and what mends it.
        EffectsError: If it cannot be read otherwise.
    """
    try:
        return read_sealed(model, path)
    except DamagedError as error:
        raise DamagedStoreError(f'{error}; {mend(path)}') from error
    except InvalidInputError as error:
        raise EffectsError(f'{error}; {mend(path)}') from error


def names_in(folder: Path) -> tuple[Path, ...]:
    """Returns what lies in a folder, sorted.

    Raises:
        EffectsError: If it cannot be listed.
    """
    try:
        return tuple(sorted(folder.iterdir()))
    except OSError as error:
        raise EffectsError(f'{folder}: cannot be listed: {error.strerror}') from None


def mend(path: Path) -> str:
    """Returns what mends a file of the store."""
    if path.name == ACTIVE:
        return (
            'activate a version again with "f2p models activate VERSION" or the service '
            'review_model'
        )
    return f'restore {path.parent.name} from a copy, or delete it and activate another version'
