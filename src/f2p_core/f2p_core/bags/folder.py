# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which files a bag consists of, and whether they may be read."""

from __future__ import annotations

from collections.abc import Sequence
import os
from pathlib import Path, PurePath
import re
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError
import yaml

from f2p_core.bags.errors import BagError
from f2p_core.files import first_problem, path_below, read_regular

METADATA = 'metadata.yaml'
MAX_METADATA_BYTES = 2 * 2**20
"""A larger metadata.yaml is refused [bytes]: a thousand topics take so much."""

KNOWN_VERSION = 9
"""Version of rosbag2's metadata that is read; later ones are refused."""

SUFFIXES = ('.mcap', '.db3')
PACKED = '.zstd'
"""Ends the name of a file that rosbag2 compressed as a whole."""

_LOADER: Any = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
"""The safe loader; that of libyaml is ten times faster."""

_MAX_DEPTH = 50
"""Lists and mappings in one another that metadata.yaml may have: rosbag2 writes ten levels."""


class BagFiles(NamedTuple):
    """What a bag consists of.

    Attributes:
        paths: Its files, oldest first.
        packs_messages: Whether each message was compressed by itself.
    """

    paths: tuple[Path, ...]
    packs_messages: bool = False


class _Information(BaseModel):
    """What is read of metadata.yaml; the rest is said by the files themselves."""

    model_config = ConfigDict(strict=True, extra='ignore')

    version: Annotated[int, Field(ge=1)]
    relative_file_paths: Annotated[list[str], Field(min_length=1)]
    compression_mode: str | None = ''


class _Metadata(BaseModel):
    model_config = ConfigDict(strict=True, extra='ignore')

    rosbag2_bagfile_information: _Information


def files_of(path: Path, folders: Sequence[str] | None) -> BagFiles:
    """Returns the files of a bag; of a folder without metadata.yaml, those that are in it.

    Args:
        path: Folder of the bag, or its file.
        folders: Where files may lie, links followed; ``None``: anywhere.

    Raises:
        BagError: If there is none, or metadata.yaml cannot be used.
        ForbiddenPathError: If one lies elsewhere.
        InvalidInputError: If metadata.yaml cannot be read.
    """
    try:
        is_folder = path.is_dir()
        has_metadata = is_folder and os.path.lexists(path / METADATA)
    except (OSError, ValueError, RuntimeError) as error:
        raise BagError(f'{os.fspath(path)!r} is no path of a bag: {error}') from error
    if not is_folder:
        found = BagFiles((path,))
    elif has_metadata:
        found = _stated(path, folders)
    else:
        found = BagFiles(_found(path))
    for file in found.paths:
        if folders is not None:
            path_below(file, folders)
        if not file.name.removesuffix(PACKED).endswith(SUFFIXES):
            raise BagError(f'{file.name} is neither an .mcap nor a .db3 file')
    return found


def _stated(folder: Path, folders: Sequence[str] | None) -> BagFiles:
    """The files that metadata.yaml names; their folder is the bag's, whatever it says."""
    if folders is not None:
        path_below(folder / METADATA, folders)
    information = _information(read_regular(folder / METADATA, MAX_METADATA_BYTES))
    if information.version > KNOWN_VERSION:
        raise BagError(
            f'{METADATA} is of version {information.version} of rosbag2; this software reads up '
            f'to {KNOWN_VERSION}: update it'
        )
    paths = tuple(folder / PurePath(name).name for name in information.relative_file_paths)
    missing = [path.name for path in paths if not os.path.lexists(path) or path == folder]
    if missing:
        raise BagError(
            f'{METADATA} names {", ".join(missing)}, which is not there; without {METADATA} the '
            'files in the folder are read'
        )
    return BagFiles(paths, (information.compression_mode or '').lower() == 'message')


def _information(content: bytes) -> _Information:
    """Reads metadata.yaml.

    Raises:
        BagError: Naming the field that is wrong.
    """
    mend = f'mend it or remove it: without {METADATA} the files in the folder are read'
    try:
        _check_nesting(content)
        loader = _LOADER(content)
        try:
            text = loader.get_single_data()
        finally:
            loader.dispose()
        return _Metadata.model_validate(text).rosbag2_bagfile_information
    except ValidationError as error:
        raise BagError(f'{METADATA}: {first_problem(error)}; {mend}') from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = ' '.join(str(error).split())
        raise BagError(f'{METADATA} is no usable YAML: {problem}; {mend}') from error


def _check_nesting(content: bytes) -> None:
    """Refuses what a small file can grow to: aliases of aliases, and endless depth."""
    depth = 0
    for event in yaml.parse(content, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH or isinstance(event, yaml.AliasEvent):
            raise ValueError('it has aliases or deep nesting, which rosbag2 does not write')


def _found(folder: Path) -> tuple[Path, ...]:
    """The files of a folder by the number that rosbag2 gives them."""
    names = [path.name for path in folder.iterdir() if path.name.endswith(SUFFIXES)]
    if not names:
        raise BagError(f'the folder {folder} has neither {METADATA} nor an .mcap or .db3 file')
    return tuple(folder / name for name in sorted(names, key=_number))


def _number(name: str) -> tuple[int, str]:
    number = re.search(r'_(\d+)\.[a-z0-9]+$', name)
    return (int(number[1]) if number else 0, name)
