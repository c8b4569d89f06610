# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a kind of shape is: one record that everything else asks.

A shape's frame has its origin at the centre of the *body's* bounding box (a handle is not part of
the body) and its z axis up when the object stands as it is used. A package adds a kind of its own
by one file with a ``ShapeValue`` and a ``ShapeKind``, named in the entry points ``f2p.shapes``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple

import array_api_compat
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from f2p_core.errors import InvalidInputError
from f2p_core.models import Value

Array = Any
"""A NumPy array or a torch tensor; both follow the array API standard."""

Length = Annotated[float, Field(gt=0.0, le=10.0)]
"""A length of a shape [m]."""

Size = tuple[Length, Length, Length]
"""Full size (x, y, z) [m]; three dimensions."""

PartKind = Literal['box', 'cylinder', 'sphere']

MAX_DIMENSIONS = 5
"""Entries of the flat dimension vector of any shape, zero-padded."""


class ShapeValue(Value):
    """Base of all shapes.

    A class derived from it states its own ``kind`` as a ``Literal``. Its other fields are its
    dimensions, each a length or a ``Size`` (x, y, z), in the order of the dimension vector.
    """

    kind: str


class Part(NamedTuple):
    """A convex part of a shape, in the shape's frame.

    Attributes:
        kind: ``box``, ``cylinder`` (axis z) or ``sphere``.
        centre_m: Centre (x, y, z) [m].
        half_m: Half sizes (x, y, z) [m]; (r, r, h/2) of a cylinder, (r, r, r) of a sphere.
        yaw_rad: Turn about z [rad].
    """

    kind: PartKind
    centre_m: tuple[float, float, float]
    half_m: tuple[float, float, float]
    yaw_rad: float = 0.0


class PartArrays(NamedTuple):
    """The K parts of one shape kind for a batch of dimension vectors.

    Attributes:
        kinds: ``box``, ``cylinder`` or ``sphere`` per part.
        centre_m: Part centres in the object frame, shape (..., K, 3) [m].
        half_m: Half sizes, shape (..., K, 3) [m].
        yaw_rad: Constant turn of each part about z [rad], length K.
    """

    kinds: tuple[PartKind, ...]
    centre_m: Array
    half_m: Array
    yaw_rad: tuple[float, ...]


RawPart = tuple[PartKind, list[Array], list[Array], float]
"""Kind, centre and half size by component, each of shape (...) [m], and turn about z [rad]."""


def stack_parts(parts: Sequence[RawPart]) -> PartArrays:
    """Returns parts given by component as arrays."""
    xp = array_api_compat.array_namespace(parts[0][2][0])
    centre = xp.stack([xp.stack(c, axis=-1) for _, c, _, _ in parts], axis=-2)
    half = xp.stack([xp.stack(h, axis=-1) for _, _, h, _ in parts], axis=-2)
    return PartArrays(tuple(p[0] for p in parts), centre, half, tuple(p[3] for p in parts))


def single_part(kind: PartKind, half_m: Array) -> PartArrays:
    """Returns the one part of a shape that is convex itself, half sizes (..., 3) [m]."""
    return PartArrays((kind,), 0.0 * half_m[..., None, :], half_m[..., None, :], (0.0,))


