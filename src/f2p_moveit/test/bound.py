# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What pybind11 does to calls: wrong names, arguments or types raise, nothing is added later."""

from __future__ import annotations

from collections.abc import Callable
import inspect
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints, TypeVar, Union

F = TypeVar('F', bound=Callable[..., Any])


def bound(function: F) -> F:
    """Makes a function check its arguments as a bound C++ function does.

    Raises:
        TypeError: ``incompatible function arguments``, for a wrong number, name or type.
    """
    signature = inspect.signature(function)

    def checked(*args: Any, **named: Any) -> Any:
        hints = get_type_hints(function)
        try:
            given = signature.bind(*args, **named)
        except TypeError as error:
            raise TypeError(f'{function.__name__}(): incompatible arguments: {error}') from None
        for name, value in given.arguments.items():
            if name in hints and not fits(value, hints[name]):
                raise TypeError(
                    f'{function.__name__}(): incompatible arguments: {name} = {value!r}'
                )
        return function(*args, **named)

    checked.__name__ = function.__name__
    return checked  # type: ignore[return-value]


def fits(value: Any, hint: Any) -> bool:
    """Returns whether pybind11 would convert a value; messages are told by their class's name."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(fits(value, h) for h in inner)
    if origin is list:
        return isinstance(value, list | tuple) and all(fits(v, inner[0]) for v in value)
    if origin is dict:
        return isinstance(value, dict) and all(
            fits(k, inner[0]) and fits(v, inner[1]) for k, v in value.items()
        )
    return hint is Any or _is_a(value, NoneType if hint is None else hint)


def _is_a(value: Any, kind: type) -> bool:
    if kind in (float, int):
        numbers = (float, int) if kind is float else (int,)
        return isinstance(value, numbers) and not isinstance(value, bool)
    return isinstance(value, kind) or type(value).__name__ == kind.__name__


class Bound:
    """A bound class: only its properties can be set, and only to what they take."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith('_'):
            object.__setattr__(self, name, value)
            return
        known = getattr(type(self), name, None)
        if not isinstance(known, property):
            raise AttributeError(f'{type(self).__name__!r} object has no attribute {name!r}')
        if known.fset is None:
            raise AttributeError(f'property {name!r} has no setter')
        object.__setattr__(self, name, value)


def readwrite(name: str, kind: type) -> Any:
    """Returns what ``def_readwrite`` makes of a member of a type."""
    hidden = f'_{name}'

    def setter(self: Any, value: Any) -> None:
        if not fits(value, kind):
            raise TypeError(f'{name}: incompatible value {value!r}')
        object.__setattr__(self, hidden, value)

    return property(lambda self: getattr(self, hidden), setter)
