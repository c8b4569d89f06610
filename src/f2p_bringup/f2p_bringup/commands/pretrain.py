# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p pretrain``: simulate, train, judge, store the first model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import shlex

from f2p_bringup.commands.narrator import Narrator
from f2p_bringup.commands.options import add_models_option, add_seed_option
from f2p_bringup.home import home
from f2p_core.control import Control
from f2p_learning.pretrain import pretrain, PretrainConfig
from f2p_sim.mujoco_backend import MujocoOptions, MujocoSimulator


def main(arguments: Sequence[str]) -> int:
    """Makes the pretrained model from scratch; an interrupted run continues where it stopped."""
    parser = argparse.ArgumentParser(prog='f2p pretrain', description=main.__doc__)
    defaults = PretrainConfig()
    add_models_option(parser)
    add_seed_option(parser)
    parser.add_argument(
        '--task',
        action='append',
        dest='tasks',
        metavar='TASK',
        help=f'made for this task; may be repeated (default: {defaults.tasks[0]})',
    )
    parser.add_argument(
        '--executions', type=int, default=defaults.executions, help='to simulate (%(default)s)'
    )
    parser.add_argument(
        '--workers', type=int, default=defaults.workers, help='processes (%(default)s)'
    )
    parser.add_argument(
        '--kind', default=defaults.kind, help='kind of effect model (%(default)s)'
    )
    parser.add_argument(
        '--work',
        type=Path,
        default=home() / 'runs' / 'pretrain',
        help='where simulated data is kept',
    )
    options = parser.parse_args(arguments)
    narrator = Narrator()
    record = pretrain(
        MujocoSimulator(MujocoOptions(threads=1)),
        options.models,
        options.work,
        config=PretrainConfig(
            tasks=tuple(options.tasks or defaults.tasks),
            executions=options.executions,
            workers=options.workers,
            kind=options.kind,
        ),
        seed=options.seed,
        command=shlex.join(['f2p', 'pretrain', *arguments]),
        control=Control(on_progress=narrator),
    )
    narrator.end_line()
    print(f'version {record.version} ({record.digest[:12]}) is active in {options.models}')
    return 0
