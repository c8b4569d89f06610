# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Speed of the simulator against bare ``mujoco.rollout``: ``python -m f2p_sim.bench``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
import json
import time
from typing import Any, NamedTuple

import mujoco
from mujoco.rollout import Rollout as RawRollout
import numpy as np

from f2p_core.scene import Scene
from f2p_core.skill import PICK_PLACE, SkillCall
from f2p_sim.cell import Cell
from f2p_sim.mujoco_backend import MujocoOptions, MujocoSimulator
from f2p_sim.robot import JOINT_COUNT
from f2p_sim.scene_model import compile_scene, initial_qpos, SceneModel
from f2p_sim.skills.pick_place import pick_place
from f2p_sim.track import Track
from f2p_sim.trajectory import Trajectory
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_B, TabletopConfig

# A filled container to the other table: the longest of the calls.
CARRY = SkillCall(
    skill=PICK_PLACE.name, object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.1, 0.2)
)


class Timing(NamedTuple):
    """Time of some work: on the wall and of all processor cores together [s]."""

    wall_s: float
    processor_s: float


def measure(objects: int, count: int, threads: int) -> dict[str, Any]:
    """Times carries of a filled container, and bare rollouts of the same models and commands.

    Args:
        objects: Objects in the container.
        count: Scenes.
        threads: Threads of both.

    Returns:
        Rollouts per second, processor time per simulated second of both, and the share of the
        bare rollout's speed that is reached, by wall and by processor time (the latter holds on
        a busy machine too).
    """
    rng = np.random.default_rng(0)
    scenes = [sample_tabletop(TabletopConfig(inside=objects), rng) for _ in range(count)]
    simulator = MujocoSimulator(MujocoOptions(threads=threads))
    simulator.simulate(scenes[:2], [CARRY] * 2, seed=0)
    simulated_s = 0.0

    def whole() -> None:
        nonlocal simulated_s
        rollouts = simulator.simulate(scenes, [CARRY] * count, seed=0)
        simulated_s = sum(r.duration_s for r in rollouts)

    ours = _timed(whole)
    bare, bare_s = _bare(scenes, threads)
    return {
        'objects': objects,
        'count': count,
        'threads': threads,
        'rollouts_per_s': round(count / ours.wall_s, 2),
        'simulated_s_per_rollout': round(simulated_s / count, 2),
        'processor_s_per_simulated_s': round(ours.processor_s / simulated_s, 5),
        'bare_processor_s_per_simulated_s': round(bare.processor_s / bare_s, 5),
        'share_by_wall': round(bare.wall_s / bare_s / (ours.wall_s / simulated_s), 3),
        'share_by_processor': round(
            bare.processor_s / bare_s / (ours.processor_s / simulated_s), 3
        ),
    }


def _bare(scenes: Sequence[Scene], threads: int) -> tuple[Timing, float]:
    """Times ``mujoco.rollout`` with recorded commands; also returns the simulated time [s]."""
    models = [compile_scene(scene) for scene in scenes]
    commands = [_commands(compiled) for compiled in models]
    steps = min(len(rows) for rows in commands)
    control = np.stack([rows[:steps] for rows in commands])
    physics = mujoco.mjtState.mjSTATE_FULLPHYSICS.value
    states = []
    for compiled in models:
        data = mujoco.MjData(compiled.model)
        data.qpos[:] = initial_qpos(compiled)
        state = np.empty(mujoco.mj_stateSize(compiled.model, physics))
        mujoco.mj_getState(compiled.model, data, state, physics)
        states.append(state)
    datas = [mujoco.MjData(models[0].model) for _ in range(threads)]
    with RawRollout(nthread=threads) as raw:
        timing = _timed(
            lambda: raw.rollout([m.model for m in models], datas, np.stack(states), control)
        )
    return timing, steps * float(models[0].model.opt.timestep) * len(scenes)


def _commands(compiled: SceneModel) -> Trajectory:
    """Returns the servo commands of one carry (T, 13)."""
    model = compiled.model
    data = mujoco.MjData(model)
    data.qpos[:] = initial_qpos(compiled)
    data.ctrl[:] = data.qpos[:JOINT_COUNT]
    motion = pick_place(Cell(compiled, np.random.default_rng(0)), CARRY, data.qpos.copy())
    track = Track(model, motion, data.ctrl.copy())
    rows = []
    while not track.done:
        for row in track.take():
            data.ctrl[:] = row
            rows.append(row)
            mujoco.mj_step(model, data)
        track.advance(data.qpos)
    return np.array(rows)


def _timed(work: Callable[[], object]) -> Timing:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Timing(time.perf_counter() - wall, time.process_time() - processor)


def main() -> None:
    """Prints one JSON line per number of objects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--count', type=int, default=64, help='carries per line')
    parser.add_argument('--threads', type=int, default=2)
    arguments = parser.parse_args()
    for objects in (3, 5, 7):
        print(json.dumps(measure(objects, arguments.count, arguments.threads)))


if __name__ == '__main__':
    main()