@dataclass(frozen=True)
class ShapeKind:
    """A kind of shape: all that is known of it, in one place.

    Functions take dimension vectors, shape (..., 5) [m], NumPy or torch, and are differentiable
    in them. Half extents and parts are linear in the dimensions, but for a part that is there
    only while a dimension is not 0.

    Attributes:
        name: The kind, as files and messages state it.
        shape: Class of its values.
        half_extents: Half the body's bounding box, (..., 5) → (..., 3) [m].
        parts: Its convex parts, (..., 5) → ``PartArrays``.
        hull: What the body reaches like when it is turned: a box, a cylinder about z, or a
            ball (only a shape that is one).
        usual_m: Its dimensions in ordinary proportions, on which points of its surface are
            chosen [m].
        wall: Dimension that is the thickness of the walls and floor of what can hold others
            inside; ``None``: nothing goes inside.
        handle: Dimension that is the height of a handle bar along x over the rim, 0 where there
            is no handle; ``None``: never one.
        fold: How many turns about the vertical look alike (1, 2, …) in any pose. Bodies that are
            round about the vertical look alike at every turn.
        fold_square: The same for one that stands upright on a square (x = y).
        board_m: How much of it relations see, from its top [m]; ``None``: all.
    """

    name: str
    shape: type[ShapeValue]
    half_extents: Callable[[Array], Array]
    parts: Callable[[Array], PartArrays]
    hull: PartKind
    usual_m: tuple[float, ...]
    wall: str | None = None
    handle: str | None = None
    fold: int = 1
    fold_square: int | None = None
    board_m: float | None = None

    def __post_init__(self) -> None:
        """Refuses a record that does not fit its class.

        Raises:
            InvalidInputError: Naming what does not fit.
        """
        stated = self.shape.model_fields['kind'].default
        if stated != self.name:
            raise InvalidInputError(f'{self.shape.__name__}.kind is {stated!r}, not {self.name!r}')
        n = len(self.dimensions)
        if not 1 <= n <= MAX_DIMENSIONS or len(self.usual_m) != n:
            raise InvalidInputError(
                f'shape {self.name!r} has {n} dimensions and {len(self.usual_m)} usual ones; give '
                f'as many of each, 1 to {MAX_DIMENSIONS}'
            )
        for name, field in self.shape.model_fields.items():
            if name != 'kind' and field.annotation not in _DIMENSION_TYPES:
                raise InvalidInputError(
                    f'{self.shape.__name__}.{name} is no dimension; make it a Length or a Size'
                )
        for named in (self.wall, self.handle):
            if named is not None and named not in self.dimensions:
                known = ', '.join(self.dimensions)
                raise InvalidInputError(
                    f'shape {self.name!r} has no dimension {named!r}; it has: {known}'
                )

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the entries of its dimension vector: ``size_x_m``, …, ``radius_m``."""
        names: list[str] = []
        for name, field in self._fields():
            stem = name.removesuffix('_m')
            names += [f'{stem}_{axis}_m' for axis in 'xyz'] if field else [name]
        return tuple(names)

    @property
    def round(self) -> bool:
        """Whether it looks the same at every turn about its own z axis."""
        return self.hull != 'box'

    @property
    def ball(self) -> bool:
        """Whether it is a ball."""
        return self.hull == 'sphere'

    @property
    def hollow(self) -> bool:
        """Whether others can be inside of it."""
        return self.wall is not None

    @cached_property
    def wall_column(self) -> int | None:
        """Entry of the dimension vector that is the wall's thickness."""
        return None if self.wall is None else self.dimensions.index(self.wall)

    @cached_property
    def handle_column(self) -> int | None:
        """Entry of the dimension vector that is the handle's height."""
        return None if self.handle is None else self.dimensions.index(self.handle)

    @cached_property
    def half_matrix(self) -> NDArray[np.float64]:
        """Half extents as a linear map of the dimension vector, shape (3, 5)."""
        matrix: NDArray[np.float64] = self.half_extents(np.eye(MAX_DIMENSIONS)).T
        return matrix

    @cached_property
    def size_columns(self) -> tuple[int, ...]:
        """Entries of the dimension vector that the body's size depends on."""
        return tuple(np.flatnonzero(self.half_matrix.any(axis=0)).tolist())

    @cached_property
    def view_columns(self) -> tuple[int, ...]:
        """Entries of the dimension vector that a view tells: all but the wall's thickness."""
        return tuple(i for i in range(len(self.dimensions)) if i != self.wall_column)

    @cached_property
    def part_kinds(self) -> tuple[PartKind, ...]:
        """Kinds of its parts, in order."""
        return self.parts(np.array(self.padded(self.usual_m))).kinds

    def padded(self, dimensions: Sequence[float]) -> tuple[float, ...]:
        """Returns dimensions filled up with zeros to the flat dimension vector [m]."""
        return (*dimensions, *(0.0,) * (MAX_DIMENSIONS - len(dimensions)))

    def wall_m(self, dimensions: Array) -> Array:
        """Returns the thickness of walls and floor, 0 of solids, (..., 5) → (...) [m]."""
        if self.wall_column is None:
            return 0.0 * dimensions[..., 0]
        return dimensions[..., self.wall_column]

    def handle_m(self, dimensions: Array) -> Array:
        """Returns the height of the handle bar over the rim, 0: none, (..., 5) → (...) [m]."""
        if self.handle_column is None:
            return 0.0 * dimensions[..., 0]
        return dimensions[..., self.handle_column]

    def turns_alike(self, dimensions: NDArray[np.float64], upright: bool) -> int:
        """Returns how many turns about the vertical look alike; 0: all of them.

        Args:
            dimensions: Its dimension vector, shape (5,) [m].
            upright: Whether it stands as it is used.
        """
        if self.ball or (self.round and upright):
            return 0
        if self.fold_square is not None and upright:
            x, y, _ = self.half_extents(dimensions)
            if abs(x - y) < _SQUARE * x:
                return self.fold_square
        return self.fold

    def dimensions_of(self, shape: ShapeValue) -> tuple[float, ...]:
        """Returns the zero-padded dimension vector of one of its shapes, length 5 [m]."""
        values: list[float] = []
        for name, _ in self._fields():
            value = getattr(shape, name)
            values += value if isinstance(value, tuple) else [value]
        return self.padded(values)

    def from_dimensions(self, dimensions: Sequence[float]) -> ShapeValue:
        """Returns the shape of a dimension vector (entries it does not have are left out) [m].

        Raises:
            pydantic.ValidationError: If a dimension is not usable (negative, not finite).
        """
        rest = [float(v) for v in dimensions]
        values: dict[str, object] = {}
        for name, is_size in self._fields():
            values[name] = tuple(rest[:3]) if is_size else rest[0]
            rest = rest[3 if is_size else 1 :]
        return self.shape.model_validate(values)

    def _fields(self) -> list[tuple[str, bool]]:
        """Fields that are dimensions, and whether each is a size of three."""
        return [
            (name, field.annotation == _DIMENSION_TYPES[1])
            for name, field in self.shape.model_fields.items()
            if name != 'kind'
        ]


_DIMENSION_TYPES: tuple[Any, Any] = (float, Size)

_SQUARE = 0.05
"""Share by which the sides of a square may differ: about a view's error of a 60 mm side."""
