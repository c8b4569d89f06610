# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A kinematic stand-in for physics: cheap executions whose truth is known exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import math
from pathlib import Path
import sys
from typing import NamedTuple

import numpy as np
import pytest

from f2p_core.batch import stack_scenes
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall, SKILLS
from f2p_core.supports import contents
from f2p_effects.data import ExecutionDataset
from f2p_effects.executions import executions_from_rollouts
from f2p_effects.inputs import geometry_of, skill_batch
from f2p_effects.model import geometry_prisms
from f2p_effects.motion import planned_motion
from f2p_effects.pretraining_plan import draw_execution
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig
from f2p_tasks.transport import TRANSPORT

sys.path.insert(0, str(Path(__file__).parent))

Executor = Callable[[Sequence[tuple[Scene, SkillCall]], np.random.Generator], ExecutionDataset]


class End(NamedTuple):
    end_scene: Scene
    relation_names: tuple[str, ...]
    margins: np.ndarray
    motion_succeeded: bool


def moved(scene: Scene, moves: dict[str, tuple[np.ndarray, float]]) -> Scene:
    """The scene with objects displaced [m] and turned about z [rad]."""
    objects = []
    for item in scene.objects:
        if item.object_id in moves:
            shift, turn = moves[item.object_id]
            x, y, z, w = item.pose_map.quaternion_xyzw
            c, s = math.cos(turn / 2), math.sin(turn / 2)
            quaternion = (c * x - s * y, c * y + s * x, c * z + s * w, c * w - s * z)
            position = tuple(np.array(item.pose_map.position_m) + shift)
            pose = item.pose_map.model_copy(
                update={'position_m': position, 'quaternion_xyzw': quaternion}
            )
            objects.append(item.model_copy(update={'pose_map': pose}))
        else:
            objects.append(item)
    return scene.model_copy(update={'objects': tuple(objects)})


def execute(scene: Scene, call: SkillCall, rng: np.random.Generator) -> End:
    """Puts the object where it was asked for, its content along, pushed neighbours ahead."""
    prisms = geometry_prisms(geometry_of([scene]))
    batch = skill_batch(scene.object_ids, [call], SKILLS.names)
    planned = planned_motion(prisms, ('pick_place', 'push'), *batch)
    shift = planned.displacement_m[0].numpy().astype(float)
    turn = float(planned.turn_rad[0]) + rng.normal(0.0, 0.01)
    start = np.array(scene.object(call.object_id).pose_map.position_m)
    reachable = start[0] + shift[0] < 1.0
    if not reachable:
        return _end(scene, succeeded=False)
    if call.skill == 'push':
        return _end(moved(scene, _pushed(scene, call.object_id, shift, rng)), succeeded=True)
    shift[:2] += rng.normal(0.0, 0.003, 2)
    moves = {call.object_id: (shift, turn)}
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    for other in contents(scene, call.object_id):
        offset = np.array(scene.object(other).pose_map.position_m) - start
        ride = shift.copy()
        ride[:2] += rotation @ offset[:2] - offset[:2] + rng.normal(0.0, 0.001, 2)
        moves[other] = (ride, turn)
    return _end(moved(scene, moves), succeeded=True)


def _pushed(
    scene: Scene, object_id: str, shift: np.ndarray, rng: np.random.Generator
) -> dict[str, tuple[np.ndarray, float]]:
    """Discs in a row: who is run into moves on by what is left of the push."""
    start = np.array(scene.object(object_id).pose_map.position_m)
    direction = shift / max(np.linalg.norm(shift), 1e-9)
    ahead = []
    for item in scene.objects:
        offset = np.array(item.pose_map.position_m) - start
        along = float(offset @ direction)
        aside = np.linalg.norm(offset - along * direction)
        if item.shape.kind in ('box', 'cylinder') and along > 1e-6 and aside < 0.03:
            ahead.append((along, item.object_id))
    moves = {object_id: (shift + rng.normal(0.0, 0.002, 3) * [1, 1, 0], 0.0)}
    reached = float(np.linalg.norm(shift))
    for rank, (along, other) in enumerate(sorted(ahead), start=1):
        travel = reached + 0.045 * rank - along
        if travel <= 0:
            break
        moves[other] = (travel * direction, 0.0)
    return moves


def _end(scene: Scene, *, succeeded: bool) -> End:
    return End(scene, RELATION_NAMES, relation_margins(stack_scenes([scene]))[0], succeeded)


def dataset_of(
    executions: Sequence[tuple[Scene, SkillCall]], rng: np.random.Generator
) -> ExecutionDataset:
    scenes = [scene for scene, _ in executions]
    calls = [call for _, call in executions]
    outcomes = [execute(s, c, rng) for s, c in zip(scenes, calls, strict=True)]
    return executions_from_rollouts(scenes, calls, outcomes, range(len(scenes)))


def plan_dataset(n: int, seed: int) -> ExecutionDataset:
    rng = np.random.default_rng(seed)
    entries = TRANSPORT.pretraining.entries
    return dataset_of([draw_execution(entries, rng)[1:] for _ in range(n)], rng)


@pytest.fixture(scope='session')
def kinematic() -> Executor:
    """Executes (scene, call) pairs kinematically."""
    return dataset_of


@pytest.fixture(scope='session')
def transport() -> Scene:
    """The filled container with three objects on table_a."""
    return sample_tabletop(TabletopConfig(inside=3), np.random.default_rng(5))


@pytest.fixture(scope='session')
def small_data() -> ExecutionDataset:
    """200 executions of the pretraining plan."""
    return plan_dataset(200, 0)
