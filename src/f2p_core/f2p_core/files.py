# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes and failures as versioned JSON files, read strictly and written atomically."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import os
from pathlib import Path
import stat
from typing import Any, BinaryIO, TypeVar

from pydantic import BaseModel, ValidationError

from f2p_core.disk import write_atomically
from f2p_core.errors import DamagedError, InvalidInputError, MissingFileError
from f2p_core.failure import DAMAGED, Failure
from f2p_core.messages.reading import CONVERT, what_reads
from f2p_core.scene import Scene
from f2p_core.seal import is_sealed, seal, unseal

MAX_FILE_BYTES = 64 * 2**20
"""Larger files are refused before they are read: a failure takes about 1 MB."""

_SHOWN_CHARACTERS = 80
"""Characters of a wrong value that a message shows: one line."""

NO_CONVERTER = 'make it anew'
"""What mends a document of an older version that nothing converts."""

Document = TypeVar('Document', bound=BaseModel)


class ForbiddenPathError(InvalidInputError):
    """A file named from outside lies where nothing may be read."""


@contextmanager
def open_regular(path: str | os.PathLike[str], max_bytes: int) -> Iterator[BinaryIO]:
    """Opens a regular file of at most so many bytes for reading; links are followed.

    Anything else (a folder, a FIFO, a device) is refused at once: nothing waits for it.

    Args:
        path: The file.
        max_bytes: Larger files are refused before they are read.

    Raises:
        MissingFileError: If there is no such file.
        InvalidInputError: If it is none that may be read, or reading it fails; names the path.
    """
    shown = os.fspath(path)
    try:
        with _opened(path, shown, max_bytes) as stream:
            yield stream
    except FileNotFoundError as error:
        raise MissingFileError(f'{shown}: cannot be read: {error.strerror}') from None
    except OSError as error:
        raise InvalidInputError(f'{shown}: cannot be read: {error.strerror}') from None
    except ValueError:
        if '\0' not in shown:
            raise
        raise InvalidInputError(f'{shown!r}: a path cannot hold NUL') from None


