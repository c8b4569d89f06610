# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""All kinds of shape by name, and the type of a field that holds a shape of any kind."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import PlainValidator, SerializeAsAny, ValidationInfo, WithJsonSchema

from f2p_core.geometry.kinds.box import BOX, Box
from f2p_core.geometry.kinds.cup import CUP, Cup
from f2p_core.geometry.kinds.cylinder import CYLINDER, Cylinder
from f2p_core.geometry.kinds.open_box import HANDLE_BAR_HALF_M, OPEN_BOX, OpenBox
from f2p_core.geometry.kinds.shelf import SHELF, Shelf
from f2p_core.geometry.kinds.sphere import SPHERE, Sphere
from f2p_core.geometry.kinds.table import TABLE, Table
from f2p_core.geometry.shape_kind import MAX_DIMENSIONS, Part, PartArrays, ShapeKind, ShapeValue
from f2p_core.registry import Registry

__all__ = [
    'HANDLE_BAR_HALF_M',
    'MAX_DIMENSIONS',
    'SHAPES',
    'Box',
    'Cup',
    'Cylinder',
    'OpenBox',
    'Part',
    'PartArrays',
    'Shape',
    'ShapeKind',
    'ShapeValue',
    'Shelf',
    'Sphere',
    'Table',
]

SHAPES: Registry[ShapeKind] = Registry(
    'shape',
    'f2p.shapes',
    (BOX, CYLINDER, SPHERE, CUP, OPEN_BOX, SHELF, TABLE),
    lambda definition: definition.name,
    ShapeKind,
)
"""Kinds of shape: ours, and those of packages with an entry point in the group ``f2p.shapes``."""


def _of_its_kind(value: Any, info: ValidationInfo) -> ShapeValue:
    if isinstance(value, ShapeValue):
        if type(value) is not _class_of(value.kind):
            raise ValueError(f'{type(value).__name__} is not the registered {value.kind!r}')
        return value
    found = _class_of(_kind_in(value))
    if info.mode == 'json':  # strictly read, a list of Python is no tuple
        return found.model_validate_json(json.dumps(value), strict=True)
    return found.model_validate(value)


def _kind_in(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError('a shape must be an object with a kind and its dimensions')
    if 'kind' not in value:
        raise ValueError(f'kind is missing; add one of {", ".join(SHAPES.names)}')
    return value['kind']


def _class_of(kind: Any) -> type[ShapeValue]:
    if not isinstance(kind, str) or kind not in SHAPES:
        failed = ''.join(f'; {problem.in_words()}' for problem in SHAPES.problems)
        raise ValueError(f'unknown kind {kind!r}; known: {", ".join(SHAPES.names)}{failed}')
    return SHAPES[kind].shape


Shape = Annotated[
    SerializeAsAny[ShapeValue], PlainValidator(_of_its_kind), WithJsonSchema({'type': 'object'})
]
"""A shape of any registered kind: its ``kind`` says how it is read; it is written in full."""
