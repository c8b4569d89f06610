# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Is the failure honest? Every class of plan for both goals, predicted and true.

``python -m f2p_eval.plan_table --scenes 4`` prints the table for the active model.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys

import numpy as np

from f2p_effects.inputs import model_state
from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_eval.transport import container_id, goal_t1, goal_t2, start_scene
from f2p_planner.plan_table import TableRequest, TableRow, tabulate
from f2p_planner.plans import Situation
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_sim.protocol import Simulator


def transport_table(
    model: EffectModel,
    simulator: Simulator,
    *,
    objects: int,
    seeds: Sequence[int],
    longest: int,
) -> tuple[TableRow, ...]:
    """Tabulates T1 and T2 over start scenes.

    Args:
        model: The model that predicts.
        simulator: Shows what is true.
        objects: Objects in the container.
        seeds: One start scene each.
        longest: Longest sequence of moves that is enumerated.
    """
    scenes = [start_scene(objects, seed) for seed in seeds]
    situations = [
        Situation(scene, model_state([scene], np.random.default_rng(seed)))
        for scene, seed in zip(scenes, seeds, strict=True)
    ]
    goals = {'T1': [goal_t1(s) for s in scenes], 'T2': [goal_t2(s) for s in scenes]}
    request = TableRequest(goals, situations, container_id(scenes[0]), longest, seeds[0])
    return tabulate(request, model, simulator)


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
            f'{row.mean_trips:.1f} | {row.predicted:.3f} | {row.motion_succeeded:.2f} | '
            f'{row.achieved:.2f} |'
        )
    return '\n'.join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table of the active model."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument('--models', type=Path, default=Path('models'))
    parser.add_argument('--objects', type=int, default=3)
    parser.add_argument('--scenes', type=int, default=4)
    parser.add_argument('--longest', type=int, default=2)
    options = parser.parse_args(arguments)
    model = ModelStore(options.models).load_active()
    rows = transport_table(
        model,
        MujocoSimulator(),
        objects=options.objects,
        seeds=range(options.scenes),
        longest=options.longest,
    )
    print(markdown(rows))
    return 0


if __name__ == '__main__':
    sys.exit(main())
