# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Tables of definitions by name: ours, and those that installed packages add by entry points.

A skill, shape, relation, task, method or effect model is one *definition* in one such table.
Everything else asks the definition and never branches on its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import entry_points, EntryPoint
import logging
import threading
from typing import Generic, NamedTuple, TypeVar

from f2p_core.errors import InvalidInputError

D = TypeVar('D')

_LOG = logging.getLogger(__name__)


class PluginProblem(NamedTuple):
    """A definition of another package that cannot be used: where it stands, and why not."""

    group: str
    entry_point: str
    reason: str

    def in_words(self) -> str:
        """Returns one sentence that names the entry point, its group and the reason."""
        return f'{self.group}: {self.entry_point} cannot be used: {self.reason}'


class Registry(Generic[D]):
    """Definitions of one kind by name.

    The entry points of the group are loaded when the table is first asked, so that a package may
    import ours to define something. One that cannot be used is named in ``problems`` and logged
    as a warning; the rest works. Ours come first, in the order given; those of packages follow in
    the order of their names.

    Args:
        what: What a definition is, for messages: ``skill``.
        group: Group of the entry points whose values are definitions: ``f2p.skills``.
        built_in: Our own definitions.
        name_of: Returns a definition's name.
        kind: Class a definition must be of; ``None``: not checked.
        check: Tries out a definition of another package; raises what is wrong with it.
    """

    def __init__(
        self,
        what: str,
        group: str,
        built_in: Iterable[D],
        name_of: Callable[[D], str],
        kind: type | None = None,
        check: Callable[[D], None] | None = None,
    ) -> None:
        self.what = what
        self.group = group
        self._name_of = name_of
        self._kind = kind
        self._check = check
        self._lock = threading.RLock()
        self._loaded = False
        self._problems: list[PluginProblem] = []
        self._definitions: dict[str, D] = {}
        for definition in built_in:
            self.register(definition)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all definitions, ours first."""
        return tuple(self._table())

    @property
    def problems(self) -> tuple[PluginProblem, ...]:
        """What installed packages offer and cannot be used."""
        self._table()
        return tuple(self._problems)

    def __iter__(self) -> Iterator[D]:
        return iter(tuple(self._table().values()))

    def __len__(self) -> int:
        return len(self._table())

    def __contains__(self, name: object) -> bool:
        return name in self._table()

    def __getitem__(self, name: str) -> D:
        """Returns the definition of that name.

        Raises:
            InvalidInputError: If there is none, naming those there are and what failed to load.
        """
        table = self._table()
        if name not in table:
            failed = ''.join(f'; {problem.in_words()}' for problem in self._problems)
            raise InvalidInputError(
                f'unknown {self.what} {name!r}; known: {", ".join(table)}{failed}'
            )
        return table[name]

    def register(self, definition: D) -> D:
        """Adds a definition; a name keeps its meaning once it has one.

        Returns:
            The definition.

        Raises:
            InvalidInputError: If it is of the wrong class, its name is not a word, or the name
                stands for another definition.
        """
        self._require_kind(definition)
        name = self._name_of(definition)
        if not name.isidentifier():
            raise InvalidInputError(
                f'{self.what} name {name!r} must be a word of letters, digits and _'
            )
        with self._lock:
            if self._definitions.setdefault(name, definition) is not definition:
                raise InvalidInputError(
                    f'{self.what} {name!r} is registered already; take another name'
                )
        return definition

    def _require_kind(self, definition: D) -> None:
        if self._kind is not None and not isinstance(definition, self._kind):
            raise InvalidInputError(
                f'{definition!r} is no {self.what}; it must be a {self._kind.__name__}'
            )

    def _table(self) -> dict[str, D]:
        with self._lock:
            if not self._loaded:
                self._loaded = True
                for entry_point in sorted(entry_points(group=self.group)):
                    self._load(entry_point)
        return self._definitions

    def _load(self, entry_point: EntryPoint) -> None:
        try:
            definition = entry_point.load()
            self._require_kind(definition)
            if self._check is not None:
                self._check(definition)
            self.register(definition)
        except Exception as error:  # whatever a stranger's module does while it is imported
            problem = PluginProblem(
                self.group,
                f'{entry_point.name} = {entry_point.value}',
                f'{type(error).__name__}: {error}',
            )
            self._problems.append(problem)
            _LOG.warning('%s', problem.in_words())
