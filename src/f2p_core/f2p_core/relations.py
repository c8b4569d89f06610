# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Relations between objects as signed margins: one formula for hard bits and soft ones.

Entry [s, r, a, b] is about "in scene s, a is <relation r> b". A margin is in metres, ≥ 0 where
the relation holds; about that far something must move to change it. In ``map``:

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

from collections.abc import Callable, Sequence
import math
from typing import Any

import array_api_compat

from f2p_core.batch import SceneBatch
from f2p_core.errors import InvalidInputError
from f2p_core.geometry.pairs import PairGeometry

Array = Any
RelationFunction = Callable[[PairGeometry], Array]
"""Maps the geometry of all pairs to margins (S, N, N) [m]; the diagonal is ignored."""

RELATION_NAMES = (
    'left', 'right', 'front', 'behind', 'below', 'above', 'contact', 'boundary', 'inside',
)  # fmt: skip
"""The nine relations of the field, in its order."""

CONTACT_DISTANCE_M = 0.003
"""Objects nearer than this are in contact; less than the floor of any container, so that content
does not touch the table its container stands on [m]."""

SELF_MARGIN_M = -1.0
"""Margin of every relation of an object to itself [m]."""

_CONE_RAD = math.radians(80.0)
_BOUNDARY_MIN_SIZE_M = 0.2
_BOUNDARY_WIDTH_M = 0.1
_INSIDE_BELOW_RIM_M = 0.03
_INSIDE_FLOOR_SLACK_M = 0.03
_INSIDE_ABOVE_RIM_M = 0.14


def relation_margins(batch: SceneBatch, names: Sequence[str] = RELATION_NAMES) -> Array:
    """Returns the signed margins of relations between all ordered pairs of objects.

    Args:
        batch: S scenes of N objects, NumPy or torch; differentiable in torch.
        names: R names of built-in or registered relations; only these are computed.

    Returns:
        Margins, shape (S, R, N, N) [m]; ``SELF_MARGIN_M`` where a is b.

    Raises:
        InvalidInputError: If a name is not known.
    """
    functions = [relation_function(name) for name in names]
    geometry = PairGeometry(batch)
    xp = geometry.xp
    if not batch.kinds:
        return xp.zeros((batch.position_m.shape[0], len(names), 0, 0))
    margins = xp.stack([function(geometry) for function in functions], axis=1)
    return xp.where(geometry.diagonal, SELF_MARGIN_M * xp.ones_like(margins), margins)


def hold(margins: Array) -> Array:
    """Returns which relations hold: margin ≥ 0, as booleans of the same shape."""
    return margins >= 0.0


def soft_relations(margins: Array, temperature_m: float = 0.01) -> Array:
    """Returns sigmoid(margin / temperature) in [0, 1], ≥ ½ exactly where the relation holds.

    A smooth stand-in for the hard relation, not a calibrated probability.

    Args:
        margins: Signed margins of any shape [m].
        temperature_m: Margin at which the value is 0.73 [m], > 0.
    """
    xp = array_api_compat.array_namespace(margins)
    return 0.5 * (1.0 + xp.tanh(margins / (2.0 * temperature_m)))


def relation_function(name: str) -> RelationFunction:
    """Returns the margin function of a built-in or registered relation.

    Raises:
        InvalidInputError: If there is none of that name.
    """
    if name not in _FUNCTIONS:
        known = ', '.join(_FUNCTIONS)
        raise InvalidInputError(f'unknown relation {name!r}; known: {known}')
    return _FUNCTIONS[name]


def register_relation(name: str, function: RelationFunction) -> None:
    """Makes a further relation available under its name.

    Nothing that does not ask for the new name changes: ``RELATION_NAMES`` stays as it is, and a
    name keeps its meaning once it has one.

    Args:
        name: A new name.
        function: Its margins from the geometry of all pairs.

    Raises:
        InvalidInputError: If the name already stands for another function.
    """
    if not name.isidentifier():
        raise InvalidInputError(f'relation name {name!r} must be a word of letters, digits and _')
    if _FUNCTIONS.setdefault(name, function) is not function:
        raise InvalidInputError(f'relation {name!r} is registered already; take another name')


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


_FUNCTIONS: dict[str, RelationFunction] = {
    'left': _direction(0, positive=False),
    'right': _direction(0, positive=True),
    'front': _direction(1, positive=False),
    'behind': _direction(1, positive=True),
    'below': _direction(2, positive=False),
    'above': _direction(2, positive=True),
    'contact': _contact,
    'boundary': _boundary,
    'inside': _inside,
}
