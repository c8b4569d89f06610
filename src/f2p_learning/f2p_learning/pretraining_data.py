# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The data the effect model is pretrained on: plan drawn, simulated, kept in shards."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import as_completed, Future, ProcessPoolExecutor
import multiprocessing
from pathlib import Path

import numpy as np

from f2p_core.control import Control, UNCONTROLLED
from f2p_effects.data import concatenate, ExecutionDataset, load_dataset, save_dataset
from f2p_effects.executions import executions_from_rollouts
from f2p_effects.pretraining_plan import draw_execution
from f2p_sim.protocol import Simulator
from f2p_tasks import Execution, take_up, TASKS

STAGE = 'simulate executions'
SHARD_SIZE = 250
"""Executions per file: what is lost at most when pre-training is stopped and continued."""


def simulate_pretraining_data(
    simulator: Simulator,
    directory: Path,
    *,
    tasks: Sequence[str],
    executions: int,
    seed: int,
    workers: int = 1,
    control: Control = UNCONTROLLED,
) -> ExecutionDataset:
    """Simulates the pretraining plan, shard by shard; finished shards are kept and not redone.

    Execution i depends on ``seed`` and i alone, so an interrupted run continues where it stopped,
    and the number of workers does not change the result. What one of the tasks says its failure is
    about (``Pretraining.covers``) is left out once it is simulated.

    Args:
        simulator: Physics backend; each worker process gets a copy.
        directory: Where the shards are kept.
        tasks: Names of the tasks whose entries are drawn from.
        executions: How many to simulate in all.
        seed: Of scenes, calls and physics.
        workers: Processes that simulate side by side. Scenes of random layouts seldom share a
            batch, so processes use the cores better than threads here.
        control: Polled and told after every shard.

    Returns:
        All executions, failed motions among them (they teach what is feasible).

    Raises:
        InvalidInputError: If a task or a relation it needs is not known.
        CancelledError: If ``control`` said stop; finished shards stay.
    """
    shards = [
        range(start, min(start + SHARD_SIZE, executions))
        for start in range(0, executions, SHARD_SIZE)
    ]
    names = tuple(take_up(name).name for name in tasks)
    paths = {shard: _path(directory, names, shard, seed) for shard in shards}
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = [
            pool.submit(_simulate_shard, simulator, names, shard, seed, path)
            for shard, path in paths.items()
            if not path.exists()
        ]
        _wait(jobs, len(shards), control)
    return concatenate([load_dataset(path) for path in paths.values()])


def _wait(jobs: list[Future[None]], total: int, control: Control) -> None:
    """Waits for all shards; a stop or an error cancels those that have not begun."""
    try:
        for done, job in enumerate(as_completed(jobs), start=total - len(jobs) + 1):
            job.result()
            control.report(STAGE, done * SHARD_SIZE, total * SHARD_SIZE)
            control.check(STAGE)
    finally:
        for job in jobs:
            job.cancel()


def _path(directory: Path, tasks: Sequence[str], shard: range, seed: int) -> Path:
    name = f'{"_".join(tasks)}_seed_{seed}_from_{shard.start}_to_{shard.stop}.safetensors'
    return directory / name


def _simulate_shard(
    simulator: Simulator, tasks: Sequence[str], shard: range, seed: int, path: Path
) -> None:
    plans = [TASKS[name].pretraining for name in tasks]
    entries = [entry for plan in plans for entry in plan.entries]
    planned = [draw_execution(entries, np.random.default_rng([seed, i])) for i in shard]
    scenes = [item.scene for item in planned]
    calls = [item.call for item in planned]
    rollouts = simulator.simulate(scenes, calls, seed=seed, first_index=shard.start)
    dataset = executions_from_rollouts(scenes, calls, rollouts, list(shard))
    done = [Execution(s, c, r.end_scene) for s, c, r in zip(scenes, calls, rollouts, strict=True)]
    covered = np.array([any(plan.covers(execution) for plan in plans) for execution in done])
    save_dataset(dataset.take(np.flatnonzero(~covered)), path)
