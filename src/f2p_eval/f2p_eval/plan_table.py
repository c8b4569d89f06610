# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Is the failure honest? Every class of plan for every goal of a task.

``python -m f2p_eval.plan_table --scenes 4`` prints the table for the active model.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys

import numpy as np

from f2p_core.rates import Rate
from f2p_effects.inputs import model_state
from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_planner.plan_table import TableRequest, TableRow, tabulate
from f2p_planner.plans import Situation
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_sim.protocol import Simulator
from f2p_tasks import DEFAULT_TASK, take_up, Task


def task_table(
    task: Task,
    model: EffectModel,
    simulator: Simulator,
    *,
    size: int,
    seeds: Sequence[int],
    longest: int,
) -> tuple[TableRow, ...]:
    """Tabulates the goals of a task over start scenes.

    Args:
        task: The task.
        model: The model that predicts.
        simulator: Shows what is true.
        size: Size of the start scenes.
        seeds: One start scene each.
        longest: Longest sequence of moves that is enumerated.

    Raises:
        InvalidInputError: If the task does not come in that size.
    """
    scenes = [task.seeded_scene(size, seed) for seed in seeds]
    situations = [
        Situation(scene, model_state([scene], np.random.default_rng(seed)))
        for scene, seed in zip(scenes, seeds, strict=True)
    ]
    return tabulate(TableRequest(task, situations, longest, seeds[0]), model, simulator)


def markdown(rows: Sequence[TableRow]) -> str:
    """Returns rows as a Markdown table."""
    lines = [
        '| goal | class of plan | scenes | skills | trips | predicted | motions done | achieved |',
        '|---|---|---|---|---|---|---|---|',
    ]
    for row in rows:
        name = f'**{row.plan_class}** (chosen)' if row.found_by_search else row.plan_class
        lines.append(
            f'| {row.goal} | {name} | {row.scenes} | {row.mean_skills:.1f} | '
            f'{row.mean_trips:.1f} | {row.predicted:.3f} | {_count(row, row.motion_succeeded)} | '
            f'{_count(row, row.achieved)} |'
        )
    return '\n'.join(lines)


def _count(row: TableRow, share: float) -> str:
    return Rate(round(share * row.scenes), row.scenes).in_words()


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table of the active model."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument('--models', type=Path, default=Path('models'))
    parser.add_argument('--task', default=DEFAULT_TASK, help='default: %(default)s')
    parser.add_argument('--objects', type=int, default=3, help='size of the task')
    parser.add_argument('--scenes', type=int, default=4)
    parser.add_argument('--longest', type=int, default=2)
    options = parser.parse_args(arguments)
    model = ModelStore(options.models).load_active()
    rows = task_table(
        take_up(options.task),
        model,
        MujocoSimulator(),
        size=options.objects,
        seeds=range(options.scenes),
        longest=options.longest,
    )
    print(markdown(rows))
    return 0


if __name__ == '__main__':
    sys.exit(main())
