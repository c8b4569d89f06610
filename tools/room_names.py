# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Finds rooms that name what another room defines: its skills, shapes, relations, tasks, methods.

Every ``Registry(...)`` in the sources is one table of definitions; its room is the folder it lies
in. Outside of it, a string that is a definition's name and an import of a definition are found:
who branches on a name knows something that the definition should be asked for. So does who asks
whether a shape is of a definition's class; making such a shape is everybody's.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
import importlib
from typing import Any, NamedTuple

from house import House, Import, package


class Table(NamedTuple):
    """One registry of definitions.

    Attributes:
        what: What its definitions are, as it says itself.
        room: Dotted name of the folder that may name them.
        definitions: By their names.
    """

    what: str
    room: str
    definitions: dict[str, Any]


class Naming(NamedTuple):
    """A definition named outside of its room.

    Attributes:
        module: Who names it.
        line: Where.
        what: What it is: ``skill``.
        name: Its name.
    """

    module: str
    line: int
    what: str
    name: str


class Allowed(NamedTuple):
    """Who may name definitions of one kind, and why.

    Attributes:
        where: Dotted name of a module, or of a folder with all in it.
        what: What may be named: ``skill``.
        why: The reason.
    """

    where: str
    what: str
    why: str

    def covers(self, naming: Naming) -> bool:
        """Whether this allows a naming."""
        return naming.what == self.what and lies_in(naming.module, self.where)


IDEAS = ('skill', 'shape', 'relation', 'task', 'method', 'effect model')
"""What rooms own; tables that hold something *per* skill (controllers) are not asked about."""

_PARTS = 'kinds of convex parts, which physics and viewers know: box, cylinder, sphere'
ALLOWED = (
    Allowed('f2p_bringup.ros.cloud_latency', 'task', 'a word of DDS: transport'),
    Allowed('f2p_core.ros.conversions.solids', 'shape', _PARTS),
    Allowed('f2p_core.supports', 'relation', 'what is inside a container is its content'),
    Allowed('f2p_effects', 'relation', 'inputs of our network; files have a column for contact'),
    Allowed('f2p_effects.config', 'shape', 'what our model tells apart, in its order'),
    Allowed('f2p_eval.bench.registry', 'method', 'the benchmark of one step of SVGD'),
    Allowed('f2p_eval.false_failures', 'relation', 'a goal of the trials'),
    Allowed('f2p_eval.figures', 'relation', "a word of matplotlib's: right"),
    Allowed('f2p_moveit.description.urdf', 'shape', 'elements of URDF'),
    Allowed('f2p_moveit.plans', 'skill', 'each has plans of its own'),
    Allowed('f2p_moveit.push', 'skill', 'a stage of its plan is called so'),
    Allowed('f2p_moveit.ros.planning_scene', 'shape', _PARTS),
    Allowed('f2p_perception', 'shape', 'each kind is looked for in its own way; others are not'),
    Allowed('f2p_replay.schema_1', 'shape', 'numbers of shapes in version 1 of our messages'),
    Allowed('f2p_sim.bench', 'skill', 'what is timed'),
    Allowed('f2p_sim.scene_model', 'shape', _PARTS),
    Allowed('f2p_sim.skills.registry', 'skill', 'each has a controller of its own'),
    Allowed('f2p_svi.scenes', 'relation', 'hypotheses are about containers, contacts are a term'),
    Allowed('f2p_svi.scenes.distances', 'shape', _PARTS),
    Allowed('f2p_tasks', 'relation', 'a goal is made of relations'),
    Allowed('f2p_tasks', 'shape', 'a task says what stands where'),
    Allowed('f2p_tasks', 'skill', 'a task says what pre-training shows of each skill'),
    Allowed('f2p_viz', 'relation', 'what is drawn unless a parameter says otherwise'),
    Allowed('f2p_viz', 'shape', _PARTS),
)
"""Kept short: a definition is asked, not named. Lint fails on what nobody needs any more."""


