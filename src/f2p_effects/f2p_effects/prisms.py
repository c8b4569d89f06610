# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Objects as upright prisms in torch, of mixed kinds and padded: the geometry features rest on.

A tilted body is taken as the prism round it. Gaps are separating-axis bounds between solids: exact
in sign for standing boxes and cylinders, cheap enough for every pair of thousands of states, and
differentiable. The relations themselves come from ``f2p_core.relations``.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

from f2p_core.geometry.shapes import SHAPE_KINDS

ABSENT = -1
"""Kind index of padding."""

_FIXED = ('table', 'shelf')
_ROUND = ('cylinder', 'cup', 'sphere')
_HOLLOW = ('cup', 'open_box', 'shelf')
_UPRIGHT = 0.98
_STEEP = 0.05
_TINY = 1e-9


class Prisms(NamedTuple):
    """Prisms of any leading shape (...).

    Attributes:
        position_m: Centres in ``map``, shape (..., 3) [m].
        heading: (cos, sin) of the yaw, shape (..., 2).
        half_m: Half sizes along (heading, across, z), shape (..., 3) [m].
        wall_m: Floor and wall thickness of hollow kinds, else 0, shape (...) [m].
        disc: 1 where the outline is a circle of radius ``half_m[..., 0]``, else 0, shape (...).
        kind: Index into ``f2p_core.geometry.shapes.SHAPE_KINDS``, ``ABSENT``: padding, (...).
    """

    position_m: torch.Tensor
    heading: torch.Tensor
    half_m: torch.Tensor
    wall_m: torch.Tensor
    disc: torch.Tensor
    kind: torch.Tensor

    @property
    def yaw_rad(self) -> torch.Tensor:
        """Yaw about z, shape (...) [rad]."""
        return torch.atan2(self.heading[..., 1], self.heading[..., 0])

    def take(self, index: torch.Tensor) -> Prisms:
        """Returns one body per state, fields (S, N, ...) → (S, ...); index (S,)."""
        rows = torch.arange(index.shape[0], device=index.device)
        return Prisms(*(field[rows, index] for field in self))

    def columns(self, index: torch.Tensor) -> Prisms:
        """Returns the same objects of every state, (..., N) → (..., K)."""
        vectors = (field.index_select(-2, index) for field in self[:3])
        return Prisms(*vectors, *(field.index_select(-1, index) for field in self[3:]))

    def unsqueeze(self, dim: int) -> Prisms:
        """Inserts an axis of length 1 at ``dim`` (counted from the front) in every field."""
        return Prisms(*(field.unsqueeze(dim) for field in self))

    def moved(self, displacement_m: torch.Tensor, turn_rad: torch.Tensor) -> Prisms:
        """Returns the bodies displaced (..., 3) [m] and turned about their own z (...) [rad]."""
        c, s = turn_rad.cos(), turn_rad.sin()
        x, y = self.heading.unbind(dim=-1)
        heading = torch.stack([c * x - s * y, s * x + c * y], dim=-1)
        return self._replace(position_m=self.position_m + displacement_m, heading=heading)


class Gaps(NamedTuple):
    """Gaps between pairs of bodies a and b, each of the pairs' shape (...) [m].

    Attributes:
        lateral: Horizontal gap, negative where outlines overlap.
        vertical: Gap between vertical extents, negative where they overlap.
        side_of_a, side_of_b: Least clearance of a from b's wall while in b, and of b in a.
        floor_of_a, floor_of_b: Clearance of a from b's floor, and of b from a's.
    """

    lateral: torch.Tensor
    vertical: torch.Tensor
    side_of_a: torch.Tensor
    side_of_b: torch.Tensor
    floor_of_a: torch.Tensor
    floor_of_b: torch.Tensor


def is_kind(kind: torch.Tensor, names: tuple[str, ...]) -> torch.Tensor:
    """Returns a mask of the kinds that are among ``names``."""
    wanted = [i for i, name in enumerate(SHAPE_KINDS) if name in names]
    return torch.isin(kind, torch.tensor(wanted, device=kind.device))


def is_fixed(kind: torch.Tensor) -> torch.Tensor:
    """Returns a mask of furniture, which never moves."""
    return is_kind(kind, _FIXED)


def is_round(kind: torch.Tensor) -> torch.Tensor:
    """Returns a mask of kinds that look the same at any yaw."""
    return is_kind(kind, _ROUND)


def is_hollow(kind: torch.Tensor) -> torch.Tensor:
    """Returns a mask of containers."""
    return is_kind(kind, _HOLLOW)


def make_prisms(
    position_m: torch.Tensor, rotation: torch.Tensor, dimensions: torch.Tensor, kind: torch.Tensor
) -> Prisms:
    """Builds prisms from poses and dimension vectors (..., 5) [m] (``geometry.parts``)."""
    heading = _heading(rotation)
    c, s = heading.unbind(dim=-1)
    o = torch.zeros_like(c)
    axes = torch.stack(
        [torch.stack([c, s, o], -1), torch.stack([-s, c, o], -1), torch.stack([o, o, o + 1], -1)],
        dim=-2,
    )
    hollow = is_hollow(kind)
    wall = torch.where(is_kind(kind, ('cup',)), dimensions[..., 2], dimensions[..., 3])
    disc = is_round(kind) & (rotation[..., 2, 2].abs() > _UPRIGHT)
    return Prisms(
        position_m,
        heading,
        _reach(_own_half(dimensions, kind), axes @ rotation, kind),
        torch.where(hollow, wall, torch.zeros_like(wall)),
        disc.to(position_m),
        kind,
    )


