# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The base of every value type that crosses a file or process boundary."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema


class Value(BaseModel):
    """An immutable, strictly read value: unknown fields, NaN and infinities are refused."""

    model_config = ConfigDict(
        frozen=True, extra='forbid', allow_inf_nan=False, arbitrary_types_allowed=True
    )


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array


def _numbers(value: object, kinds: str, what: str) -> NDArray[Any]:
    try:
        array = np.array(value)
    except (TypeError, ValueError):
        raise ValueError(f'must be nested lists of {what} with rows of one length') from None
    # Arrays may be cast (0/1 masks); lists come from files and must hold what they should.
    allowed = 'fiub' if isinstance(value, np.ndarray) else kinds
    if array.size and array.dtype.kind not in allowed:
        raise ValueError(f'must be nested lists of {what} with rows of one length')
    return array


def _to_float_array(value: object) -> NDArray[np.float64]:
    array = _numbers(value, 'fiu', 'numbers').astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError('holds NaN or infinity; every entry must be finite')
    return _read_only(array)


def _to_bool_array(value: object) -> NDArray[np.bool_]:
    return _read_only(_numbers(value, 'b', 'true and false').astype(np.bool_))


def _to_list(array: NDArray[Any]) -> object:
    return array.tolist()


FloatArray = Annotated[
    NDArray[np.float64],
    BeforeValidator(_to_float_array),
    PlainSerializer(_to_list),
    WithJsonSchema({'type': 'array'}),
]
"""A finite, read-only float64 array that is written to JSON as nested lists."""

BoolArray = Annotated[
    NDArray[np.bool_],
    BeforeValidator(_to_bool_array),
    PlainSerializer(_to_list),
    WithJsonSchema({'type': 'array'}),
]
"""A read-only boolean array that is written to JSON as nested lists."""
