# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The skills there are: ours and those of installed packages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.fit import Bounds
from f2p_core.geometry.prisms import prism_of, Prisms
from f2p_core.geometry.shapes import Box, Table
from f2p_core.registry import Registry
from f2p_core.scene import Scene
from f2p_core.skill.definition import Parameters, Skill
from f2p_core.skill.pick_place import PICK_PLACE
from f2p_core.skill.push import PUSH


def _try(skill: Skill) -> None:
    """Plans a package's skill once, for two calls on a box that stands on a table.

    Raises:
        InvalidInputError: If what is asked of the box is no finite motion for each call.
    """
    box, table = prism_of(Box(size_m=(0.04, 0.05, 0.06))), prism_of(Table(size_m=(0.6, 0.8, 0.7)))
    box, table = (Prisms(*(np.stack([f, f]) for f in prism)) for prism in (box, table))
    middle = [(p.low + p.high) / 2 for p in skill.parameters]
    command = skill.planned(box, table, np.array([middle, middle]))
    for name, field, shape in zip(command._fields, command, ((2, 3), (2,), (2,)), strict=True):
        if np.shape(field) != shape or not np.isfinite(field).all():
            raise InvalidInputError(
                f'skill {skill.name!r} plans {name} = {np.asarray(field).tolist()} for two '
                f'calls; it must be finite and of shape {shape}'
            )


SKILLS: Registry[Skill] = Registry(
    'skill', 'f2p.skills', (PICK_PLACE, PUSH), attrgetter('name'), Skill, _try
)
"""Skills by name; a package adds one by an entry point of the group ``f2p.skills``."""


def call_bounds(scene: Scene, skill: str, object_id: str, target_id: str) -> Bounds:
    """Returns the bounds of a skill's parameters for an object and a target of a scene.

    Returns:
        Lowest and highest parameters, each shape (P,), in the skill's order and units.

    Raises:
        InvalidInputError: If the skill or one of the objects is not known.
    """
    return SKILLS[skill].bounds(scene.object(object_id), scene.object(target_id))


def parameter_count(names: Iterable[str]) -> int:
    """Returns the most parameters any of some skills has: the width of arrays of their calls."""
    return max((len(SKILLS[name].parameters) for name in names), default=0)


def padded(rows: Iterable[Parameters], width: int) -> NDArray[np.float64]:
    """Returns the parameters of calls as one array, zero beyond those of a skill, (S, width)."""
    return np.array(
        [(*row, *(0.0,) * (width - len(row))) for row in rows], dtype=np.float64
    ).reshape(-1, width)


def mirror_signs(name: str, width: int) -> tuple[float, ...]:
    """Returns the signs of a skill's parameters in a mirrored scene, 1 beyond them, (width,)."""
    signs = [float(p.mirror) for p in SKILLS[name].parameters]
    return (*signs, *(1.0,) * (width - len(signs)))


def translated(
    index: NDArray[np.integer[Any]], names: Sequence[str], to: Sequence[str]
) -> NDArray[np.int64]:
    """Returns indices into ``names`` as indices into ``to``, of the same shape.

    Raises:
        InvalidInputError: If one of the skills named is not among ``to``.
    """
    used = {int(i) for i in np.unique(index)}
    missing = sorted(names[i] for i in used if names[i] not in to)
    if missing:
        raise InvalidInputError(
            f'there are calls of {", ".join(missing)}, but only {", ".join(to)} are known there'
        )
    table = np.array([to.index(n) if n in to else -1 for n in names], dtype=np.int64)
    result: NDArray[np.int64] = table[index]
    return result
