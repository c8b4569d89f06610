# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``make soak``: goals and learning runs for hours, and whether any node grows of it.

``python -m f2p_bringup.ros.soak --count 50`` pursues as many goals of the task in the simulated
world, with one learning run after each, and prints how much memory each node takes after the
tenth and after the last.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
import sys

from f2p_msgs.action import LearnFromFailure
from f2p_msgs.msg import ErrorCode

from f2p_bringup.commands.narrator import Narrator
from f2p_bringup.commands.options import add_models_option, add_seed_option
from f2p_bringup.folders import copied_models, fresh_directory
from f2p_bringup.home import home
from f2p_bringup.processes import interruptible, watched
from f2p_bringup.ros.installed import supplied
from f2p_bringup.ros.node_memory import memory_mb, MemoryMb
from f2p_bringup.ros.stack import running_stack, Stack
from f2p_bringup.ros.stage import DemoStage
from f2p_bringup.settings import merged, Settings, store_settings
from f2p_core.errors import F2PError
from f2p_core.failure import Failure
from f2p_core.files import read_failure
from f2p_core.ros.action_client import ActionCaller, check_result
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_eval.script import scene_seed
from f2p_tasks import DEFAULT_TASK, take_up

ALLOWED_GROWTH = 0.1
"""Growth of a node between the two measurements from which it counts as a leak."""

GREW = 4
"""Exit status if a node grew by more than that."""

GOAL_TIMEOUT_S = 900.0
"""For one goal without learning [s]; it takes about a minute, so that more means hung."""

LEARN_TIMEOUT_S = 900.0
"""For one small learning run [s], which takes seconds."""

_SMALL_RUNS: Settings = {
    'learner': {
        'learning.n_scenes': 4, 'learning.n_calls': 2, 'learning.gate_scenes': 2,
        'learning.gate_calls': 1, 'learning.max_rounds': 1, 'tuning.steps': 20,
    },
}  # fmt: skip
"""Every stage of learning, each short: what is looked for is what remains of it."""


def main(arguments: Sequence[str]) -> int:
    """Runs goals and learning runs, and tells whether a node grew.

    The exit status is 4 if one grew by more than a tenth between the two measurements, and 1 if
    something broke.
    """
    options = _options(arguments)
    narrator = Narrator()
    out = fresh_directory(options.out or home() / 'runs' / 'soak')
    settings = merged(
        store_settings(copied_models(supplied(options.models), out), out),
        {'world': {'objects': options.objects, 'seed': options.seed}},
        _SMALL_RUNS,
    )
    try:
        with (
            interruptible(),
            running_stack(out / 'log', overrides=settings, client_name='f2p_soak') as stack,
            watched(stack.group, narrator.say),
        ):
            early, late = _soaked(stack, options, narrator)
    except F2PError as error:
        print(f'soak: {error}; the logs are in {(out / "log").resolve()}', file=sys.stderr)
        return 1
    print(table(early, late, (options.early, options.count)))
    return GREW if grown(early, late) else 0


def _soaked(
    stack: Stack, options: argparse.Namespace, narrator: Narrator
) -> tuple[MemoryMb, MemoryMb]:
    """Returns the memory of the nodes after some and after all rounds."""
    stage = DemoStage(stack.client, goal_timeout_s=GOAL_TIMEOUT_S)
    learn = ActionCaller(stack.client, LearnFromFailure, 'learn_from_failure')
    failure = read_failure(options.failure)
    samples = []
    for number in range(1, options.count + 1):
        outcome = _pursue(stage, options, number)
        _learn(learn, failure, number)
        samples.append(memory_mb(stack.group.pids))
        total = sum(samples[-1].values())
        narrator.say(f'{number} of {options.count}: goal {outcome}; all nodes: {total:.0f} MB')
    return samples[options.early - 1], samples[-1]


def _pursue(stage: DemoStage, options: argparse.Namespace, number: int) -> str:
    """Pursues a goal of the task in a new scene; the acts' goals take turns."""
    task = take_up(DEFAULT_TASK)
    goals = sorted({act.goal for act in task.acts})
    seed = scene_seed(options.seed, number)
    observation = stage.set_scene(task.seeded_scene(options.objects, seed), seed)
    result = stage.pursue(
        observation,
        partial(task.goal, goals[number % len(goals)]),
        seed=options.seed,
        may_learn=False,
        on_feedback=lambda _: None,
    ).result
    return 'achieved' if result.achieved else f'not achieved ({result.error_msg})'


def _learn(learn: ActionCaller, failure: Failure, seed: int) -> None:
    """Learns once from the failure; a model that comes of it is not published."""
    goal = LearnFromFailure.Goal(failures=[failure_to_msg(failure)], seed=seed, publish=False)
    result = learn.call(goal, timeout_s=LEARN_TIMEOUT_S)
    if result.error_code != ErrorCode.LEARNER_NOT_LEARNED:
        check_result(result, 'learn_from_failure')


def grown(early: Mapping[str, float], late: Mapping[str, float]) -> list[str]:
    """Returns the nodes that grew by more than is allowed."""
    return [name for name in early if late[name] > (1.0 + ALLOWED_GROWTH) * early[name]]


def table(
    early: Mapping[str, float], late: Mapping[str, float], counts: tuple[int, int]
) -> str:
    """Returns the memory of each node as a table, with what grew too much marked.

    Args:
        early: Proportional set size per node [MB] at the first measurement.
        late: The same at the last.
        counts: After how many goals and runs they were.
    """
    too_much = grown(early, late)
    lines = [f'{"PSS [MB]":<18}{f"after {counts[0]}":>12}{f"after {counts[1]}":>12}{"growth":>9}']
    for name, before in early.items():
        growth = late[name] / before - 1.0
        mark = '  too much' if name in too_much else ''
        lines.append(f'{name:<18}{before:>12.1f}{late[name]:>12.1f}{growth:>+9.1%}{mark}')
    return '\n'.join(lines)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='soak', description=main.__doc__)
    add_models_option(parser)
    add_seed_option(parser)
    parser.add_argument('--count', type=int, default=50, help='goals, and runs (%(default)s)')
    parser.add_argument(
        '--early', type=int, default=10, help='after which of them is measured first (%(default)s)'
    )
    parser.add_argument('--objects', type=int, default=2, help='size of the task (%(default)s)')
    parser.add_argument(
        '--failure', type=Path, default=home() / 'examples' / 'failure_filled_carry.json',
        help='what is learned from (%(default)s)',
    )  # fmt: skip
    parser.add_argument('--out', type=Path, help='directory of the run (runs/soak)')
    options = parser.parse_args(arguments)
    if not 1 <= options.early < options.count:
        parser.error(f'--early must be from 1 to {options.count - 1}, below --count')
    return options


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
