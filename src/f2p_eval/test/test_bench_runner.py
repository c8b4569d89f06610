# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Benchmarks run in processes of their own, and one that fails leaves the others alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from f2p_eval.bench.figures import Condition, Measurement
from f2p_eval.bench.registry import CORE_BENCHMARKS
from f2p_eval.bench.runner import Benchmark, BenchmarkResult, run_benchmarks, run_here
from f2p_eval.bench.settings import Settings

NONE = Path('none')
QUICK = Settings(quick=True, seed=0, threads=1, failure=NONE, models=NONE, logs=NONE)
GOOD = """
import os
from f2p_eval.bench.figures import figure, Measurement

def measure(settings):
    return Measurement(figures=(figure('pid', [os.getpid()], '1'),), conditions={})
"""
MODULES = {
    'bench_good': GOOD,
    'bench_dies': 'import os\n\ndef measure(settings):\n    os._exit(3)\n',
    'bench_bug': 'def measure(settings):\n    return 1 / 0\n',
}


def test_each_runs_alone_and_failures_stay_with_their_benchmark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in MODULES.items():
        (tmp_path / f'{name}.py').write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    names = ('bench_good', 'bench_dies', 'bench_missing', 'bench_bug', 'bench_good')
    seen: list[str] = []
    outcomes = run_benchmarks(
        [Benchmark(name, 'purpose', name) for name in names],
        QUICK,
        lambda benchmark: seen.append(f'start {benchmark.name}'),
        lambda outcome: seen.append(f'end {outcome.name}'),
    )
    assert seen == [f'{word} {name}' for name in names for word in ('start', 'end')]
    problems = [outcome.problem for outcome in outcomes]
    assert problems[:2] == ['', 'its process died']
    assert problems[2].startswith("No module named 'bench_missing'; `make bench` installs")
    assert problems[3:] == ['ZeroDivisionError: division by zero', '']
    pids = [measurement_of(o).figures[0].median for o in (outcomes[0], outcomes[4])]
    assert len({os.getpid(), *pids}) == 3


def measurement_of(outcome: BenchmarkResult) -> Measurement:
    assert outcome.measurement is not None, outcome.problem
    return outcome.measurement


def measured(
    name: str, settings: Settings = QUICK
) -> tuple[dict[str, float], dict[str, Condition]]:
    (benchmark,) = (b for b in CORE_BENCHMARKS if b.name == name)
    found = measurement_of(run_here(benchmark, settings))
    return {f.name: f.median for f in found.figures}, found.conditions


def test_relations_of_eight_objects_are_timed() -> None:
    figures, conditions = measured('relations')
    assert conditions['objects'] == 8
    assert len(figures) == 4
    assert min(figures.values()) > 0.0


def test_plans_are_timed_and_simulated() -> None:
    models = Path(__file__).parents[3] / 'models'
    figures, conditions = measured('planning', QUICK._replace(models=models))
    assert conditions['most_predictions'] == 200
    for goal in ('t1', 't2'):
        name = f'{goal}_3_objects'
        assert figures[f'{name}_seconds'] > 0.0
        assert 0 < figures[f'{name}_predictions'] <= 200
        assert 0.0 <= figures[f'{name}_score'] <= 1.0
        assert figures[f'{name}_true'] in (0.0, 1.0)


def test_rollouts_are_compared_with_raw_ones() -> None:
    figures, _ = measured('rollouts')
    assert figures['rollouts_per_second'] > 0.0
    assert figures['share_of_raw'] > 0.0


def test_perception_of_a_large_cloud_is_timed() -> None:
    figures, conditions = measured('perception')
    assert int(conditions['points']) >= 300_000
    whole, parts = figures['with_labels'], ('with_labels_perceive', 'with_labels_relations')
    assert whole == sum(figures[part] for part in parts)


def test_what_cannot_be_read_is_the_benchmarks_problem() -> None:
    learning = CORE_BENCHMARKS[0]
    assert 'none: cannot be read' in run_here(learning, QUICK).problem