def read_regular(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """Returns the content of a regular file; see ``open_regular``."""
    with open_regular(path, max_bytes) as stream:
        content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise InvalidInputError(f'{os.fspath(path)}: it grows while it is read; try again')
    return content


def _opened(path: str | os.PathLike[str], shown: str, max_bytes: int) -> BinaryIO:
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        _require_regular(os.fstat(handle), shown, max_bytes)
        return os.fdopen(handle, 'rb')
    except BaseException:
        os.close(handle)
        raise


def _require_regular(status: os.stat_result, shown: str, max_bytes: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise InvalidInputError(f'{shown}: is a folder; name a file')
    if not stat.S_ISREG(status.st_mode):
        raise InvalidInputError(f'{shown}: is a FIFO, socket or device; name a file')
    if status.st_size > max_bytes:
        raise InvalidInputError(
            f'{shown}: {status.st_size} bytes is more than it may have ({max_bytes})'
        )


def path_below(path: str | os.PathLike[str], folders: Sequence[str]) -> Path:
    """Returns a path that was named from outside, if it lies in one of the given folders.

    Links are followed before the path is judged.

    Args:
        path: As it was named; relative to the working directory.
        folders: Where files may be read.

    Raises:
        ForbiddenPathError: If it lies elsewhere.
    """
    try:
        named = Path(path).resolve()
    except (OSError, RuntimeError, ValueError):  # circles of links, and NUL
        raise ForbiddenPathError(f'{os.fspath(path)!r} is no path of a file') from None
    if not any(named.is_relative_to(Path(folder).resolve()) for folder in folders):
        allowed = ', '.join(str(Path(folder).resolve()) for folder in folders) or 'none'
        raise ForbiddenPathError(f'{named} lies outside the readable folders ({allowed})')
    return named


def read_scene(path: str | os.PathLike[str]) -> Scene:
    """Reads a scene.

    Args:
        path: A JSON file as ``write_scene`` makes it.

    Raises:
        InvalidInputError: Naming the file, the first field that is wrong and its value: a
            field that is unknown or missing, NaN, a wrong size or type, an unknown shape, a
            newer version; or a file that is missing, too large or no JSON.
    """
    return parse_document(Scene, read_regular(path, MAX_FILE_BYTES), os.fspath(path))


def write_scene(path: str | os.PathLike[str], scene: Scene) -> None:
    """Writes a scene as JSON; the file is there whole or not at all.

    Raises:
        StorageError: If the file cannot be written.
    """
    write_atomically(path, scene.model_dump_json(indent=2).encode() + b'\n')


def read_failure(path: str | os.PathLike[str]) -> Failure:
    """Reads a failure record.

    Args:
        path: A JSON file as ``write_failure`` makes it.

    Raises:
        DamagedError: If it was changed or cut short.
        InvalidInputError: As ``read_scene`` does.
    """
    source, text = os.fspath(path), read_regular(path, MAX_FILE_BYTES)
    if not is_sealed(text):
        raise DamagedError(
            f'{source}: it does not begin with its SHA-256: it was changed or cut, or it is of an '
            f'older version: convert it with `{CONVERT}`'
        )
    failure = parse_document(Failure, unseal(text, source), source)
    if failure.stated_digest is None:
        raise DamagedError(f'{source}: digest is missing; {DAMAGED}')
    return failure


def write_failure(path: str | os.PathLike[str], failure: Failure) -> None:
    """Writes a failure record as sealed JSON; the file is there whole or not at all.

    Raises:
        StorageError: If the file cannot be written.
    """
    write_sealed(path, failure)


def read_sealed(
    model: type[Document], path: str | os.PathLike[str], max_bytes: int = MAX_FILE_BYTES
) -> Document:
    """Reads a versioned value as ``write_sealed`` writes it.

    Raises:
        MissingFileError: If there is no such file.
        DamagedError: If it was changed or cut short; names the file.
        InvalidInputError: As ``parse_document`` does, or if it is no file that may be read.
    """
    source = os.fspath(path)
    return parse_document(model, unseal(read_regular(path, max_bytes), source), source)


def write_sealed(
    path: str | os.PathLike[str], document: BaseModel, *, indent: int | None = None
) -> None:
    """Writes a versioned value as JSON that states its SHA-256; whole or not at all.

    Raises:
        StorageError: If the file cannot be written.
    """
    write_atomically(path, seal(document.model_dump_json(indent=indent).encode()))


def parse_document(model: type[Document], text: bytes, source: str) -> Document:
    """Reads a versioned value from JSON text.

    Args:
        model: Type with a ``schema_version``, which the text must state.
        text: UTF-8 JSON.
        source: Where the text is from, for the message.

    Raises:
        InvalidInputError: Naming the source, the first field that is wrong and its value.
    """
    try:
        document = model.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise InvalidInputError(f'{source}: {first_problem(error, _older(model))}') from None
    if 'schema_version' not in document.model_fields_set:
        known = model.model_fields['schema_version'].default
        raise InvalidInputError(f'{source}: schema_version is missing; it must be {known}')
    return document


def first_problem(error: ValidationError, older: str = NO_CONVERTER) -> str:
    """Returns one sentence about the first thing wrong: field path, what is wrong, its value.

    A version that cannot be read comes first, since it explains all the rest.
    """
    problems = error.errors(include_url=False, include_context=True)
    versions = [p for p in problems if p['loc'] and p['loc'][-1] == 'schema_version']
    problem = (versions or problems)[0]
    path = _field_path(problem['loc'])
    message = str(problem['msg']).removeprefix('Value error, ')
    kind, value = problem['type'], _shown(problem['input'])
    if problem['type'] == 'literal_error' and versions:
        known = int(problem['ctx']['expected'])
        message = f'it is {value}; {what_reads(problem["input"], known, older)}'
    elif kind == 'extra_forbidden':
        message = f'unknown field (value {value}); remove it'
    elif kind == 'missing':
        message = 'missing; add it'
    elif kind.startswith('json'):
        return f'not usable JSON: {message}'
    elif kind != 'value_error' or not isinstance(problem['input'], dict | list):
        # Rules over several fields name the values themselves.
        message = f'{message} (value {value})'
    return f'{path}: {message}' if path else message


def _older(model: type[BaseModel]) -> str:
    """What mends a document of an older version."""
    return f'convert it with `{CONVERT}`' if model in (Failure, Scene) else NO_CONVERTER


def _field_path(location: tuple[int | str, ...]) -> str:
    """Spells a location as ``objects[0].shape.size_m``."""
    path = ''
    for step in location:
        if isinstance(step, int):
            path += f'[{step}]'
        else:
            path += f'.{step}' if path else step
    return path


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + '…'
