# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import NamedTuple

import pytest

from f2p_core import registry
from f2p_core.errors import InvalidInputError
from f2p_core.registry import Registry


class Colour(NamedTuple):
    name: str


RED, BLUE, GREEN = Colour('red'), Colour('blue'), Colour('green')


def name_of(colour: Colour) -> str:
    return colour.name


def colours(*built_in: Colour) -> Registry[Colour]:
    return Registry('colour', 'f2p.colours', built_in, name_of, Colour)


def install(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    found = tuple(EntryPoint(name, value, 'f2p.colours') for name, value in values.items())
    monkeypatch.setattr(registry, 'entry_points', lambda group: found)


def test_ours_come_first_in_their_order_then_those_of_packages_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch, z=f'{__name__}:GREEN')
    monkeypatch.setattr(EntryPoint, 'load', lambda self: GREEN)
    table = colours(RED, BLUE)
    assert table.names == ('red', 'blue', 'green')
    assert list(table) == [RED, BLUE, GREEN]
    assert table['green'] is GREEN
    assert 'blue' in table
    assert 'pink' not in table


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidInputError, match="unknown colour 'pink'; known: red, blue"):
        colours(RED, BLUE)['pink']


def test_a_name_keeps_its_meaning() -> None:
    table = colours(RED)
    assert table.register(RED) is RED
    with pytest.raises(InvalidInputError, match="'blue sky' must be a word"):
        table.register(Colour('blue sky'))
    with pytest.raises(InvalidInputError, match="colour 'red' is registered already"):
        table.register(Colour('red'))


def test_a_package_that_cannot_be_used_is_named_and_the_rest_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(
        monkeypatch,
        absent='no_such_module_of_anyone:THING',
        number='math:pi',
        works='collections:OrderedDict',
    )
    load = EntryPoint.load
    monkeypatch.setattr(
        EntryPoint, 'load', lambda self: GREEN if self.name == 'works' else load(self)
    )
    table = colours(RED)
    assert table.names == ('red', 'green')
    words = [problem.in_words() for problem in table.problems]
    assert 'absent = no_such_module_of_anyone:THING cannot be used' in words[0]
    assert 'ModuleNotFoundError' in words[0]
    assert 'is no colour; it must be a Colour' in words[1]
    with pytest.raises(InvalidInputError, match='no_such_module_of_anyone'):
        table['pink']


def test_a_package_cannot_give_a_name_of_ours_another_meaning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch, red='anywhere:RED')
    monkeypatch.setattr(EntryPoint, 'load', lambda self: Colour('red') if self else None)
    table = colours(RED)
    assert table['red'] is RED
    assert "colour 'red' is registered already" in table.problems[0].reason
