# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The learning benchmark on a model that was never trained: the gate refuses what it learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from f2p_core.batch import stack_scenes
from f2p_core.clouds import visible_cloud
from f2p_core.failure import Failure, FailureKind, Motion, ReplayEvidence, Violation
from f2p_core.files import write_failure
from f2p_core.observation import SceneObservation
from f2p_core.pose import Pose
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import RobotState, Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import SymbolicState
from f2p_effects.config import ModelConfig
from f2p_effects.data import save_dataset
from f2p_effects.executions import executions_from_rollouts
from f2p_effects.model import EnsembleEffectModel
from f2p_effects.network import EffectNetwork
from f2p_effects.store import ModelStore
from f2p_eval.bench.learning import measure
from f2p_eval.bench.settings import Settings
from f2p_learning.pretrain import HELD_OUT_FILE, REPLAY_FILE
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_tasks.containers import goal_apart
from f2p_tasks.tabletop import CONTAINER, TABLE_A, TABLE_B
from f2p_tasks.transport import TRANSPORT

CAMERA = Pose(position_m=(0.2, 0.0, 2.0), quaternion_xyzw=(1.0, 0.0, 0.0, 0.0))
STILL = Motion(time_s=np.zeros(0), position=np.zeros((0, 0)))


def observation(scene: Scene) -> SceneObservation:
    rng, eye = np.random.default_rng(1), np.array(CAMERA.position_m)
    clouds = (
        np.zeros((0, 3)) if o.fixed else visible_cloud(o, eye, 64, 0.002, rng)
        for o in scene.objects
    )
    return SceneObservation(
        stamp_ns=0,
        scene=scene,
        seen=(True,) * len(scene.objects),
        clouds_map=tuple(clouds),
        background_map=np.zeros((0, 3)),
        cameras_map=(CAMERA,),
    )


def symbols(scene: Scene) -> SymbolicState:
    margin = relation_margins(stack_scenes([scene]))[0]
    return SymbolicState(
        object_ids=scene.object_ids,
        relation_names=RELATION_NAMES,
        probability=(margin >= 0).astype(float),
        margin=margin,
        observed=np.ones(margin.shape, bool),
    )


def carried(scene: Scene) -> Failure:
    """The filled container was carried, and its content was not where it was expected."""
    call = SkillCall(
        skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
    )
    violation = Violation(
        relation='above',
        subject_id='object_1',
        object_id=TABLE_A,
        predicted_probability=0.99,
        observed_margin=-0.4,
    )
    seen, relations = observation(scene), symbols(scene)
    return Failure(
        failure_id='bench',
        stamp_ns=0,
        kind=FailureKind.INCORRECT_SYMBOLIC_PREDICTION,
        evidence=ReplayEvidence(replays=20, like_observed=20, like_predicted=0),
        violated=(violation,),
        before=seen,
        after=seen,
        relations_before=relations,
        relations_predicted=relations,
        relations_observed=relations,
        call=call,
        commanded=STILL,
        achieved=STILL,
        robot_before=RobotState(joint_names=(), position=()),
        model_version=1,
        model_digest='',
        goal=goal_apart(scene),
    )


def untrained_models(folder: Path) -> Path:
    """A store with one untrained model, and a few old executions beside it."""
    store = ModelStore(folder)
    network = EffectNetwork(ModelConfig(), torch.Generator().manual_seed(0))
    store.activate(store.save(EnsembleEffectModel(network)).version)
    scenes = [TRANSPORT.seeded_scene(1, seed) for seed in range(4)]
    unload = SkillCall(
        skill='pick_place', object_id='object_1', target_id=TABLE_B, parameters=(0.0, 0.1, 0.0)
    )
    rollouts = MujocoSimulator().simulate(scenes, [unload] * 4, seed=0)
    executions = executions_from_rollouts(scenes, [unload] * 4, rollouts, range(4))
    save_dataset(executions, folder / REPLAY_FILE)
    save_dataset(executions, folder / HELD_OUT_FILE)
    return folder


@pytest.fixture(scope='module')
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp('bench')
    write_failure(folder / 'failure.json', carried(TRANSPORT.seeded_scene(3, 0)))
    models = untrained_models(folder / 'models')
    return Settings(
        quick=True,
        seed=0,
        threads=2,
        failure=folder / 'failure.json',
        models=models,
        logs=folder / 'logs',
    )


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob('*')) if path.is_file()}


def test_the_loop_is_timed_by_stage_and_the_store_stays_as_it_was(settings: Settings) -> None:
    before = files_of(settings.models)
    measurement = measure(settings)
    assert files_of(settings.models) == before
    figures = {f.name: f.median for f in measurement.figures}
    stages = [figures[f'budget_4_{s}'] for s in ('generate', 'simulate', 'fine_tune', 'gate')]
    assert min(stages) > 0.0
    assert sum(stages) <= figures['budget_4_whole']
    assert figures['budget_4_learned'] == 0.0  # never trained: the gate refuses
    scene = TRANSPORT.seeded_scene(3, 0)
    movable = sum(not o.fixed for o in scene.objects)
    assert measurement.conditions['movable_objects'] == movable
