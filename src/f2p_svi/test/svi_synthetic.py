# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Failures made from known scenes: what a camera sees of them, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import stack_scenes
from f2p_core.clouds import visible_cloud
from f2p_core.failure import Failure, FailureKind, Motion, ReplayEvidence, Violation
from f2p_core.geometry.distance import signed_distance
from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.shapes import Shelf, Table
from f2p_core.observation import SceneObservation
from f2p_core.pose import Pose
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import RobotState, Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal, SymbolicState
from f2p_tasks.tabletop import CONTAINER, TABLE_A, TABLE_B
from f2p_tasks.transport import transport_scene

CAMERA_M = np.array([-0.1, 0.0, 1.75])
LOOKING_DOWN = Pose(position_m=tuple(CAMERA_M), quaternion_xyzw=(1.0, 0.0, 0.0, 0.0))
CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.02, 0.1)
)
_NO_MOTION = Motion(time_s=np.zeros(0), position=np.zeros((0, 0)))
_HOME = RobotState(joint_names=(), position=())


def observe(
    scene: Scene,
    rng: np.random.Generator,
    unseen: Sequence[str] = (),
    points: int = 128,
    noise_m: float = 0.003,
) -> SceneObservation:
    """What one camera sees of a scene; fitted shapes and poses are the true ones."""
    seen = tuple(o.object_id not in unseen for o in scene.objects)
    clouds = tuple(
        visible_cloud(o, CAMERA_M, points, noise_m, rng) if s and not o.fixed else np.zeros((0, 3))
        for o, s in zip(scene.objects, seen, strict=True)
    )
    return SceneObservation(
        stamp_ns=0,
        scene=scene,
        seen=seen,
        clouds_map=clouds,
        background_map=background(scene, rng),
        cameras_map=(LOOKING_DOWN,),
    )


def background(scene: Scene, rng: np.random.Generator, n: int = 512) -> NDArray[np.float64]:
    """Points on table tops that the camera sees past all objects, at most n, (Q, 3)."""
    tops = []
    for table in (o for o in scene.objects if o.fixed):
        assert isinstance(table.shape, Table | Shelf)
        half = np.array(table.shape.size_m) / 2
        place = rng.uniform(-1.0, 1.0, (2 * n, 3)) * half
        place[:, 2] = half[2]
        tops.append(table.pose_map.to_parent(place))
    points = np.concatenate(tops)
    # Objects are lower than 0.3 m: only that stretch of a ray can be hidden.
    share = np.linspace(0.001, 0.3, 60)[None, :, None]
    ray = (points[:, None] + share * (CAMERA_M - points)[:, None]).reshape(-1, 3)
    hidden = np.zeros(len(points), dtype=bool)
    for item in (o for o in scene.objects if not o.fixed):
        distance = signed_distance(
            item.shape.kind, np.array(dimensions_of(item.shape)), item.pose_map.to_child(ray)
        )
        hidden |= (distance.reshape(len(points), -1) < 0).any(axis=1)
    free = points[~hidden]
    return free[rng.permutation(len(free))[:n]]


def symbols(scene: Scene, unseen: Sequence[str] = ()) -> SymbolicState:
    """The true relations of a scene; those of unseen objects are unobserved."""
    margin = relation_margins(stack_scenes([scene]))[0]
    seen = np.array([i not in unseen for i in scene.object_ids])
    observed = np.broadcast_to(seen[:, None] & seen[None, :], margin.shape)
    return SymbolicState(
        object_ids=scene.object_ids,
        relation_names=RELATION_NAMES,
        probability=(margin >= 0).astype(float),
        margin=margin,
        observed=observed,
    )


def failure_of(
    scene: Scene, seed: int = 0, unseen: Sequence[str] = (), call: SkillCall = CARRY
) -> Failure:
    """The failure of a call in a scene, with what was seen before it."""
    rng = np.random.default_rng(seed)
    before, relations = observe(scene, rng, unseen), symbols(scene, unseen)
    content = next(o.object_id for o in scene.objects if o.object_id.startswith('object_'))
    violation = Violation(
        relation='above',
        subject_id=content,
        object_id=TABLE_A,
        predicted_probability=0.99,
        observed_margin=-0.5,
    )
    literal = Literal(relation='above', subject_id=CONTAINER, object_id=TABLE_B)
    return Failure(
        failure_id=f'failure-{seed}',
        stamp_ns=0,
        kind=FailureKind.INCORRECT_SYMBOLIC_PREDICTION,
        evidence=ReplayEvidence(replays=20, like_observed=20, like_predicted=0),
        violated=(violation,),
        before=before,
        after=before,
        relations_before=relations,
        relations_predicted=relations,
        relations_observed=relations,
        call=call,
        commanded=_NO_MOTION,
        achieved=_NO_MOTION,
        robot_before=_HOME,
        model_version=1,
        model_digest='synthetic',
        goal=Goal(literals=(literal,)),
    )


@lru_cache
def transport_failure(n_objects: int = 3, seed: int = 0, unseen: tuple[str, ...] = ()) -> Failure:
    """A filled container is carried from table_a to table_b."""
    return failure_of(transport_scene(n_objects, np.random.default_rng(seed)), seed, unseen)
