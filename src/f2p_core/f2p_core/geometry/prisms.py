# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Objects as upright prisms, of mixed kinds and padded: what planned motion and fit rest on.

A tilted body is taken as the prism round it. Gaps are separating-axis bounds between solids: exact
in sign for standing boxes and cylinders, cheap enough for every pair of thousands of states, and
differentiable. The relations themselves come from ``f2p_core.relations``. All of it takes arrays
of NumPy and of torch.
"""

from __future__ import annotations

from collections.abc import Sequence
import functools
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.geometry.rigid import turned_xy
from f2p_core.geometry.shapes import MAX_DIMENSIONS, Shape, SHAPES

Array = Any

ABSENT = -1
"""Kind index of padding."""

_UPRIGHT = 0.98
"""Least cosine of the tilt at which the outline of a round body is a circle."""

_STEEP = 0.05
"""Least squared horizontal part of an x axis that is taken for the heading."""

_TINY = 1e-9
"""Keeps roots differentiable at zero; the half height of a standing cylinder grows by 32 µm/m."""


class Prisms(NamedTuple):
    """Prisms of any leading shape (...).

    Attributes:
        position_m: Centres in ``map``, shape (..., 3) [m].
        heading: (cos, sin) of the yaw, shape (..., 2).
        half_m: Half sizes along (heading, across, z), shape (..., 3) [m].
        wall_m: Floor and wall thickness of hollow bodies, else 0, shape (...) [m].
        disc: Whether the outline is a circle of radius ``half_m[..., 0]``, shape (...), bool.
        round: Whether a body looks the same at any turn about its own z, shape (...), bool.
        hollow: Whether others can stand in it, shape (...), bool.
        fixed: Whether it is furniture, which never moves, shape (...), bool.
        kind: Index into ``SHAPES.names``, ``ABSENT``: padding, (...).
    """

    position_m: Array
    heading: Array
    half_m: Array
    wall_m: Array
    disc: Array
    round: Array
    hollow: Array
    fixed: Array
    kind: Array

    @property
    def yaw_rad(self) -> Array:
        """Yaw about z, shape (...) [rad]."""
        xp = array_api_compat.array_namespace(self.heading)
        return xp.atan2(self.heading[..., 1], self.heading[..., 0])

    def take(self, index: Array) -> Prisms:
        """Returns one body per state, fields (S, N, ...) → (S, ...); index (S,)."""
        xp = array_api_compat.array_namespace(index)
        rows = xp.arange(index.shape[0], device=array_api_compat.device(index))
        return Prisms(*(field[rows, index] for field in self))

    def columns(self, index: Array) -> Prisms:
        """Returns the same objects of every state, (..., N) → (..., K)."""
        xp = array_api_compat.array_namespace(index)
        vectors = (xp.take(field, index, axis=field.ndim - 2) for field in self[:3])
        numbers = (xp.take(field, index, axis=field.ndim - 1) for field in self[3:])
        return Prisms(*vectors, *numbers)

    def unsqueeze(self, axis: int) -> Prisms:
        """Inserts an axis of length 1 (counted from the front) in every field."""
        xp = array_api_compat.array_namespace(self.position_m)
        return Prisms(*(xp.expand_dims(field, axis=axis) for field in self))

    def moved(self, displacement_m: Array, turn_rad: Array) -> Prisms:
        """Returns the bodies displaced (..., 3) [m] and turned about their own z (...) [rad]."""
        xp = array_api_compat.array_namespace(self.heading)
        c, s = xp.cos(turn_rad), xp.sin(turn_rad)
        x, y = self.heading[..., 0], self.heading[..., 1]
        heading = xp.stack(turned_xy(x, y, c, s), axis=-1)
        return self._replace(position_m=self.position_m + displacement_m, heading=heading)


class Gaps(NamedTuple):
    """Gaps between pairs of bodies a and b, each of the pairs' shape (...) [m].

    Attributes:
        lateral: Horizontal gap, negative where outlines overlap.
        vertical: Gap between vertical extents, negative where they overlap.
        side_of_a, side_of_b: Least clearance of a from b's wall while in b, and of b in a.
        floor_of_a, floor_of_b: Clearance of a from b's floor, and of b from a's.
    """

    lateral: Array
    vertical: Array
    side_of_a: Array
    side_of_b: Array
    floor_of_a: Array
    floor_of_b: Array


class _Facts(NamedTuple):
    """What prisms need of the kinds of ``SHAPES.names``, by row; the last row is padding.

    Attributes:
        half: Half extents as linear maps of the dimension vector, shape (K + 1, 3, 5).
        wall: The wall's thickness as linear maps of it, shape (K + 1, 5).
        round: Whether a body looks the same at any turn about its own z, shape (K + 1,), bool.
        ball: Whether it is a ball, shape (K + 1,), bool.
        hollow: Whether others can stand in it, shape (K + 1,), bool.
    """

    half: Array
    wall: Array
    round: Array
    ball: Array
    hollow: Array


@functools.cache
def _facts(names: tuple[str, ...]) -> _Facts:
    kinds = [SHAPES[name] for name in names]
    zero = np.zeros((1, MAX_DIMENSIONS))
    columns = np.arange(MAX_DIMENSIONS)
    return _Facts(
        np.stack([*(kind.half_matrix for kind in kinds), np.repeat(zero, 3, axis=0)]),
        np.concatenate([*((columns == kind.wall_column)[None] * 1.0 for kind in kinds), zero]),
        np.array([*(kind.round for kind in kinds), False]),
        np.array([*(kind.ball for kind in kinds), False]),
        np.array([*(kind.hollow for kind in kinds), False]),
    )


def _facts_of(kind: Array, like: Array) -> _Facts:
    """Facts per body: kind (...) → fields (..., 3, 5), (..., 5), (...)."""
    xp = array_api_compat.array_namespace(like)
    facts = _facts(SHAPES.names)
    device = array_api_compat.device(like)
    numbers = [xp.asarray(f, dtype=like.dtype, device=device)[kind] for f in facts[:2]]
    return _Facts(*numbers, *(xp.asarray(f, device=device)[kind] for f in facts[2:]))


def kind_indices(names: Sequence[str]) -> list[int]:
    """Returns kinds by name as the numbers that prisms have.

    Raises:
        InvalidInputError: If a kind is not known.
    """
    return [SHAPES.names.index(SHAPES[name].name) for name in names]


def make_prisms(
    position_m: Array, rotation: Array, dimensions: Array, kind: Array, fixed: Array
) -> Prisms:
    """Builds prisms from poses and shapes.

    Args:
        position_m: Centres in ``map``, shape (..., 3) [m].
        rotation: Object → map rotation matrices, shape (..., 3, 3).
        dimensions: Dimension vectors, shape (..., 5) [m] (``f2p_core.geometry.parts``).
        kind: Index of the shape kind, shape (...).
        fixed: Whether it is furniture, shape (...), bool.
    """
    xp = array_api_compat.array_namespace(position_m)
    heading = _heading(rotation)
    c, s = heading[..., 0], heading[..., 1]
    o = xp.zeros_like(c)
    axes = xp.stack(
        [xp.stack([c, s, o], -1), xp.stack([-s, c, o], -1), xp.stack([o, o, o + 1], -1)], axis=-2
    )
    facts = _facts_of(kind, dimensions)
    half = xp.sum(facts.half * dimensions[..., None, :], axis=-1)
    return Prisms(
        position_m,
        heading,
        _reach(half, axes @ rotation, facts),
        xp.sum(facts.wall * dimensions, axis=-1),
        facts.round & (xp.abs(rotation[..., 2, 2]) > _UPRIGHT),
        facts.round,
        facts.hollow,
        fixed,
        kind,
    )


def prism_of(shape: Shape) -> Prisms:
    """Returns one upright body at the origin as NumPy arrays of leading shape (), read only."""
    return _upright_prism(shape, SHAPES.names)


@functools.lru_cache(maxsize=1024)
def _upright_prism(shape: Shape, names: tuple[str, ...]) -> Prisms:
    """The prism of a shape while kinds have these numbers; a scene's shapes are asked often."""
    dimensions = np.array(dimensions_of(shape))
    kind = np.array(names.index(shape.kind))
    prism = make_prisms(np.zeros(3), np.eye(3), dimensions, kind, np.array(False))
    half = body_half_extents(shape.kind, dimensions)
    prism = prism._replace(heading=np.array([1.0, 0.0]), half_m=half)
    for field in prism:
        field.setflags(write=False)
    return prism