def lies_in(module: str, where: str) -> bool:
    """Whether a module is another one or lies in its folder."""
    return f'{module}.'.startswith(f'{where}.')


def tables(house: House) -> list[Table]:
    """Returns the registries of ``IDEAS`` that the sources make, each from its module."""
    found = []
    for module, path in house.paths.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AnnAssign | ast.Assign) and _makes_a_registry(node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                registry = getattr(importlib.import_module(module), ast.unparse(targets[0]))
                definitions = dict(zip(registry.names, registry, strict=True))
                if registry.what in IDEAS:
                    found.append(Table(registry.what, house.folder(module), definitions))
    return found


def _makes_a_registry(value: ast.expr | None) -> bool:
    function = value.func if isinstance(value, ast.Call) else None
    if isinstance(function, ast.Subscript):
        function = function.value
    return isinstance(function, ast.Name) and function.id == 'Registry'


def namings(house: House, tables: Sequence[Table]) -> Iterator[Naming]:
    """Yields where definitions are named outside of their rooms."""
    imports = defaultdict(list)
    for one in house.imports:
        imports[one.module].append(one)
    for module, path in house.paths.items():
        tree = ast.parse(path.read_text())
        foreign = [table for table in tables if not lies_in(module, table.room)]
        words, asked = list(_strings(tree)), _asked_classes(tree)
        for table in foreign:
            for line, word in words:
                if word in table.definitions:
                    yield Naming(module, line, table.what, word)
            for one in imports[module]:
                name = _imported_definition(one, table, asked)
                if name:
                    yield Naming(module, one.line, table.what, name)


def _imported_definition(one: Import, table: Table, asked: set[str]) -> str:
    """The definition that an import takes from a table's room; empty if it takes none.

    Also a class that belongs to a definition, where the module asks whether things are of it.
    """
    own = one.name.rpartition('.')[-1]
    if not lies_in(one.source, table.room) or one.name == one.source:
        return ''
    value = getattr(importlib.import_module(one.source), own)
    for name, definition in table.definitions.items():
        classes = [v for v in getattr(definition, '__dict__', {}).values() if v is value]
        if value is definition or (own in asked and classes and isinstance(value, type)):
            return name
    return ''


def _asked_classes(tree: ast.Module) -> set[str]:
    """Names that a module asks ``isinstance`` about."""
    asked = [
        node.args[1]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == 'isinstance'
    ]
    return {n.id for part in asked for n in ast.walk(part) if isinstance(n, ast.Name)}


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yields line and value of the strings in a module that are no docstrings or comments."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def complaints(
    house: House, tables: Sequence[Table], allowed: Sequence[Allowed] = ALLOWED
) -> Iterator[str]:
    """Yields the namings that are not allowed."""
    for naming in namings(house, tables):
        if not any(one.covers(naming) for one in allowed):
            yield (
                f'{naming.module}:{naming.line} names the {naming.what} {naming.name!r}: ask its '
                'definition, or say in tools/room_names.py why not'
            )


def needless(
    house: House, tables: Sequence[Table], allowed: Sequence[Allowed] = ALLOWED
) -> Iterator[str]:
    """Yields the allowances that nobody needs any more, in packages and of tables that exist."""
    found = list(namings(house, tables))
    ideas, packages = {table.what for table in tables}, {package(module) for module in house.paths}
    for one in allowed:
        is_there = one.what in ideas and package(one.where) in packages
        if is_there and not any(one.covers(naming) for naming in found):
            yield f'{one.where} names no {one.what} any more: take it from tools/room_names.py'


def lines(house: House, tables: Sequence[Table]) -> Iterator[str]:
    """Yields what each registry holds, and who else names it."""
    found = list(namings(house, tables))
    for table in tables:
        yield f'{table.room} defines each {table.what}: {", ".join(table.definitions)}'
        named = Counter((n.module, n.name) for n in found if n.what == table.what)
        for (module, name), count in sorted(named.items()):
            yield f'    {module} names {name}  {count}'
