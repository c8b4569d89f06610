# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p learn FAILURE.json``: the whole loop as a plain function, without ROS."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import uuid

from f2p_bringup.commands.narrator import Narrator
from f2p_bringup.commands.options import add_models_option, add_seed_option, directory_name
from f2p_bringup.home import home
from f2p_core.control import Control
from f2p_core.files import read_failure
from f2p_effects.tuning import FineTuneConfig
from f2p_learning.config import LearningConfig
from f2p_learning.local import local_tools
from f2p_learning.loop import learn_from_failure, LearningRequest
from f2p_learning.run_directory import RunDirectory
from f2p_svi.methods import METHODS, PRODUCT_METHOD


def main(arguments: Sequence[str]) -> int:
    """Learns from one failure and prints the result as JSON; exits with 3 if refused."""
    options = _options(arguments)
    request = LearningRequest(
        read_failure(options.failure),
        LearningConfig(n_scenes=options.scenes, n_calls=options.calls),
        FineTuneConfig(),
        options.seed,
        activate=not options.no_activate,
    )
    tools = local_tools(options.models, options.library, method=options.method)
    narrator = Narrator()
    run = RunDirectory(options.runs / (options.run_id or uuid.uuid4().hex[:12]))
    result = learn_from_failure(request, tools, run, control=Control(on_progress=narrator))
    narrator.end_line()
    print(result.model_dump_json(indent=1))
    return 0 if result.learned else 3


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='f2p learn', description=main.__doc__)
    parser.add_argument('failure', type=Path, help='failure record (JSON)')
    add_models_option(parser)
    add_seed_option(parser)
    defaults = LearningConfig()
    parser.add_argument(
        '--scenes',
        type=int,
        default=defaults.n_scenes,
        help='scenes to generate (%(default)s)',
    )
    parser.add_argument(
        '--calls',
        type=int,
        default=defaults.n_calls,
        help='skill calls per scene: 1 for 20 executions, 20 for 400 (%(default)s)',
    )
    parser.add_argument(
        '--method',
        default=PRODUCT_METHOD,
        choices=[method.name for method in METHODS if method.learns],
        help='how scenes are drawn and calls chosen (%(default)s)',
    )
    parser.add_argument(
        '--runs',
        type=Path,
        default=home() / 'runs',
        help='where the run gets its directory (%(default)s)',
    )
    parser.add_argument(
        '--run-id', type=directory_name, help='name of that directory (default: a new one)'
    )
    parser.add_argument(
        '--library',
        type=Path,
        default=home() / 'runs' / 'failures',
        help='failure library (%(default)s)',
    )
    parser.add_argument(
        '--no-activate',
        action='store_true',
        help='store the new model, keep the old one active',
    )
    return parser.parse_args(arguments)
