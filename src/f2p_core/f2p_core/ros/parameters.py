# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""ROS parameters from configurations: one source for declaration, checks and docs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic.fields import FieldInfo
from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    Parameter,
    ParameterDescriptor,
    ParameterType,
)
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter
from rclpy.parameter import parameter_value_to_python

from f2p_core.errors import InvalidInputError, WeakerError
from f2p_core.parameters import Config, parameter_info

C = TypeVar('C', bound=Config)

_TYPES = {
    bool: ParameterType.PARAMETER_BOOL,
    int: ParameterType.PARAMETER_INTEGER,
    float: ParameterType.PARAMETER_DOUBLE,
    str: ParameterType.PARAMETER_STRING,
}
_ARRAY_TYPES = {
    str: ParameterType.PARAMETER_STRING_ARRAY,
    float: ParameterType.PARAMETER_DOUBLE_ARRAY,
    int: ParameterType.PARAMETER_INTEGER_ARRAY,
}
_KNOWN_TYPES = tuple(kind.value for kind in RosParameter.Type)
"""The constants of rcl_interfaces/ParameterType."""


def declare_parameters(node: Node, config_type: type[C], prefix: str = '') -> C:
    """Declares one parameter per field and builds the configuration from them.

    What may be set later is up to ``own_parameters``, through which every node declares its own. A
    goal may carry overrides instead (``with_overrides``).

    Args:
        node: The node that declares them.
        config_type: The configuration; parameters of a configuration in it are named
            ``field.parameter``.
        prefix: Put before every name.

    Raises:
        InvalidInputError: If a value has the wrong type or is out of its bounds.
    """
    values: dict[str, Any] = {}
    for name, field in config_type.model_fields.items():
        nested = nested_config(field)
        values[name] = (
            _declare(node, name, field, prefix)
            if nested is None
            else declare_parameters(node, nested, f'{prefix}{name}.')
        )
    return config_type(**values)


def parameter_names(config_type: type[Config], prefix: str = '') -> Iterator[str]:
    """Yields the names of all parameters of a configuration, those of nested ones with a dot."""
    for name, field in config_type.model_fields.items():
        nested = nested_config(field)
        if nested is None:
            yield prefix + name
        else:
            yield from parameter_names(nested, f'{prefix}{name}.')


def with_overrides(
    config: C, overrides: Iterable[Parameter], settable: Sequence[str]
) -> C:
    """Returns the configuration with some fields replaced, for one goal only.

    Args:
        config: The owner's.
        overrides: What the goal wants otherwise.
        settable: Fields of the configuration, or configurations in it, that are a goal's to
            change; all others are the owner's.

    Raises:
        InvalidInputError: If a name is unknown, the parameter is the owner's, a type differs or a
            value is out of bounds.
        WeakerError: If a check would become weaker than the owner has it.
    """
    names = list(parameter_names(type(config)))
    known = [name for name in names if name.split('.')[0] in settable]
    changed = config
    for override in overrides:
        if override.name not in known:
            what = "the owner's alone" if override.name in names else 'not a parameter'
            raise InvalidInputError(
                f'override {override.name!r} is {what}; a goal may set: {", ".join(sorted(known))}'
            )
        changed = _replaced(changed, override.name.split('.'), override)
        _require_as_strict(config, changed, override.name)
    return changed


def _require_as_strict(owner: Config, goal: Config, name: str) -> None:
    """Raises if a goal made a check weaker."""
    *groups, last = name.split('.')
    for group in groups:
        owner, goal = getattr(owner, group), getattr(goal, group)
    old, new = getattr(owner, last), getattr(goal, last)
    by_goal = parameter_info(last, type(owner).model_fields[last]).by_goal
    if not by_goal.allows(old, new):
        raise WeakerError(
            f'override {name} = {new:g} would make the check weaker; the owner has {old:g}, and a '
            f'goal may set it {by_goal}'
        )


def _replaced(config: C, path: Sequence[str], override: Parameter) -> C:
    name, *rest = path
    if rest:
        value: Any = _replaced(getattr(config, name), rest, override)
    else:
        value = _override_value(type(config).model_fields[name], override)
    return config.replaced(**{name: value})


def nested_config(field: FieldInfo) -> type[Config] | None:
    """Returns the class of a field that is a configuration of its own, else ``None``."""
    return type(field.default) if isinstance(field.default, Config) else None


def descriptor(name: str, field: FieldInfo) -> ParameterDescriptor:
    """Returns the descriptor of a field: type, description, range."""
    info = parameter_info(name, field)
    result = ParameterDescriptor(
        name=name,
        type=_parameter_type(field.default),
        description=info.sentence(),
    )
    if info.low is None or info.high is None:
        return result
    if result.type == ParameterType.PARAMETER_DOUBLE:
        result.floating_point_range = [
            FloatingPointRange(from_value=float(info.low), to_value=float(info.high))
        ]
    if result.type == ParameterType.PARAMETER_INTEGER:
        result.integer_range = [IntegerRange(from_value=int(info.low), to_value=int(info.high))]
    return result


def _parameter_type(default: Any) -> int:
    if isinstance(default, tuple):
        return int(_ARRAY_TYPES[type(default[0])])
    return int(_TYPES[type(default)])


def _declare(node: Node, name: str, field: FieldInfo, prefix: str) -> Any:
    default, full_name = field.default, prefix + name
    initial = list(default) if isinstance(default, tuple) else default
    try:
        value = node.declare_parameter(full_name, initial, descriptor(name, field)).value
    except (InvalidParameterTypeException, InvalidParameterValueException) as error:
        raise InvalidInputError(f'parameter {full_name}: {error}') from error
    if isinstance(default, tuple):
        return tuple(value or ())  # rclpy has no value for an empty list of a file
    return value


def _override_value(field: FieldInfo, override: Parameter) -> Any:
    expected = _parameter_type(field.default)
    if override.value.type not in _KNOWN_TYPES:
        raise InvalidInputError(
            f'override {override.name} has the parameter type {override.value.type}; known are '
            f'those of rcl_interfaces/ParameterType, up to {max(_KNOWN_TYPES)}'
        )
    value = parameter_value_to_python(override.value)
    if expected == ParameterType.PARAMETER_DOUBLE and isinstance(value, int):
        value = float(value)
    elif override.value.type != expected:
        raise InvalidInputError(
            f'override {override.name} has the value {value!r}; '
            f'it must be of type {type(field.default).__name__}'
        )
    return tuple(value) if isinstance(field.default, tuple) else value
