# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Many trials without ROS, and the table of them.

``python -m f2p_eval.evaluate --seeds 20 --out runs/evaluation`` runs the story for each seed;
``--task`` names another task, ``--method original`` is the control, ``--no-labels`` takes the
instance labels off the clouds. Seeds that were run before are read back.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
import json
import multiprocessing
from pathlib import Path
import shutil
import sys
from typing import Any

import torch

from f2p_core.errors import F2PError
from f2p_core.rates import Rate
from f2p_effects.tuning import FineTuneConfig
from f2p_eval.story import read_story, STORY_FILE, write_story
from f2p_eval.trial import Laboratory, run_trial, TrialConfig
from f2p_learning.config import LearningConfig
from f2p_learning.local import local_tools
from f2p_planner.pursuit_types import Event
from f2p_sim.mujoco_backend import MujocoOptions
from f2p_svi.methods import METHODS, PRODUCT_METHOD
from f2p_tasks import DEFAULT_TASK

Summary = dict[str, Any]

COLUMNS = (
    'seed',
    'failure_kind',
    'success_before',
    'success_recovered',
    'success_after',
)
"""Figures of the last line that have a column, before those of the acts."""


def run_seed(
    models: Path, directory: Path, trial: TrialConfig, learning: LearningConfig
) -> Summary:
    """Runs one trial with one thread, or reads it back if it was run before.

    Args:
        models: Model store to start from; it is copied, not changed.
        directory: Where the trial's files go.
        trial: What is tried.
        learning: Budget and gate.

    Returns:
        The summary of the story.
    """
    if (directory / STORY_FILE).exists():
        return dict(read_story(directory).summary)
    torch.set_num_threads(1)
    shutil.rmtree(directory, ignore_errors=True)
    store = Path(shutil.copytree(models, directory / 'models'))
    tools = local_tools(
        store,
        directory / 'failures',
        method=trial.method,
        options=MujocoOptions(threads=1),
    )
    story = run_trial(
        Laboratory(tools, learning, FineTuneConfig(), trial, directory, _ignore_event)
    )
    write_story(directory, story)
    return dict(story.summary)


def markdown(summaries: Sequence[Summary]) -> str:
    """Returns one row per seed and the rates in the end, with their 95 % intervals."""
    acts = list(summaries[0]['acts']) if summaries else []
    names = [*(name.replace('_', ' ') for name in COLUMNS), *acts, 'seconds total']
    lines = ['| ' + ' | '.join(names) + ' |', '|' + '---|' * len(names)]
    for row in summaries:
        cells = [*(row[name] for name in COLUMNS), *row['acts'].values(), row['seconds_total']]
        lines.append('| ' + ' | '.join(_cell(cell) for cell in cells) + ' |')
    failed = [row for row in summaries if not row['success_before']]
    lines += [
        '',
        f'Fail first: {_rate([not row["success_before"] for row in summaries])}; of those '
        f'succeed after: {_rate([row["success_after"] for row in failed])}. '
        f'Reached in the end: {_rate([row["success_recovered"] for row in summaries])}.',
        'Acts: '
        + ', '.join(f'{act} {_rate([r["acts"][act] for r in summaries])}' for act in acts)
        + '.',
    ]
    return '\n'.join(lines)


def _rate(did: Sequence[bool]) -> str:
    return Rate(sum(did), len(did)).in_words()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the trials side by side and prints the table; exits with 1 if a trial broke off."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument('--models', type=Path, default=Path('models'))
    parser.add_argument('--out', type=Path, default=Path('runs/evaluation'))
    parser.add_argument('--seeds', type=int, default=20)
    parser.add_argument('--task', default=DEFAULT_TASK, help='default: %(default)s')
    parser.add_argument('--objects', type=int, default=3, help='size of the task')
    parser.add_argument('--budget', type=int, choices=(20, 400), default=400)
    parser.add_argument('--method', default=PRODUCT_METHOD, choices=METHODS.names)
    parser.add_argument('--no-labels', action='store_true')
    parser.add_argument('--workers', type=int, default=2)
    options = parser.parse_args(arguments)
    learning = LearningConfig(n_calls=1 if options.budget == 20 else 20)
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(options.workers, mp_context=context) as pool:
        jobs = [
            pool.submit(
                run_seed,
                options.models,
                options.out / f'seed_{seed}',
                TrialConfig(
                    task=options.task,
                    objects=options.objects,
                    seed=seed,
                    method=options.method,
                    segmented=not options.no_labels,
                ),
                learning,
            )
            for seed in range(options.seeds)
        ]
        summaries, broken = [], 0
        for seed, job in enumerate(jobs):
            try:
                summaries.append(job.result())
            except F2PError as error:
                broken += 1
                print(f'seed {seed} broke off: {error}', file=sys.stderr, flush=True)
            else:
                print(json.dumps(summaries[-1]), file=sys.stderr, flush=True)
    print(markdown(summaries))
    if broken:
        print(f'\n{broken} of {len(jobs)} seeds broke off with an error and are not counted.')
    return int(broken > 0)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    return f'{value:.1f}' if isinstance(value, float) else str(value)


def _ignore_event(event: Event) -> None:
    """Discards events."""


if __name__ == '__main__':
    sys.exit(main())
