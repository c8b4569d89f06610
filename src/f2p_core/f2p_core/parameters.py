# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Configurations: frozen values whose fields know their meaning, unit and bounds.

One description serves plain Python, the command line, files and ROS parameters: nodes declare
their parameters from it (``f2p_core.ros.parameters``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, cast, NamedTuple, Self

from pydantic import (
    Field,
    model_validator,
    ModelWrapValidatorHandler,
    ValidationError,
)
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from f2p_core.errors import InvalidInputError
from f2p_core.models import Value

Choices = Sequence[str] | Callable[[], Sequence[str]]
"""The allowed words; a function where they are known only later (the names of a registry)."""

_OUT_OF_BOUNDS = ('greater_than_equal', 'less_than_equal', 'finite_number')
"""Kinds of pydantic's errors that are told with the bounds."""


class ByGoal(StrEnum):
    """How the overrides of a goal may change a parameter."""

    FREELY = 'freely'
    ONLY_HIGHER = 'only higher'
    ONLY_LOWER = 'only lower'

    def allows(self, old: Any, new: Any) -> bool:
        """Returns whether a goal may put a new value in the place of the owner's."""
        match self:
            case ByGoal.ONLY_HIGHER:
                return bool(new >= old)
            case ByGoal.ONLY_LOWER:
                return bool(new <= old)
        return True


class ParameterInfo(NamedTuple):
    """What a reader has to know about a configuration value.

    Attributes:
        description: One sentence; says what 0 or empty means where that is special.
        unit: SI unit, empty for pure numbers and words.
        low, high: Inclusive bounds of a number, ``None``: unbounded.
        choices: The allowed words; empty: any.
        by_goal: How the overrides of a goal may change it.
        live: Whether it may be set while the node works.
    """

    description: str
    unit: str = ''
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    by_goal: ByGoal = ByGoal.FREELY
    live: bool = False

    def sentence(self) -> str:
        """Returns description, unit, choices and what a goal may do in one line."""
        text = self.description
        if self.unit:
            text += f' [{self.unit}]'
        if self.choices:
            text += f' (one of: {", ".join(self.choices)})'
        if self.by_goal is not ByGoal.FREELY:
            text += f' (by goals {self.by_goal})'
        if self.live:
            text += ' (can be set while the node works)'
        return text


def parameter(
    default: Any,
    description: str,
    *,
    unit: str = '',
    low: float | None = None,
    high: float | None = None,
    choices: Choices = (),
    by_goal: ByGoal = ByGoal.FREELY,
    live: bool = False,
) -> Any:
    """Returns a field of a ``Config``; see ``ParameterInfo`` for the arguments."""
    return Field(
        default,
        description=description,
        ge=low,
        le=high,
        strict=None if isinstance(default, tuple) else True,  # files have lists, not tuples
        json_schema_extra=cast(
            JsonDict, {'unit': unit, 'choices': choices, 'by_goal': by_goal, 'live': live}
        ),
    )


def parameter_info(name: str, field: FieldInfo) -> ParameterInfo:
    """Returns what ``parameter`` was told about a field; of another field its name alone."""
    if field.description is None:
        return ParameterInfo(name)
    extra = cast(dict[str, Any], field.json_schema_extra or {})
    choices = extra.get('choices', ())
    low, high = None, None
    for bound in field.metadata:
        low, high = getattr(bound, 'ge', low), getattr(bound, 'le', high)
    words = tuple(choices() if callable(choices) else choices)
    return ParameterInfo(
        field.description,
        extra.get('unit', ''),
        low,
        high,
        words,
        extra.get('by_goal', ByGoal.FREELY),
        extra.get('live', False),
    )


class Config(Value):
    """Base of all configurations: fields made by ``parameter``, or further configurations.

    Numbers are checked against their bounds and words against their choices when a
    configuration is made.

    Raises:
        InvalidInputError: Naming the first parameter that is wrong, its value and what it may be.
    """

    def replaced(self, **changes: Any) -> Self:
        """Returns a configuration with some parameters changed, checked as any other."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**(values | changes))

    @model_validator(mode='wrap')
    @classmethod
    def _check(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            config = handler(values)
        except ValidationError as error:
            raise InvalidInputError(cls._in_words(error)) from error
        for name, field in cls.model_fields.items():
            choices, value = parameter_info(name, field).choices, getattr(config, name)
            if choices and value not in choices:
                raise InvalidInputError(
                    f'parameter {name} = {value!r}; it must be one of: {", ".join(choices)}'
                )
        return config

    @classmethod
    def _in_words(cls, error: ValidationError) -> str:
        first = error.errors()[0]
        name, value = str(first['loc'][0]) if first['loc'] else cls.__name__, first['input']
        if first['type'] == 'extra_forbidden':
            known = ', '.join(cls.model_fields)
            return f'{name!r} is no parameter of {cls.__name__}; known: {known}'
        if first['type'] not in _OUT_OF_BOUNDS:
            return f'parameter {name} = {value!r}: {first["msg"]}'
        info = parameter_info(name, cls.model_fields[name])
        low = -float('inf') if info.low is None else info.low
        high = float('inf') if info.high is None else info.high
        return f'parameter {name} = {value:g} is outside [{low:g}, {high:g}]; choose a value in it'
