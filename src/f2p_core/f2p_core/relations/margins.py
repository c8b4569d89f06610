# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The table of relations, and their margins: one formula for hard bits and soft ones.

Entry [s, r, a, b] is about "in scene s, a is <relation r> b". A margin is in metres, ≥ 0 where
the relation holds; about that far something must move to change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import array_api_compat

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.errors import InvalidInputError
from f2p_core.geometry.pairs import PairGeometry
from f2p_core.geometry.shapes import Box, OpenBox
from f2p_core.pose import upright_pose
from f2p_core.registry import Registry
from f2p_core.relations.built_in import BUILT_IN
from f2p_core.relations.definition import Relation
from f2p_core.scene import Scene, SceneObject

Array = Any

RELATION_NAMES = tuple(relation.name for relation in BUILT_IN)
"""The nine relations of the field, in its order."""

EVERY_RELATION = ('*',)
"""Stands for all known relations, where names are asked for in a parameter."""

RELATIONS_HELP = "Relations by name; '*' alone: every one that is known, also those of packages"

SELF_MARGIN_M = -1.0
"""Margin of every relation of an object to itself [m]."""


def relation_margins(batch: SceneBatch, names: Sequence[str] = RELATION_NAMES) -> Array:
    """Returns the signed margins of relations between all ordered pairs of objects.

    Args:
        batch: S scenes of N objects, NumPy or torch; differentiable in torch.
        names: R names of known relations; only these are computed.

    Returns:
        Margins, shape (S, R, N, N) [m]; ``SELF_MARGIN_M`` where a is b.

    Raises:
        InvalidInputError: If a name is not known, or the relation of another package gives
            something else than finite margins of all pairs; it is named.
    """
    relations = [RELATIONS[name] for name in names]
    geometry = PairGeometry(batch)
    xp = geometry.xp
    if not batch.kinds:
        return xp.zeros((batch.position_m.shape[0], len(names), 0, 0))
    margins = xp.stack([_margin(relation, geometry) for relation in relations], axis=1)
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


def relations_asked(names: Sequence[str]) -> tuple[str, ...]:
    """Returns the relations a parameter names, ``EVERY_RELATION`` as all that are known.

    Raises:
        InvalidInputError: If a name is not known.
    """
    if tuple(names) == EVERY_RELATION:
        return RELATIONS.names
    return tuple(RELATIONS[name].name for name in names)


def _margin(relation: Relation, geometry: PairGeometry) -> Array:
    margin = relation.margin(geometry)
    # Ours are held to this by tests; reading values would make a GPU wait.
    if relation.name in RELATION_NAMES:
        return margin
    scenes, n = geometry.batch.position_m.shape[:2]
    shape = tuple(getattr(margin, 'shape', ()))
    if shape != (scenes, n, n):
        raise InvalidInputError(
            f'relation {relation.name!r} gives margins of shape {shape}; {scenes} scenes of {n} '
            f'objects need {(scenes, n, n)}'
        )
    if not bool((geometry.xp.isfinite(margin) | geometry.diagonal).all()):
        raise InvalidInputError(
            f'relation {relation.name!r} gives margins that are NaN or infinite'
        )
    return margin


def _try(relation: Relation) -> None:
    """Computes a package's relation once, in two scenes of a container and two boxes."""
    _margin(relation, PairGeometry(stack_scenes([_example(0.0), _example(0.3)])))


def _example(x_m: float) -> Scene:
    box = Box(size_m=(0.04, 0.05, 0.06))
    container = OpenBox(size_m=(0.3, 0.2, 0.1), wall_m=0.006, handle_height_m=0.0)
    return Scene(
        objects=(
            SceneObject(object_id='a', shape=box, pose_map=upright_pose(x_m, 0.1, 0.04)),
            SceneObject(object_id='b', shape=box, pose_map=upright_pose(0.6, 0.1, 0.03)),
            SceneObject(object_id='c', shape=container, pose_map=upright_pose(0.0, 0.1, 0.05)),
        )
    )


def _name(relation: Relation) -> str:
    return relation.name


RELATIONS = Registry('relation', 'f2p.relations', BUILT_IN, _name, Relation, _try)
"""Relations by name: ours, and those of installed packages."""
