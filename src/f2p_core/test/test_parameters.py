# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Configurations know and keep their bounds."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
import pytest

from f2p_core.errors import InvalidInputError
from f2p_core.parameters import Config, parameter, parameter_info

LATER: list[str] = []


class Inner(Config):
    count: int = parameter(3, 'How many', low=1, high=5)
    reach_m: float = parameter(0.5, 'How far', unit='m', low=0.0)
    device: str = parameter('auto', 'Where', choices=('auto', 'cpu'))
    names: tuple[str, ...] = parameter(('a',), 'Which')


class Outer(Config):
    inner: Inner = Inner()
    word: str = parameter('late', 'What', choices=lambda: ('late', *LATER))


def test_values_within_bounds_pass() -> None:
    config = Inner(count=5, reach_m=0.0, device='cpu')
    assert (config.count, config.reach_m, config.device) == (5, 0.0, 'cpu')


@pytest.mark.parametrize(
    ('values', 'text'),
    [
        ({'count': 6}, r'^parameter count = 6 is outside \[1, 5\]; choose a value in it$'),
        ({'count': 0}, r'count = 0 is outside \[1, 5\]'),
        ({'reach_m': -0.1}, r'reach_m = -0.1 is outside \[0, inf\]'),
        ({'reach_m': float('nan')}, r'reach_m = nan is outside \[0, inf\]'),
        ({'device': 'gpu'}, "device = 'gpu'; it must be one of: auto, cpu"),
        ({'count': '3'}, "parameter count = '3': .*integer"),
        ({'count': True}, 'parameter count = True: .*integer'),
        ({'names': 'abc'}, "parameter names = 'abc': .*tuple"),
        ({'number': 3}, "'number' is no parameter of Inner; known: count, reach_m, device, names"),
    ],
)
def test_bad_value_is_named_with_its_bounds(values: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        Inner(**values)
    with pytest.raises(InvalidInputError, match=text):
        Inner().replaced(**values)
    with pytest.raises(InvalidInputError, match=text):
        Inner.model_validate(values)


def test_a_whole_number_is_a_length_too() -> None:
    config = Inner(reach_m=2)
    assert config.reach_m == 2.0
    assert isinstance(config.reach_m, float)


def test_a_configuration_does_not_change() -> None:
    config = Outer()
    with pytest.raises(ValidationError, match='frozen'):
        config.word = 'other'
    changed = config.replaced(inner=config.inner.replaced(count=4))
    assert (config.inner.count, changed.inner.count) == (3, 4)
    assert changed == Outer(inner=Inner(count=4))


def test_a_file_holds_what_it_was_written_from() -> None:
    config = Outer(inner=Inner(count=2, names=('b', 'c')))
    assert Outer.model_validate_json(config.model_dump_json()) == config
    with pytest.raises(InvalidInputError, match=r'count = 9 is outside \[1, 5\]'):
        Outer.model_validate_json('{"inner": {"count": 9}}')


def test_choices_may_come_later() -> None:
    with pytest.raises(InvalidInputError, match=r"word = 'new'; it must be one of: late$"):
        Outer(word='new')
    LATER.append('new')
    assert Outer(word='new').word == 'new'
    LATER.clear()


def test_description_carries_unit_and_choices() -> None:
    sentences = {n: parameter_info(n, f).sentence() for n, f in Inner.model_fields.items()}
    assert sentences['reach_m'] == 'How far [m]'
    assert sentences['device'] == 'Where (one of: auto, cpu)'
    assert sentences['count'] == 'How many'
