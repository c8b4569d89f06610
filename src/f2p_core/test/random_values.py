# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Random values with every field set, for tests that send them somewhere and back."""

from __future__ import annotations

import numpy as np

from f2p_core.failure import Failure, FailureKind, Motion, ReplayEvidence, Violation
from f2p_core.geometry.shapes import Cup, Shelf, Sphere
from f2p_core.observation import SceneObservation
from f2p_core.pose import planar_rows, Pose
from f2p_core.scene import Doubt, RobotState, Scene, SceneObject
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal, SymbolicState
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

RELATIONS = ('left', 'above', 'inside')


def random_pose(rng: np.random.Generator) -> Pose:
    q = rng.normal(size=4)
    x, y, z, w = (float(v) for v in q / np.linalg.norm(q))
    a, b, c = (float(v) for v in rng.normal(size=3))
    return Pose(position_m=(a, b, c), quaternion_xyzw=(x, y, z, w))


def random_robot(rng: np.random.Generator) -> RobotState:
    return RobotState(
        joint_names=('lift', 'arm_1', 'arm_2', 'finger'),
        position=tuple(rng.normal(size=4).tolist()),
        base_map=random_pose(rng),
    )


def random_scene(rng: np.random.Generator) -> Scene:
    scene = sample_tabletop(TabletopConfig(inside=2, on_b=2), rng)
    others = (
        SceneObject(object_id='ball', shape=Sphere(radius_m=0.03), pose_map=random_pose(rng)),
        SceneObject(
            object_id='cup',
            shape=Cup(radius_m=0.04, height_m=0.1, wall_m=0.005),
            pose_map=random_pose(rng),
            mass_kg=0.31,
            friction=0.47,
            confidence=float(rng.random()),
            doubt=Doubt.NO_SHAPE_FITS,
            mass_std_kg=0.05,
            friction_std=0.1,
            centre_of_mass_m=(0.0, 0.001, -0.02),
            centre_of_mass_std_m=(0.01, 0.01, 0.02),
        ),
        SceneObject(
            object_id='shelf',
            shape=Shelf(size_m=(0.4, 0.6, 0.5), wall_m=0.02),
            pose_map=random_pose(rng),
            fixed=True,
        ),
    )
    return Scene(objects=(*scene.objects, *others), robot=random_robot(rng))


def random_symbolic(ids: tuple[str, ...], rng: np.random.Generator) -> SymbolicState:
    shape = (len(RELATIONS), len(ids), len(ids))
    return SymbolicState(
        object_ids=ids,
        relation_names=RELATIONS,
        probability=rng.random(shape).astype(np.float32),
        margin=rng.normal(size=shape).astype(np.float32),
        observed=rng.random(shape) < 0.5,
    )


def random_observation(rng: np.random.Generator, stamp_ns: int) -> SceneObservation:
    scene = random_scene(rng)
    sizes = rng.integers(0, 5, len(scene.objects))
    return SceneObservation(
        stamp_ns=stamp_ns,
        scene=scene,
        seen=tuple(bool(s) for s in sizes > 0),
        clouds_map=tuple(rng.normal(size=(s, 3)).astype(np.float32) for s in sizes),
        background_map=rng.normal(size=(7, 3)).astype(np.float32),
        cameras_map=(random_pose(rng),),
    )


def random_motion(rng: np.random.Generator, rows: int) -> Motion:
    return Motion(
        joint_names=('lift', 'arm_1'),
        time_s=np.sort(rng.random(rows)),
        position=rng.normal(size=(rows, 2)),
        base_map=planar_rows(rng.normal(size=(rows, 3))),
    )


def random_failure(rng: np.random.Generator) -> Failure:
    before = random_observation(rng, 1_500_000_000)
    ids = before.scene.object_ids
    call = SkillCall(
        skill='pick_place',
        object_id='container',
        target_id='table_b',
        parameters=(0.1, float(rng.uniform(-0.5, 0.5)), -1.2),
    )
    return Failure(
        failure_id='0b5e0ad0-5b1c-4c53-9d5b-2f4d7d1f9e11',
        stamp_ns=7_000_000_123,
        kind=FailureKind.INCORRECT_SYMBOLIC_PREDICTION,
        evidence=ReplayEvidence(replays=20, like_observed=17, like_predicted=2),
        violated=(
            Violation(
                relation='above',
                subject_id='object_1',
                object_id='table_a',
                predicted_probability=float(rng.random()),
                observed_margin=-0.3,
            ),
        ),
        before=before,
        after=random_observation(rng, 6_000_000_000),
        relations_before=random_symbolic(ids, rng),
        relations_predicted=random_symbolic(ids, rng),
        relations_observed=random_symbolic(ids, rng),
        call=call,
        commanded=random_motion(rng, 4),
        achieved=random_motion(rng, 0),
        robot_before=random_robot(rng),
        model_version=3,
        model_digest='ab' * 32,
        goal=Goal(
            literals=(
                Literal(relation='above', subject_id='container', object_id='table_b'),
                Literal(relation='inside', subject_id='ball', object_id='cup', value=False),
            ),
            max_skills=4,
            max_base_trips=0,
        ),
        remaining_plan=(call,),
    )
