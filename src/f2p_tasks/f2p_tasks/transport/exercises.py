# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Kinds of execution that skills and monitor are measured with on the two tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from f2p_core.scene import Scene
from f2p_core.skill import call_bounds, Parameters, PICK_PLACE, PUSH, SkillCall
from f2p_tasks.definition import Exercise
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig

_CARRY_YAW_RAD = 0.6
"""Carried containers are put down turned by up to this [rad]."""

_PUSH_M = (0.05, 0.20)
"""Bounds of the length of a push [m]."""

_CARRIED = (0, 3, 5, 7)
"""Numbers of objects in carried containers."""


def _scenes(config: TabletopConfig) -> Callable[[np.random.Generator], Scene]:
    def draw(rng: np.random.Generator) -> Scene:
        return sample_tabletop(config, rng)

    return draw


def _draw(
    scene: Scene, skill: str, object_id: str, target_id: str, rng: np.random.Generator
) -> Parameters:
    low, high = call_bounds(scene, skill, object_id, target_id)
    return tuple(rng.uniform(low, high).tolist())


def _place(
    scene: Scene, object_id: str, target_id: str, rng: np.random.Generator
) -> SkillCall:
    parameters = _draw(scene, PICK_PLACE.name, object_id, target_id, rng)
    return SkillCall(
        skill=PICK_PLACE.name, object_id=object_id, target_id=target_id, parameters=parameters
    )


def _carry(scene: Scene, rng: np.random.Generator) -> SkillCall:
    call = _place(scene, CONTAINER, TABLE_B, rng)
    x, y, _ = call.parameters
    yaw = rng.uniform(-_CARRY_YAW_RAD, _CARRY_YAW_RAD)
    return call.model_copy(update={'parameters': (x, y, yaw)})


def _to_table_b(scene: Scene, rng: np.random.Generator) -> SkillCall:
    return _place(scene, 'object_1', TABLE_B, rng)


def _load(scene: Scene, rng: np.random.Generator) -> SkillCall:
    return _place(scene, 'object_3', CONTAINER, rng)


def _push(scene: Scene, object_id: str, rng: np.random.Generator) -> SkillCall:
    direction, _, offset = _draw(scene, PUSH.name, object_id, TABLE_A, rng)
    return SkillCall(
        skill=PUSH.name,
        object_id=object_id,
        target_id=TABLE_A,
        parameters=(direction, rng.uniform(*_PUSH_M), offset),
    )


def _push_object(scene: Scene, rng: np.random.Generator) -> SkillCall:
    return _push(scene, 'object_1', rng)


def _push_container(scene: Scene, rng: np.random.Generator) -> SkillCall:
    return _push(scene, CONTAINER, rng)


EXERCISES = (
    Exercise(
        'object table to table',
        _scenes(TabletopConfig(inside=0, on_a=3, on_b=2, container_on=None)),
        _to_table_b,
    ),
    Exercise('object into container', _scenes(TabletopConfig(inside=2, on_b=2)), _load),
    Exercise('object out of container', _scenes(TabletopConfig(inside=5)), _to_table_b),
    *(
        Exercise(
            f'carry {k} objects',
            _scenes(TabletopConfig(inside=k, max_yaw_rad=_CARRY_YAW_RAD)),
            _carry,
            carrier=CONTAINER,
        )
        for k in _CARRIED
    ),
    Exercise(
        'push object',
        _scenes(TabletopConfig(inside=0, on_a=3, container_on=None)),
        _push_object,
    ),
    Exercise('push container', _scenes(TabletopConfig(inside=3)), _push_container),
)
"""Every move of a small object, carries of containers with more and more in them, pushes."""
