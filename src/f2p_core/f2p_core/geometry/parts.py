# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Shapes as flat dimension vectors and as convex parts; the one place that knows their geometry.

Dimension vectors (zero-padded to five entries, all in metres):
    box, table: size x, y, z · cylinder: radius, height · sphere: radius
    cup: radius, height, wall · open_box: size x, y, z, wall, handle height
    shelf: size x, y, z, wall
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import array_api_compat
import numpy as np
from pydantic import TypeAdapter

from f2p_core.geometry.shapes import (
    Box,
    Cup,
    CUP_WALL_PARTS,
    Cylinder,
    HANDLE_BAR_HALF_M,
    MAX_DIMENSIONS,
    OpenBox,
    Part,
    Shape,
    ShapeKind,
    Shelf,
    Sphere,
    Table,
)

Array = Any

_SHAPE: TypeAdapter[Shape] = TypeAdapter(Shape)


class PartArrays(NamedTuple):
    """The K parts of one shape kind for a batch of dimension vectors.

    Attributes:
        kinds: ``box``, ``cylinder`` or ``sphere`` per part.
        centre_m: Part centres in the object frame, shape (..., K, 3) [m].
        half_m: Half sizes, shape (..., K, 3) [m].
        yaw_rad: Constant turn of each part about z [rad], length K.
    """

    kinds: tuple[str, ...]
    centre_m: Array
    half_m: Array
    yaw_rad: tuple[float, ...]


def dimensions_of(shape: Shape) -> tuple[float, ...]:
    """Returns the zero-padded dimension vector of a shape, length ``MAX_DIMENSIONS`` [m]."""
    match shape:
        case Box() | Table():
            values: tuple[float, ...] = shape.size_m
        case Cylinder():
            values = (shape.radius_m, shape.height_m)
        case Sphere():
            values = (shape.radius_m,)
        case Cup():
            values = (shape.radius_m, shape.height_m, shape.wall_m)
        case OpenBox():
            values = (*shape.size_m, shape.wall_m, shape.handle_height_m)
        case Shelf():
            values = (*shape.size_m, shape.wall_m)
    return values + (0.0,) * (MAX_DIMENSIONS - len(values))


def shape_from_dimensions(kind: ShapeKind, dimensions: tuple[float, ...]) -> Shape:
    """Returns the shape of a kind with the given dimension vector [m]; see the module docstring.

    Raises:
        pydantic.ValidationError: If a dimension is not usable (negative, not finite).
    """
    d = tuple(float(v) for v in dimensions)
    fields: dict[ShapeKind, dict[str, object]] = {
        'box': {'size_m': d[:3]},
        'table': {'size_m': d[:3]},
        'cylinder': {'radius_m': d[0], 'height_m': d[1]},
        'sphere': {'radius_m': d[0]},
        'cup': {'radius_m': d[0], 'height_m': d[1], 'wall_m': d[2]},
        'open_box': {'size_m': d[:3], 'wall_m': d[3], 'handle_height_m': d[4]},
        'shelf': {'size_m': d[:3], 'wall_m': d[3]},
    }
    return _SHAPE.validate_python({'kind': kind, **fields[kind]})


def body_half_extents(kind: ShapeKind, dimensions: Array) -> Array:
    """Returns half the body's bounding box in the object frame, (..., 5) → (..., 3) [m]."""
    xp = array_api_compat.array_namespace(dimensions)
    d = dimensions
    if kind in ('cylinder', 'cup'):
        return xp.stack([d[..., 0], d[..., 0], d[..., 1] / 2], axis=-1)
    if kind == 'sphere':
        return xp.stack([d[..., 0]] * 3, axis=-1)
    return d[..., :3] / 2


def part_arrays(kind: ShapeKind, dimensions: Array) -> PartArrays:
    """Returns the convex parts of shapes of one kind.

    Args:
        kind: Shape kind.
        dimensions: Dimension vectors, shape (..., 5) [m].

    Returns:
        The parts, differentiable in ``dimensions`` where these are torch tensors.
    """
    half = body_half_extents(kind, dimensions)
    if kind in ('box', 'table', 'sphere', 'cylinder'):
        part_kind = 'box' if kind in ('box', 'table') else kind
        return PartArrays((part_kind,), 0.0 * half[..., None, :], half[..., None, :], (0.0,))
    if kind == 'cup':
        return _stack(_cup(half, dimensions[..., 2]))
    if kind == 'open_box':
        return _stack([*_tray(half, dimensions[..., 3]), *_handle(half, dimensions[..., 4])])
    return _stack(_shelf(half, dimensions[..., 3]))


