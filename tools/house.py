# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Reads the modules of all packages and what they import, without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / 'src'


@dataclass(frozen=True)
class Import:
    """One name that one file takes from elsewhere.

    Attributes:
        module: Dotted name of the importing module.
        line: Line of the statement in its file.
        name: Absolute dotted name of what is imported, of ours or not.
        source: The module of ours that ``name`` is or lies in; empty if it is not ours.
    """

    module: str
    line: int
    name: str
    source: str


@dataclass(frozen=True)
class House:
    """The modules of all packages and what they import.

    Attributes:
        paths: File of each module, by its dotted name.
        imports: Every import of every module, in the order of the files.
    """

    paths: Mapping[str, Path]
    imports: tuple[Import, ...]

    def folder(self, module: str) -> str:
        """Returns the dotted name of the folder a module lies in."""
        is_folder = self.paths[module].name == '__init__.py'
        return module if is_folder else module.rpartition('.')[0]


def package(module: str) -> str:
    """Returns the package of a dotted name."""
    return module.partition('.')[0]


def imported_names(path: Path) -> Iterator[tuple[int, str]]:
    """Yields line and dotted name of all that a file imports, wherever in the file.

    Raises:
        ValueError: If it imports by a relative name.
    """
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f'{path}:{node.lineno} imports by a relative name')
            yield from ((node.lineno, f'{node.module}.{alias.name}') for alias in node.names)


def read_house(sources: Path = SOURCES) -> House:
    """Reads the packages below a folder (``f2p_x/f2p_x/**/*.py``) without running them."""
    paths = {}
    for path in sorted(sources.glob('*/f2p_*/**/*.py')):
        parts = path.relative_to(sources).with_suffix('').parts[1:]
        paths['.'.join(parts).removesuffix('.__init__')] = path

    def source(name: str) -> str:
        while name and name not in paths:
            name = name.rpartition('.')[0]
        return name

    imports = (
        Import(module, line, name, source(name))
        for module, path in paths.items()
        for line, name in imported_names(path)
    )
    return House(paths, tuple(imports))
