# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Kinds of execution that skills and monitor are measured with on bowls and capsules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from f2p_core.scene import Scene
from f2p_core.skill import call_bounds, PICK_PLACE, SkillCall
from f2p_tasks.definition import Exercise
from f2p_tasks.organization.vessels import BOWL, bowl_shape, capsule_at, capsules_in
from f2p_tasks.tabletop import put_beside, TABLE_A, TABLE_B, tables

_CAPSULES = (0, 1, 2, 4)
"""Numbers of capsules in carried bowls."""

_BESIDE = 'object_9'
"""Id of the capsule that stands beside the bowl."""


def _bowl_with(capsules: int) -> Callable[[np.random.Generator], Scene]:
    """Scenes of a bowl on table_a with capsules in it, and one more capsule beside it."""

    def draw(rng: np.random.Generator) -> Scene:
        bowl = put_beside(BOWL, bowl_shape(rng), TABLE_A, (), rng)
        beside = capsule_at(_BESIDE, TABLE_A, (bowl,), rng)
        return Scene(objects=(*tables(), bowl, *capsules_in(bowl, capsules, rng), beside))

    return draw


def _place(object_id: str, target_id: str) -> Callable[[Scene, np.random.Generator], SkillCall]:
    def draw(scene: Scene, rng: np.random.Generator) -> SkillCall:
        low, high = call_bounds(scene, PICK_PLACE.name, object_id, target_id)
        return SkillCall(
            skill=PICK_PLACE.name,
            object_id=object_id,
            target_id=target_id,
            parameters=tuple(rng.uniform(low, high).tolist()),
        )

    return draw


EXERCISES = (
    Exercise('capsule table to table', _bowl_with(0), _place(_BESIDE, TABLE_B)),
    Exercise('capsule into bowl', _bowl_with(0), _place(_BESIDE, BOWL)),
    *(
        Exercise(f'capsule out of bowl of {k}', _bowl_with(k), _place('object_1', TABLE_B))
        for k in _CAPSULES[1:]
    ),
    *(
        Exercise(f'carry bowl of {k}', _bowl_with(k), _place(BOWL, TABLE_B), carrier=BOWL)
        for k in _CAPSULES
    ),
)
"""Every move of a capsule, and carries of bowls with more and more in them."""