def gaps(a: Prisms, b: Prisms) -> Gaps:
    """Returns the gaps between bodies of broadcastable leading shapes."""
    xp = array_api_compat.array_namespace(a.position_m)
    offset = a.position_m - b.position_m
    x, y, z = offset[..., 0], offset[..., 1], offset[..., 2]
    in_a, in_b = _local(a, x, y), _local(b, x, y)
    ca, sa, cb, sb = (h[..., i] for h in (a.heading, b.heading) for i in (0, 1))
    cos, sin = xp.abs(ca * cb + sa * sb), xp.abs(sa * cb - ca * sb)
    b_along_a, a_along_b = _reach_along(b, cos, sin), _reach_along(a, cos, sin)
    lateral = _centre_gap(a, b, in_a, in_b, xp.sqrt(x * x + y * y + _TINY))
    for i in (0, 1):
        lateral = xp.maximum(lateral, in_a[i] - a.half_m[..., i] - b_along_a[i])
        lateral = xp.maximum(lateral, in_b[i] - b.half_m[..., i] - a_along_b[i])
    ha, hb = a.half_m[..., 2], b.half_m[..., 2]
    return Gaps(
        lateral,
        xp.abs(z) - ha - hb,
        _side(b, in_b, a_along_b),
        _side(a, in_a, b_along_a),
        z - ha + hb - b.wall_m,
        -z - hb + ha - a.wall_m,
    )


