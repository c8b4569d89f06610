# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p demo``: the whole story over ROS, told as it happens."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import json
from pathlib import Path

from f2p_bringup.commands.narrator import Narrator
from f2p_bringup.commands.options import add_models_option, add_seed_option
from f2p_bringup.folders import copied_models, fresh_directory
from f2p_bringup.home import home
from f2p_bringup.processes import interruptible, watched
from f2p_bringup.ros.installed import supplied
from f2p_bringup.ros.stack import running_stack, Stack
from f2p_bringup.ros.storyteller import Storyteller, TrialSettings
from f2p_bringup.settings import merged, parse_settings, Settings, store_settings
from f2p_core.control import Control
from f2p_core.errors import InvalidInputError
from f2p_eval.report import write_report
from f2p_eval.story import write_story
from f2p_tasks import DEFAULT_TASK, take_up, Task

NOT_AS_TOLD = 3
"""Exit status if the robot failed and did not recover from it."""


def main(arguments: Sequence[str]) -> int:
    """A robot fails at a task, learns from that one failure, and succeeds.

    The last line is a JSON object with the figures; the exit status is 0 unless the robot failed
    and did not recover, or something broke.
    """
    options = _options(arguments)
    narrator = Narrator()
    with interruptible():
        out = fresh_directory(options.out or home() / 'runs' / f'demo_seed_{options.seed}')
        narrator.say(f'everything of this run is kept in {out.resolve()}')
        with (
            _stack(options, out, narrator) as stack,
            watched(stack.group, narrator.say),
        ):
            settings = TrialSettings(
                options.task, options.objects, options.seed, not options.no_learn
            )
            story = Storyteller(stack.client, settings, out, narrator).tell()
        write_story(out, story)
        narrator.say(f'report: {write_report(out)}')
    print(json.dumps(story.summary))
    recovered = options.no_learn or story.summary['success_before']
    return 0 if recovered or story.summary['success_after'] else NOT_AS_TOLD


@contextmanager
def _stack(options: argparse.Namespace, out: Path, narrator: Narrator) -> Iterator[Stack]:
    narrator.say('starting the nodes')
    overrides = merged(
        store_settings(copied_models(supplied(options.models), out), out),
        _demo_settings(options),
        parse_settings(options.set),
    )
    with running_stack(
        out / 'log',
        overrides=overrides,
        control=Control(on_progress=narrator),
        client_name='f2p_demo',
    ) as stack:
        narrator.say(f'to look in from another terminal: {stack.how_to_join()}')
        yield stack
        narrator.say('stopping the nodes')


def _demo_settings(options: argparse.Namespace) -> Settings:
    labels = list(options.task.label_names)
    return {
        'perception': {'furniture': options.task.name, 'label_names': labels},
        'world': {
            'task': options.task.name,
            'label_names': labels,
            'objects': options.objects,
            'seed': options.seed,
            'instance': not options.no_labels,
            'gap_scale': options.gap,
        },
        'learner': {'learning.n_calls': 1 if options.budget == 20 else 20},
    }


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='f2p demo', description=main.__doc__)
    add_seed_option(parser)
    add_models_option(parser)
    parser.add_argument('--out', type=Path, help='directory of the run (runs/demo_seed_SEED)')
    parser.add_argument(
        '--task', type=_task, default=DEFAULT_TASK, help='whose story is told (%(default)s)'
    )
    parser.add_argument(
        '--objects', type=int, default=3, help='size of the task: objects in the container (3)'
    )
    parser.add_argument('--no-learn', action='store_true', help='the control: nothing is learned')
    parser.add_argument(
        '--no-labels', action='store_true', help='clouds without the instance field'
    )
    parser.add_argument(
        '--gap', type=float, default=1.0, help='size of the Sim2Real gap, 0 to 3 (1)'
    )
    parser.add_argument(
        '--budget', type=int, choices=(20, 400), default=400, help='simulated executions (400)'
    )
    parser.add_argument(
        '--set', action='append', default=[], metavar='NODE.PARAMETER=VALUE', help='as in f2p up'
    )
    return parser.parse_args(arguments)


def _task(name: str) -> Task:
    try:
        return take_up(name)
    except InvalidInputError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
