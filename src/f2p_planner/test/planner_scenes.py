# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes and goals of the tests, and what is seen of scenes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.failure import Motion
from f2p_core.observation import SceneObservation
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import RobotState, Scene
from f2p_core.symbolic import Goal, Literal, SymbolicState
from f2p_effects.protocol import ModelState
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig

QUICK_RELATIONS = tuple(name for name in RELATION_NAMES if name != 'contact')
"""All but the one relation that is slow to compute."""
HOME = RobotState(joint_names=('lift',), position=(0.3,))


def transport(n: int, seed: int, **changes: Any) -> Scene:
    return sample_tabletop(TabletopConfig(inside=n, **changes), np.random.default_rng(seed))


def put(scene: Scene, object_id: str, x_m: float, y_m: float) -> Scene:
    """Returns the scene with one object moved on its level."""
    item = scene.object(object_id)
    pose = item.pose_map.model_copy(update={'position_m': (x_m, y_m, item.pose_map.position_m[2])})
    there = item.model_copy(update={'pose_map': pose})
    objects = tuple(there if o is item else o for o in scene.objects)
    return scene.model_copy(update={'objects': objects})


def small_ids(scene: Scene) -> list[str]:
    return [o.object_id for o in scene.objects if o.object_id.startswith('object_')]


def goal_t1(scene: Scene, **budget: int) -> Goal:
    ids = small_ids(scene)
    literals = [Literal(relation='above', subject_id=i, object_id=TABLE_A) for i in ids]
    literals.append(Literal(relation='above', subject_id=CONTAINER, object_id=TABLE_B))
    return Goal(literals=tuple(literals), **budget)


def goal_t2(scene: Scene) -> Goal:
    literals = [
        Literal(relation='above', subject_id=i, object_id=TABLE_B) for i in small_ids(scene)
    ]
    return Goal(literals=tuple(literals), max_base_trips=1)


def relations_of(scene: Scene) -> SymbolicState:
    margin = relation_margins(stack_scenes([scene]), QUICK_RELATIONS)[0]
    return SymbolicState(
        object_ids=scene.object_ids,
        relation_names=QUICK_RELATIONS,
        probability=(margin >= 0).astype(float),
        margin=margin,
        observed=np.ones(margin.shape, dtype=bool),
    )


def observation(scene: Scene, stamp_ns: int = 0) -> SceneObservation:
    n = len(scene.objects)
    return SceneObservation(
        stamp_ns=stamp_ns,
        scene=scene,
        seen=(True,) * n,
        clouds_map=tuple(np.zeros((0, 3)) for _ in range(n)),
        background_map=np.zeros((0, 3)),
        cameras_map=(),
    )


def model_state(scene: Scene) -> ModelState:
    batch = stack_scenes([scene])
    arrays = [torch.from_numpy(a).float() for a in batch[3:]]
    n = len(batch.object_ids)
    return ModelState(
        SceneBatch(*batch[:3], *arrays), torch.zeros((1, n, 4, 3))
    )


def still() -> Motion:
    return Motion(time_s=np.zeros(0), position=np.zeros((0, 0)))
