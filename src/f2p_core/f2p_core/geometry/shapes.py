# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The seven shapes a scene is made of, and the convex parts each consists of.

A shape's frame has its origin at the centre of the *body's* bounding box (a handle is not part of
the body) and its z axis up when the object stands as it is used.
"""

from __future__ import annotations

from typing import Annotated, get_args, Literal, NamedTuple

from pydantic import Field, model_validator

from f2p_core.models import Value

Length = Annotated[float, Field(gt=0.0, le=10.0)]
Size = tuple[Length, Length, Length]

HANDLE_BAR_HALF_M = 0.008
"""Half width of the square cross-section of an open box's handle bar and posts [m]."""

CUP_WALL_PARTS = 8
"""Wall boxes a cup is approximated with: 60 of 60 objects stayed in such cups when shoved."""


class Part(NamedTuple):
    """A convex part of a shape, in the shape's frame.

    Attributes:
        kind: ``box``, ``cylinder`` (axis z) or ``sphere``.
        centre_m: Centre (x, y, z) [m].
        half_m: Half sizes (x, y, z) [m]; (r, r, h/2) of a cylinder, (r, r, r) of a sphere.
        yaw_rad: Turn about z [rad].
    """

    kind: Literal['box', 'cylinder', 'sphere']
    centre_m: tuple[float, float, float]
    half_m: tuple[float, float, float]
    yaw_rad: float = 0.0


class Box(Value):
    """A solid cuboid of full size ``size_m`` (x, y, z) [m]."""

    kind: Literal['box'] = 'box'
    size_m: Size


class Cylinder(Value):
    """A solid cylinder about z (a capsule of the tabletop task is one too)."""

    kind: Literal['cylinder'] = 'cylinder'
    radius_m: Length
    height_m: Length


class Sphere(Value):
    """A solid ball."""

    kind: Literal['sphere'] = 'sphere'
    radius_m: Length


class Cup(Value):
    """An open round cup about z: outer radius, height, wall (and floor) thickness [m]."""

    kind: Literal['cup'] = 'cup'
    radius_m: Length
    height_m: Length
    wall_m: Length

    @model_validator(mode='after')
    def _hollow(self) -> Cup:
        if self.wall_m >= min(self.radius_m, self.height_m):
            raise ValueError(f'wall_m {self.wall_m} leaves no cavity in the cup; make it thinner')
        return self


class OpenBox(Value):
    """A box open at the top, outer size (x, y, z) [m], with a bucket handle along x.

    Attributes:
        size_m: Outer size of the body (x, y, z) [m].
        wall_m: Thickness of walls and floor [m].
        handle_height_m: Height of the handle bar's centre above the rim [m]; 0: no handle.
    """

    kind: Literal['open_box'] = 'open_box'
    size_m: Size
    wall_m: Length
    handle_height_m: Annotated[float, Field(ge=0.0, le=1.0)]

    @model_validator(mode='after')
    def _hollow(self) -> OpenBox:
        if 2 * self.wall_m >= min(self.size_m):
            raise ValueError(f'wall_m {self.wall_m} leaves no cavity in the box; make it thinner')
        return self


class Shelf(Value):
    """A shelf compartment open towards −x: floor, roof, back and two sides."""

    kind: Literal['shelf'] = 'shelf'
    size_m: Size
    wall_m: Length


class Table(Value):
    """A table of full size (x, y, height) [m], solid down to the floor.

    Seen from above a table is a plane; relations take its top board of a fixed thickness
    (``f2p_core.geometry.pairs.TABLE_BOARD_M``), which gives ``above`` a clear margin.
    """

    kind: Literal['table'] = 'table'
    size_m: Size


Shape = Annotated[
    Box | Cylinder | Sphere | Cup | OpenBox | Shelf | Table, Field(discriminator='kind')
]
ShapeKind = Literal['box', 'cylinder', 'sphere', 'cup', 'open_box', 'shelf', 'table']
SHAPE_KINDS: tuple[ShapeKind, ...] = get_args(ShapeKind)
CONTAINER_KINDS: frozenset[ShapeKind] = frozenset({'cup', 'open_box', 'shelf'})
MAX_DIMENSIONS = 5
"""Entries of the flat dimension vector of any shape, zero-padded."""
