# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Configuration as frozen dataclasses whose fields know their meaning, unit and bounds.

One description serves plain Python, the command line and ROS parameters: nodes declare their
parameters from it (``f2p_core.ros.parameters``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, field, fields, is_dataclass
from typing import Any, NamedTuple

from f2p_core.errors import InvalidInputError

_KEY = 'f2p_parameter'


class ParameterInfo(NamedTuple):
    """What a reader has to know about a configuration value.

    Attributes:
        description: One sentence; says what 0 or empty means where that is special.
        unit: SI unit, empty for pure numbers and words.
        low, high: Inclusive bounds of a number, ``None``: unbounded.
        choices: The allowed words; empty: any.
    """

    description: str
    unit: str = ''
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Returns description, unit and choices in one line."""
        text = self.description
        if self.unit:
            text += f' [{self.unit}]'
        if self.choices:
            text += f' (one of: {", ".join(self.choices)})'
        return text


def parameter(
    default: Any,
    description: str,
    *,
    unit: str = '',
    low: float | None = None,
    high: float | None = None,
    choices: Sequence[str] = (),
) -> Any:
    """Returns a dataclass field that carries its ``ParameterInfo``."""
    info = ParameterInfo(description, unit, low, high, tuple(choices))
    return field(default=default, metadata={_KEY: info})


def parameter_info(config_field: Field[Any]) -> ParameterInfo:
    """Returns what ``parameter`` attached to a dataclass field."""
    info: ParameterInfo = config_field.metadata.get(_KEY, ParameterInfo(config_field.name))
    return info


def check_config(config: Any) -> None:
    """Checks every number of a configuration against its bounds and every word's choices.

    Args:
        config: A dataclass instance built of ``parameter`` fields and further such dataclasses.

    Raises:
        InvalidInputError: Naming the first field that is out of bounds, its value and the bounds.
    """
    if not is_dataclass(config):
        raise InvalidInputError(f'{config!r} is not a configuration dataclass')
    for config_field in fields(config):
        value = getattr(config, config_field.name)
        if is_dataclass(value):
            check_config(value)
        else:
            _check(config_field.name, value, parameter_info(config_field))


def _check(name: str, value: Any, info: ParameterInfo) -> None:
    if info.choices and value not in info.choices:
        raise InvalidInputError(
            f'parameter {name} = {value!r}; it must be one of: {", ".join(info.choices)}'
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    low = -float('inf') if info.low is None else info.low
    high = float('inf') if info.high is None else info.high
    if not low <= value <= high:
        raise InvalidInputError(
            f'parameter {name} = {value:g} is outside [{low:g}, {high:g}]; choose a value in it'
        )