def gaps(a: Prisms, b: Prisms) -> Gaps:
    """Returns the gaps between bodies of broadcastable leading shapes."""
    x, y, z = (a.position_m - b.position_m).unbind(dim=-1)
    in_a, in_b = _local(a, x, y), _local(b, x, y)
    (ca, sa), (cb, sb) = a.heading.unbind(dim=-1), b.heading.unbind(dim=-1)
    cos, sin = (ca * cb + sa * sb).abs(), (sa * cb - ca * sb).abs()
    b_along_a, a_along_b = _reach_along(b, cos, sin), _reach_along(a, cos, sin)
    lateral = _centre_gap(a, b, in_a, in_b, (x * x + y * y + _TINY).sqrt())
    for i in (0, 1):
        lateral = torch.maximum(lateral, in_a[i] - a.half_m[..., i] - b_along_a[i])
        lateral = torch.maximum(lateral, in_b[i] - b.half_m[..., i] - a_along_b[i])
    ha, hb = a.half_m[..., 2], b.half_m[..., 2]
    return Gaps(
        lateral,
        z.abs() - ha - hb,
        _side(b, in_b, a_along_b),
        _side(a, in_a, b_along_a),
        z - ha + hb - b.wall_m,
        -z - hb + ha - a.wall_m,
    )


def _heading(rotation: torch.Tensor) -> torch.Tensor:
    """Horizontal direction (cos, sin) of the x axis; where that is steep, across the y axis."""
    first = rotation[..., :2, 0]
    y = rotation[..., :2, 1]
    second = torch.stack([y[..., 1], -y[..., 0]], dim=-1)
    level = first.square().sum(dim=-1, keepdim=True) > _STEEP
    flat = torch.where(level, first, second)
    return flat / (flat.square().sum(dim=-1, keepdim=True) + _TINY).sqrt()


def _own_half(dimensions: torch.Tensor, kind: torch.Tensor) -> torch.Tensor:
    """Half sizes along the object's own axes, (..., 3) [m]."""
    d = dimensions
    standing = torch.stack([d[..., 0], d[..., 0], d[..., 1] / 2], dim=-1)
    half = torch.where(is_kind(kind, ('cylinder', 'cup'))[..., None], standing, d[..., :3] / 2)
    return torch.where(is_kind(kind, ('sphere',))[..., None], d[..., :1].expand_as(half), half)


def _reach(half: torch.Tensor, axes: torch.Tensor, kind: torch.Tensor) -> torch.Tensor:
    """Half widths along three unit axes given in the object's axes, (..., 3, 3) → (..., 3)."""
    box = (half[..., None, :] * axes.abs()).sum(dim=-1)
    tilt = axes[..., 2]
    across = (1.0 - tilt * tilt).clamp(min=_TINY).sqrt()
    cylinder = half[..., :1] * across + half[..., 2:] * tilt.abs()
    result = torch.where(is_kind(kind, ('cylinder', 'cup'))[..., None], cylinder, box)
    return torch.where(is_kind(kind, ('sphere',))[..., None], half, result)


_Pair = tuple[torch.Tensor, torch.Tensor]


def _local(body: Prisms, x: torch.Tensor, y: torch.Tensor) -> _Pair:
    """Absolute components of a horizontal offset along the body's axes."""
    c, s = body.heading.unbind(dim=-1)
    return (c * x + s * y).abs(), (c * y - s * x).abs()


def _reach_along(body: Prisms, cos: torch.Tensor, sin: torch.Tensor) -> _Pair:
    """Half widths along the x and y axes of a body turned against this one."""
    hx, hy, disc = body.half_m[..., 0], body.half_m[..., 1], body.disc
    return (
        torch.lerp(hx * cos + hy * sin, hx.expand_as(cos), disc),
        torch.lerp(hx * sin + hy * cos, hx.expand_as(cos), disc),
    )


def _centre_gap(
    a: Prisms, b: Prisms, in_a: _Pair, in_b: _Pair, distance: torch.Tensor
) -> torch.Tensor:
    """Gap along the line between the centres."""
    gap = distance
    for body, local in ((a, in_a), (b, in_b)):
        hx, hy = body.half_m[..., 0], body.half_m[..., 1]
        box = (hx * local[0] + hy * local[1]) / distance
        gap = gap - torch.lerp(box, hx.expand_as(box), body.disc)
    return gap


def _side(outer: Prisms, local: _Pair, reach: _Pair) -> torch.Tensor:
    """Least clearance of the inner body from the outer one's walls."""
    room = [outer.half_m[..., i] - outer.wall_m - local[i] - reach[i] for i in (0, 1)]
    return torch.minimum(room[0], room[1])