def shape_parts(shape: Shape) -> tuple[Part, ...]:
    """Returns the convex parts of one shape, parts without volume (a missing handle) left out."""
    arrays = part_arrays(shape.kind, np.array(dimensions_of(shape)))
    return tuple(
        Part(kind, tuple(c), tuple(h), yaw)  # type: ignore[arg-type]
        for kind, c, h, yaw in zip(
            arrays.kinds,
            arrays.centre_m.tolist(),
            arrays.half_m.tolist(),
            arrays.yaw_rad,
            strict=True,
        )
        if min(h) > 0.0
    )


_RawPart = tuple[str, list[Array], list[Array], float]


def _stack(parts: list[_RawPart]) -> PartArrays:
    xp = array_api_compat.array_namespace(parts[0][2][0])
    centre = xp.stack([xp.stack(c, axis=-1) for _, c, _, _ in parts], axis=-2)
    half = xp.stack([xp.stack(h, axis=-1) for _, _, h, _ in parts], axis=-2)
    return PartArrays(tuple(p[0] for p in parts), centre, half, tuple(p[3] for p in parts))


def _tray(half: Array, wall: Array) -> list[_RawPart]:
    """Floor and four walls of an open box."""
    x, y, z = half[..., 0], half[..., 1], half[..., 2]
    w, o = wall / 2, 0.0 * wall
    inner_z = z - w
    return [
        ('box', [o, o, w - z], [x, y, w], 0.0),
        ('box', [x - w, o, w], [w, y, inner_z], 0.0),
        ('box', [w - x, o, w], [w, y, inner_z], 0.0),
        ('box', [o, y - w, w], [x - wall, w, inner_z], 0.0),
        ('box', [o, w - y, w], [x - wall, w, inner_z], 0.0),
    ]


def _handle(half: Array, height: Array) -> list[_RawPart]:
    """Two posts on the short walls and the bar between them.

    Without a handle (height 0) all three shrink to points on the rim, where they change nothing.
    """
    xp = array_api_compat.array_namespace(half)
    x, z = half[..., 0], half[..., 2]
    present = xp.where(height > 0, xp.ones_like(height), xp.zeros_like(height))
    bar = HANDLE_BAR_HALF_M * present
    o = 0.0 * height
    post_half = (height + bar) / 2
    return [
        ('box', [x - bar, o, z + post_half], [bar, bar, post_half], 0.0),
        ('box', [bar - x, o, z + post_half], [bar, bar, post_half], 0.0),
        ('box', [x * (1 - present), o, z + height], [(x - 2 * bar) * present, bar, bar], 0.0),
    ]


def _cup(half: Array, wall: Array) -> list[_RawPart]:
    """A round floor and a ring of wall boxes whose outer faces touch the radius at mid-face."""
    r, z = half[..., 0], half[..., 2]
    w, o = wall / 2, 0.0 * wall
    chord = r * math.tan(math.pi / CUP_WALL_PARTS)
    parts: list[_RawPart] = [('cylinder', [o, o, w - z], [r, r, w], 0.0)]
    for i in range(CUP_WALL_PARTS):
        angle = 2 * math.pi * i / CUP_WALL_PARTS
        centre = [(r - w) * math.cos(angle), (r - w) * math.sin(angle), w]
        parts.append(('box', centre, [w, chord, z - w], angle))
    return parts


def _shelf(half: Array, wall: Array) -> list[_RawPart]:
    """Floor, roof, back (+x) and two sides; open towards −x."""
    x, y, z = half[..., 0], half[..., 1], half[..., 2]
    w, o = wall / 2, 0.0 * wall
    return [
        ('box', [o, o, w - z], [x, y, w], 0.0),
        ('box', [o, o, z - w], [x, y, w], 0.0),
        ('box', [x - w, o, o], [w, y, z - wall], 0.0),
        ('box', [o, y - w, o], [x, w, z - wall], 0.0),
        ('box', [o, w - y, o], [x, w, z - wall], 0.0),
    ]
