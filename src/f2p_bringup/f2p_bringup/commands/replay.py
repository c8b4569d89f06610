# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p replay BAG``: learning from a recorded failure, without ROS and always alike."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
from pathlib import Path

from f2p_bringup.commands.narrator import Narrator
from f2p_bringup.commands.options import add_models_option, seed
from f2p_bringup.folders import copied_models, fresh_directory
from f2p_bringup.home import home
from f2p_core.bags import failures_in_bag
from f2p_core.control import Control
from f2p_effects.tuning import FineTuneConfig
from f2p_learning.config import LearningConfig
from f2p_learning.local import local_tools
from f2p_learning.loop import learn_from_failure, LearningRequest, seed_of
from f2p_learning.run_directory import RunDirectory


def main(arguments: Sequence[str]) -> int:
    """Learns from the newest failure of a bag; exits with 3 if what was learned is refused.

    The last line is a JSON object. The model store stays as it is, unless --publish is given.
    """
    options = _options(arguments)
    failure = failures_in_bag(options.bag)[-1]
    request = LearningRequest(
        failure,
        LearningConfig(n_calls=1 if options.budget == 20 else 20),
        FineTuneConfig(),
        seed_of(failure) if options.seed is None else options.seed,
    )
    narrator = Narrator()
    out = fresh_directory(options.out or home() / 'runs' / f'replay_{failure.failure_id}')
    narrator.say(f'everything of this run is kept in {out}')
    models = options.models if options.publish else copied_models(options.models, out)
    tools = local_tools(models, out / 'failures')
    run = RunDirectory(out / 'run')
    result = learn_from_failure(request, tools, run, control=Control(on_progress=narrator))
    narrator.end_line()
    summary = {
        'failure_id': failure.failure_id,
        'failure_digest': failure.digest,
        'model_version': result.model_version,
        'model_digest': result.model_digest,
        'learned': result.learned,
    }
    print(json.dumps(summary))
    return 0 if result.learned else 3


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='f2p replay', description=main.__doc__)
    parser.add_argument('bag', type=Path, help='folder of the bag, or its file')
    add_models_option(parser)
    parser.add_argument('--out', type=Path, help='directory of the run (runs/replay_FAILURE_ID)')
    parser.add_argument('--seed', type=seed, help="another seed than the failure's id gives")
    parser.add_argument(
        '--budget', type=int, choices=(20, 400), default=400, help='simulated executions (400)'
    )
    parser.add_argument(
        '--publish',
        action='store_true',
        help='store the new model in --models and make it the active one',
    )
    return parser.parse_args(arguments)
