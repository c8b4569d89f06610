# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The definition of Multi-object Transport."""

from __future__ import annotations

import math

import numpy as np

from f2p_core.scene import Scene
from f2p_tasks.containers import goal_apart, goal_together, Roles
from f2p_tasks.definition import Act, Task
from f2p_tasks.tabletop import CONTAINER, CONTAINER_SLOTS, sample_tabletop, tables, TabletopConfig
from f2p_tasks.transport.exercises import EXERCISES
from f2p_tasks.transport.pretraining import PRETRAINING


def transport_scene(size: int, rng: np.random.Generator) -> Scene:
    """Draws the start of Multi-object Transport.

    The filled container stands on table_a; beside it, and on table_b, lies one more object that
    is not part of the task, as there would be in a real place.

    Args:
        size: Objects in the container.
        rng: Source of all randomness.
    """
    return sample_tabletop(TabletopConfig(inside=size, on_a=1, on_b=1), rng)


_ACTS = (
    Act('T2 before', 'All objects to table_b in one trip, pre-trained model', 2, 'T2'),
    Act('T1', 'Container to table_b, objects stay on table_a', 0, 'T1', may_learn=True),
    Act('T1 fresh', 'The same goal in a new scene, after learning', 1, 'T1', after_learning=True),
    Act(
        'T2 after',
        'All objects to table_b in one trip, after learning',
        2,
        'T2',
        after_learning=True,
    ),
)

_ROLES = Roles('container', 'content')

TRANSPORT = Task(
    name='transport',
    long_name='multi_object_transport',
    sizes=tuple(range(1, math.prod(CONTAINER_SLOTS) + 1)),
    size_meaning='objects in the container',
    acts=_ACTS,
    furniture=tables,
    start_scene=transport_scene,
    goals={'T1': goal_apart, 'T2': goal_together},
    role=_ROLES.of,
    moves=_ROLES.moves,
    pretraining=PRETRAINING,
    exercises=EXERCISES,
    label_names=(f'1000:{CONTAINER}',),
)
