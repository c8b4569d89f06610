# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Learning from one failure: the whole loop and its stages, for the two budgets."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
import time
from typing import NamedTuple

from f2p_core.failure import Failure
from f2p_core.files import read_failure
from f2p_effects.tuning import FineTuneConfig
from f2p_eval.bench.figures import Aim, at_least, at_most, Figure, figure, Measurement
from f2p_eval.bench.settings import copy_models, Settings
from f2p_learning.config import LearningConfig
from f2p_learning.local import local_tools
from f2p_learning.loop import learn_from_failure, LearningRequest
from f2p_learning.results import LearningResult
from f2p_learning.run_directory import RunDirectory
from f2p_sim.mujoco_backend import MujocoOptions

_REPEATS = 3
"""Runs of which the median counts; each takes a minute."""


class Budget(NamedTuple):
    """A size of the loop: executions to learn from, settings, and the time it should take [s]."""

    executions: int
    config: LearningConfig
    tuning: FineTuneConfig
    aim: Aim


BUDGETS = (
    Budget(20, LearningConfig(n_calls=1), FineTuneConfig(), at_most(30.0)),
    Budget(400, LearningConfig(n_calls=20), FineTuneConfig(), at_most(120.0)),
)
"""The two of the method's retellings, and the times they are to take on two cores."""

_SMALL = Budget(
    4,
    LearningConfig(n_scenes=4, n_calls=1, gate_scenes=2, gate_calls=1, max_rounds=1),
    FineTuneConfig(steps=5),
    at_most(30.0),
)
"""For a test of the benchmark itself."""


def measure(settings: Settings) -> Measurement:
    """Times the loop from the failure to the published model, per budget whole and per stage.

    The model store is copied first; the shipped one stays as it is.

    Raises:
        F2PError: If the failure or the model store cannot be read, or learning cannot work.
    """
    failure = read_failure(settings.failure)
    figures: list[Figure] = []
    for budget in settings.amount(BUDGETS, (_SMALL,)):
        runs = [_timed_run(failure, budget, settings) for _ in range(settings.amount(_REPEATS, 1))]
        figures += _figures(budget, runs, settings)
    movable = sum(not o.fixed for o in failure.before.scene.objects)
    return Measurement(
        figures=tuple(figures),
        conditions={
            'movable_objects': movable,
            'seed': settings.seed,
            'simulator_threads': settings.threads,
        },
    )


class _Run(NamedTuple):
    seconds: float
    result: LearningResult


def _timed_run(failure: Failure, budget: Budget, settings: Settings) -> _Run:
    with TemporaryDirectory(prefix='f2p-bench-') as name:
        folder = Path(name)
        models = copy_models(settings, folder)
        options = MujocoOptions(threads=settings.threads)
        tools = local_tools(models, folder / 'failures', options=options)
        request = LearningRequest(failure, budget.config, budget.tuning, settings.seed)
        start = time.perf_counter()
        result = learn_from_failure(request, tools, RunDirectory(folder / 'run'))
        return _Run(time.perf_counter() - start, result)


def _figures(budget: Budget, runs: list[_Run], settings: Settings) -> list[Figure]:
    name = f'budget_{budget.executions}'
    whole = [run.seconds for run in runs]
    learned = [float(run.result.learned) for run in runs]
    rounds = [float(run.result.rounds) for run in runs]
    stages = [run.result.seconds_by_stage for run in runs]
    # A refused model is never published; its runs have no such stage.
    known = [stage for stage in stages[0] if all(stage in seconds for seconds in stages)]
    return [
        figure(f'{name}_whole', whole, 's', settings.judged(budget.aim)),
        *(figure(f'{name}_{stage}', [s[stage] for s in stages], 's') for stage in known),
        figure(f'{name}_learned', learned, '1', settings.judged(at_least(1.0))),
        figure(f'{name}_rounds', rounds, '1'),
    ]
