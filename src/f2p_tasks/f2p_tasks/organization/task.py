# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The definition of Hierarchical Tabletop Organization."""

from __future__ import annotations

import numpy as np

from f2p_core.scene import Scene
from f2p_tasks.containers import goal_apart, Roles
from f2p_tasks.definition import Act, Task
from f2p_tasks.organization.exercises import EXERCISES
from f2p_tasks.organization.pretraining import PRETRAINING
from f2p_tasks.organization.vessels import BOWL, bowl_shape, capsules_in
from f2p_tasks.tabletop import put_beside, small_shape, TABLE_A, TABLE_B, tables

_VESSELS = 1
"""Bowls in a scene; the other objects of a size are capsules in it."""


def organization_scene(size: int, rng: np.random.Generator) -> Scene:
    """Draws the start of Hierarchical Tabletop Organization.

    A bowl with capsules in it stands on table_a; beside it, and on table_b, stands one more object
    that is not part of the task, as there would be in a real place.

    Args:
        size: The bowl and the capsules in it.
        rng: Source of all randomness.
    """
    bowl = put_beside(BOWL, bowl_shape(rng), TABLE_A, (), rng)
    placed = [bowl, *capsules_in(bowl, size - _VESSELS, rng)]
    for number, table in enumerate((TABLE_A, TABLE_B), start=size):
        placed.append(put_beside(f'object_{number}', small_shape(rng), table, placed, rng))
    return Scene(objects=(*tables(), *placed))


_ROLES = Roles('bowl', 'capsule')

ORGANIZATION = Task(
    name='tabletop',
    long_name='hierarchical_tabletop_organization',
    sizes=(3,),
    size_meaning='the bowl and the capsules in it',
    acts=(
        Act('TT1', 'Bowl to table_b, capsules stay on table_a', 0, 'TT1', may_learn=True),
        Act('TT1 fresh', 'The same goal in a new scene', 1, 'TT1', after_learning=True),
    ),
    furniture=tables,
    start_scene=organization_scene,
    goals={'TT1': goal_apart},
    role=_ROLES.of,
    moves=_ROLES.moves,
    pretraining=PRETRAINING,
    exercises=EXERCISES,
    label_names=(f'1000:{BOWL}',),
)
"""The shipped model is pretrained for Transport alone; in none of its executions is anything moved
that holds something, either."""
