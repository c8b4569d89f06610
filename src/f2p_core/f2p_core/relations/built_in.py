# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The nine relations of the field, as signed margins in ``map``.

    left  a towards −x of b     front   a towards −y of b     below  a towards −z of b
    right a towards +x of b     behind  a towards +y of b     above  a towards +z of b
    contact    surfaces nearer than ``CONTACT_DISTANCE_M``
    boundary   a above b, b large, and a's centre near an edge line of b
    inside     a within b's walls, in b's own axes

The directions are the field's names for the axes, whatever way the robot looks. Their definition
and constants are those of Points2Plans (Huang et al., ICRA 2025); the axis-aligned ``inside`` and
``boundary`` are taken in b's own axes here, and ``contact`` is a distance instead of a simulator's
contact list, so that perception, monitor and simulation share one definition. Of a table the
relations see its top board (``f2p_core.geometry.pairs``).
"""

from __future__ import annotations

import math

from f2p_core.geometry.pairs import PairGeometry
from f2p_core.relations.definition import Array, Relation, RelationFunction, Support

CONTACT_DISTANCE_M = 0.003
"""Objects nearer than this are in contact; less than the floor of any container, so that content
does not touch the table its container stands on [m]."""

_CONE_RAD = math.radians(80.0)
"""Half opening of a direction's cone [rad], as in Points2Plans."""

_BOUNDARY_MIN_SIZE_M = 0.2
"""Smaller things have no boundary [m], as in Points2Plans."""

_BOUNDARY_WIDTH_M = 0.1
"""Width of the strip along an edge [m], as in Points2Plans."""

_INSIDE_BELOW_RIM_M = 0.03
"""How far below the rim the bottom must be [m], as in Points2Plans."""

_INSIDE_FLOOR_SLACK_M = 0.03
"""How far below the container's floor the bottom may be [m], as in Points2Plans."""

_INSIDE_ABOVE_RIM_M = 0.14
"""How far above the rim the top may be [m], as in Points2Plans."""


def _direction(axis: int, *, positive: bool) -> RelationFunction:
    def margin(geometry: PairGeometry) -> Array:
        negative_side = _towards_negative(geometry, axis)
        return geometry.xp.matrix_transpose(negative_side) if positive else negative_side

    return margin


def _towards_negative(geometry: PairGeometry, axis: int) -> Array:
    """Margin of "a lies towards the negative side of b along the axis".

    Upstream this is toward(a, b, −) ∨ toward(b, a, +), which share gap and size conditions and
    differ in whose size opens the 80° cone across. The cone's condition is scaled to the distance
    from the cone's surface, so that the margin is a length one can move by.
    """
    xp = geometry.xp
    gap = -geometry.offset_m[..., axis]
    of_b = geometry.half_extents_m[:, None, :, :]
    of_a = geometry.half_extents_m[:, :, None, :]

    def cone(half: Array) -> Array:
        across = [
            math.sin(_CONE_RAD) * (gap - half[..., axis])
            - math.cos(_CONE_RAD) * (xp.abs(geometry.offset_m[..., o]) - half[..., o])
            for o in range(3)
            if o != axis
        ]
        return xp.minimum(across[0], across[1])

    clear = gap - xp.maximum(of_a[..., axis], of_b[..., axis])
    return xp.minimum(clear, xp.maximum(cone(of_b), cone(of_a)))


def _contact(geometry: PairGeometry) -> Array:
    return CONTACT_DISTANCE_M - geometry.distance_m


def _boundary(geometry: PairGeometry) -> Array:
    xp = geometry.xp
    half = geometry.body_half_m[:, None, :, :]
    offset = geometry.offset_in_b_m
    above = geometry.xp.matrix_transpose(_towards_negative(geometry, 2))
    margin = above
    for axis in (0, 1):
        margin = xp.minimum(margin, 2 * half[..., axis] - _BOUNDARY_MIN_SIZE_M)
    to_edge = [xp.abs(xp.abs(offset[..., axis]) - half[..., axis]) for axis in (0, 1)]
    return xp.minimum(margin, _BOUNDARY_WIDTH_M - xp.minimum(to_edge[0], to_edge[1]))


def _inside(geometry: PairGeometry) -> Array:
    xp = geometry.xp
    half_a = geometry.half_extents_in_b_m
    half_b = geometry.body_half_m[:, None, :, :]
    offset = geometry.offset_in_b_m
    bottom = offset[..., 2] - half_a[..., 2]
    top = offset[..., 2] + half_a[..., 2]
    conditions = [
        half_b[..., 0] - xp.abs(offset[..., 0]) - half_a[..., 0],
        half_b[..., 1] - xp.abs(offset[..., 1]) - half_a[..., 1],
        half_b[..., 2] - _INSIDE_BELOW_RIM_M - bottom,
        bottom + _INSIDE_FLOOR_SLACK_M + half_b[..., 2],
        half_b[..., 2] + _INSIDE_ABOVE_RIM_M - top,
    ]
    margin = conditions[0]
    for condition in conditions[1:]:
        margin = xp.minimum(margin, condition)
    return margin


LEFT = Relation('left', _direction(0, positive=False), 'a is towards −x of b')
RIGHT = Relation('right', _direction(0, positive=True), 'a is towards +x of b')
FRONT = Relation('front', _direction(1, positive=False), 'a is towards −y of b')
BEHIND = Relation('behind', _direction(1, positive=True), 'a is towards +y of b')
BELOW = Relation('below', _direction(2, positive=False), 'a is towards −z of b')
ABOVE = Relation(
    'above',
    _direction(2, positive=True),
    'a is towards +z of b; of a table, its top board counts',
    Support.OF_FURNITURE,
)
CONTACT = Relation(
    'contact',
    _contact,
    'the surfaces of a and b are nearer than 3 mm',
    symmetric=True,
    learned=True,
    greatest_m=CONTACT_DISTANCE_M,
)
BOUNDARY = Relation('boundary', _boundary, 'a is above b, near an edge of b, which is large')
INSIDE = Relation('inside', _inside, "a is within b's walls", Support.OF_ANYTHING)

BUILT_IN = (LEFT, RIGHT, FRONT, BEHIND, BELOW, ABOVE, CONTACT, BOUNDARY, INSIDE)
"""The nine, in the field's order."""