def _heading(rotation: Array) -> Array:
    """Horizontal direction (cos, sin) of the x axis; where that is steep, across the y axis."""
    xp = array_api_compat.array_namespace(rotation)
    first = rotation[..., :2, 0]
    second = xp.stack([rotation[..., 1, 1], -rotation[..., 0, 1]], axis=-1)
    level = xp.sum(first * first, axis=-1, keepdims=True) > _STEEP
    flat = xp.where(level, first, second)
    return flat / xp.sqrt(xp.sum(flat * flat, axis=-1, keepdims=True) + _TINY)


def _reach(half: Array, axes: Array, facts: _Facts) -> Array:
    """Half widths along three unit axes given in the object's axes, (..., 3, 3) → (..., 3)."""
    xp = array_api_compat.array_namespace(half)
    box = xp.sum(half[..., None, :] * xp.abs(axes), axis=-1)
    tilt = axes[..., 2]
    across = xp.sqrt((1.0 - tilt * tilt).clip(min=_TINY))
    cylinder = half[..., :1] * across + half[..., 2:] * xp.abs(tilt)
    result = xp.where(facts.round[..., None], cylinder, box)
    return xp.where(facts.ball[..., None], half, result)


_Pair = tuple[Array, Array]


def _local(body: Prisms, x: Array, y: Array) -> _Pair:
    """Absolute components of a horizontal offset along the body's axes."""
    xp = array_api_compat.array_namespace(x)
    c, s = body.heading[..., 0], body.heading[..., 1]
    return xp.abs(c * x + s * y), xp.abs(c * y - s * x)


def _reach_along(body: Prisms, cos: Array, sin: Array) -> _Pair:
    """Half widths along the x and y axes of a body turned against this one."""
    xp = array_api_compat.array_namespace(cos)
    hx, hy = body.half_m[..., 0], body.half_m[..., 1]
    return (
        xp.where(body.disc, hx, hx * cos + hy * sin),
        xp.where(body.disc, hx, hx * sin + hy * cos),
    )


def _centre_gap(a: Prisms, b: Prisms, in_a: _Pair, in_b: _Pair, distance: Array) -> Array:
    """Gap along the line between the centres."""
    xp = array_api_compat.array_namespace(distance)
    gap = distance
    for body, local in ((a, in_a), (b, in_b)):
        hx, hy = body.half_m[..., 0], body.half_m[..., 1]
        box = (hx * local[0] + hy * local[1]) / distance
        gap = gap - xp.where(body.disc, hx, box)
    return gap


def _side(outer: Prisms, local: _Pair, reach: _Pair) -> Array:
    """Least clearance of the inner body from the outer one's walls."""
    xp = array_api_compat.array_namespace(local[0])
    room = [outer.half_m[..., i] - outer.wall_m - local[i] - reach[i] for i in (0, 1)]
    return xp.minimum(room[0], room[1])
