# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes, states and a failure for the tests of this package."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from f2p_core.failure import Failure
from f2p_core.files import read_failure
from f2p_core.geometry.shapes import Box, OpenBox, Table
from f2p_core.observation import SceneObservation
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_core.symbolic import SymbolicState

EXAMPLE = Path(__file__).parents[3] / 'examples' / 'failure_filled_carry.json'
RELATIONS = ('above', 'inside')
TABLE = SceneObject(
    object_id='table_a',
    shape=Table(size_m=(0.8, 0.6, 0.7)),
    pose_map=upright_pose(0.8, 0.5, 0.35),
    fixed=True,
)
TRAY = SceneObject(
    object_id='container',
    shape=OpenBox(size_m=(0.3, 0.2, 0.1), wall_m=0.01, handle_height_m=0.0),
    pose_map=upright_pose(0.8, 0.5, 0.75, 0.3),
)


@cache
def example_failure() -> Failure:
    """Returns the recorded failure of the repository."""
    return read_failure(EXAMPLE)


def cube(object_id: str, x_m: float, y_m: float) -> SceneObject:
    """Returns a cube of 6 cm that stands on the table at a place of ``map``."""
    pose = upright_pose(x_m, y_m, 0.73)
    return SceneObject(object_id=object_id, shape=Box(size_m=(0.06, 0.06, 0.06)), pose_map=pose)


def scene_of(*objects: SceneObject) -> Scene:
    """Returns a scene of a table and some objects."""
    return Scene(objects=(TABLE, *objects))


def observed(scene: Scene, unseen: Sequence[str] = (), stamp_ns: int = 0) -> SceneObservation:
    """Returns an observation without points."""
    return SceneObservation(
        stamp_ns=stamp_ns,
        scene=scene,
        seen=tuple(o.object_id not in unseen for o in scene.objects),
        clouds_map=tuple(np.zeros((0, 3)) for _ in scene.objects),
        background_map=np.zeros((0, 3)),
        cameras_map=(),
    )


def state(
    object_ids: Sequence[str],
    *holding: tuple[str, str, str],
    unseen: Sequence[str] = (),
) -> SymbolicState:
    """Returns a state in which exactly the named (relation, subject, object) hold."""
    n = len(object_ids)
    probability = np.zeros((len(RELATIONS), n, n))
    for relation, subject, other in holding:
        index = RELATIONS.index(relation), object_ids.index(subject), object_ids.index(other)
        probability[index] = 1.0
    seen = np.array([object_id not in unseen for object_id in object_ids])
    return SymbolicState(
        object_ids=tuple(object_ids),
        relation_names=RELATIONS,
        probability=probability,
        margin=np.where(probability > 0.5, 0.02, -0.02),
        observed=np.broadcast_to(seen[:, None] & seen[None, :], probability.shape).copy(),
    )
