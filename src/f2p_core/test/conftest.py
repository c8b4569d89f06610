# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
import sys

from hypothesis import settings
import numpy as np
import pytest

from f2p_core.batch import SceneBatch
from f2p_core.failure import Failure, FailureKind, Motion, ReplayEvidence, Violation
from f2p_core.observation import SceneObservation
from f2p_core.pose import Pose
from f2p_core.scene import RobotState, Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal, SymbolicState
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

sys.path.insert(0, str(Path(__file__).parent))

from core_batches import RandomBatch

settings.register_profile('f2p', deadline=None, max_examples=25, derandomize=True)
settings.load_profile('f2p')


def _random_dimensions(kind: str, scenes: int, rng: np.random.Generator) -> np.ndarray:
    d = np.zeros((scenes, 5))
    if kind in ('box', 'table'):
        d[:, :3] = rng.uniform(0.02, 0.3, (scenes, 3))
    elif kind == 'cylinder':
        d[:, :2] = rng.uniform((0.01, 0.03), (0.06, 0.2), (scenes, 2))
    elif kind == 'sphere':
        d[:, 0] = rng.uniform(0.01, 0.06, scenes)
    elif kind == 'cup':
        d[:, :3] = rng.uniform((0.03, 0.06, 0.003), (0.06, 0.15, 0.008), (scenes, 3))
    else:
        d[:, :3] = rng.uniform(0.1, 0.35, (scenes, 3))
        d[:, 3] = rng.uniform(0.004, 0.01, scenes)
        if kind == 'open_box':
            d[:, 4] = np.where(rng.random(scenes) < 0.3, 0.0, rng.uniform(0.05, 0.12, scenes))
    return d


def _random_rotations(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    q, r = np.linalg.qr(rng.standard_normal((*shape, 3, 3)))
    q = q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]
    turn: np.ndarray = q * np.linalg.det(q)[..., None, None]
    return turn


@pytest.fixture
def random_batch() -> RandomBatch:
    """Scenes of given kinds at random places: ``rotations`` is none, yaw or any."""

    def make(
        kinds: Sequence[str],
        scenes: int,
        seed: int,
        spread_m: float = 0.2,
        rotations: str = 'any',
    ) -> SceneBatch:
        rng = np.random.default_rng(seed)
        n = len(kinds)
        dimensions = np.stack([_random_dimensions(k, scenes, rng) for k in kinds], axis=1)
        rotation = np.broadcast_to(np.eye(3), (scenes, n, 3, 3)).copy()
        if rotations == 'any':
            rotation = _random_rotations((scenes, n), rng)
        elif rotations == 'yaw':
            yaw = rng.uniform(-np.pi, np.pi, (scenes, n))
            rotation[..., 0, 0] = rotation[..., 1, 1] = np.cos(yaw)
            rotation[..., 1, 0], rotation[..., 0, 1] = np.sin(yaw), -np.sin(yaw)
        position = rng.uniform(-spread_m, spread_m, (scenes, n, 3))
        ids = tuple(f'object_{i}' for i in range(n))
        return SceneBatch(ids, tuple(kinds), (False,) * n, position, rotation, dimensions)

    return make


@pytest.fixture(scope='session')
def axis_aligned_boxes() -> Callable[..., SceneBatch]:
    """Pairs of boxes of which many are near, over, in or large compared with each other."""

    def make(count: int, seed: int) -> SceneBatch:
        rng = np.random.default_rng(seed)
        dimensions = np.zeros((count, 2, 5))
        dimensions[..., :3] = rng.uniform(0.02, 0.4, (count, 2, 3))
        dimensions[::3, 0, :3] *= 0.3
        spread = rng.choice([0.02, 0.1, 0.4], (count, 1, 3))
        position = rng.uniform(-1, 1, (count, 2, 3)) * spread
        rotation = np.broadcast_to(np.eye(3), (count, 2, 3, 3))
        kinds = ('box', 'box')
        return SceneBatch(('a', 'b'), kinds, (False,) * 2, position, rotation, dimensions)

    return make


@pytest.fixture
def failure() -> Failure:
    """A whole failure record of the filled carry, as the detector would make it."""
    before = sample_tabletop(TabletopConfig(inside=2), np.random.default_rng(1))
    after = sample_tabletop(TabletopConfig(inside=2), np.random.default_rng(2))
    state = SymbolicState(
        object_ids=before.object_ids,
        relation_names=('above',),
        probability=np.full((1, 5, 5), 0.25),
        margin=np.full((1, 5, 5), -0.01),
        observed=np.ones((1, 5, 5), dtype=bool),
    )
    literal = Literal(relation='above', subject_id='object_1', object_id='table_a')
    call = SkillCall(
        skill='pick_place',
        object_id='container',
        target_id='table_b',
        parameters=(0.0, 0.05, 0.1),
    )
    return Failure(
        failure_id='b7b4c1f0-0000-4000-8000-000000000001',
        stamp_ns=1_700_000_000_000_000_001,
        kind=FailureKind.INCORRECT_SYMBOLIC_PREDICTION,
        evidence=ReplayEvidence(replays=20, like_observed=19, like_predicted=0),
        violated=(
            Violation(
                relation='above',
                subject_id='object_1',
                object_id='table_a',
                predicted_probability=0.99,
                observed_margin=-0.04,
            ),
        ),
        before=_observation(before, 1),
        after=_observation(after, 2),
        relations_before=state,
        relations_predicted=state,
        relations_observed=state,
        call=call,
        commanded=Motion(
            joint_names=('lift', 'arm_1'),
            time_s=np.linspace(0.0, 1.0, 3),
            position=np.arange(6.0).reshape(3, 2),
        ),
        achieved=Motion(time_s=np.zeros(0), position=np.zeros((0, 0))),
        robot_before=RobotState(
            joint_names=('lift', 'arm_1'),
            position=(0.2, 0.0),
            base_map=Pose.in_plane(0.0, 0.0, 0.1),
        ),
        model_version=3,
        model_digest='sha256:0',
        goal=Goal(literals=(literal,)),
        remaining_plan=(call,),
    )


def _observation(scene: Scene, seed: int) -> SceneObservation:
    rng = np.random.default_rng(seed)
    seen = tuple(i != 1 for i in range(len(scene.objects)))
    return SceneObservation(
        stamp_ns=seed,
        scene=scene,
        seen=seen,
        clouds_map=tuple(rng.normal(size=(4 if s else 0, 3)) for s in seen),
        background_map=rng.normal(size=(6, 3)),
        cameras_map=(Pose(position_m=(0.0, 0.0, 1.5)),),
    )
