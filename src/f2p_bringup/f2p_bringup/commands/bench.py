# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p bench``: how fast it is on this machine."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime, UTC
import os
from pathlib import Path

from f2p_bringup.commands.options import add_models_option, add_seed_option
from f2p_bringup.home import home
from f2p_eval.bench.machine import this_machine
from f2p_eval.bench.registry import CORE_BENCHMARKS
from f2p_eval.bench.report import BenchReport, table, write_report
from f2p_eval.bench.runner import Benchmark, BenchmarkResult, choose, run_benchmarks
from f2p_eval.bench.settings import Settings

BENCHMARKS = (
    *CORE_BENCHMARKS,
    Benchmark(
        'latency',
        'a cloud of 5 MB from one process to another over DDS',
        'f2p_bringup.ros.cloud_latency',
    ),
    Benchmark(
        'memory',
        'memory of all nodes together',
        'f2p_bringup.ros.node_memory',
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Measures, prints a table per benchmark, and stores all of it as JSON.

    Run it alone on the machine: whatever else runs is measured too.
    """
    options = _options(arguments)
    chosen = choose(BENCHMARKS, options.only)
    began, machine = datetime.now(UTC), this_machine()
    print(f'{machine.cpu}, {machine.cores} cores, {machine.memory_gb} GB, load {machine.load}')
    settings = Settings(
        quick=options.quick,
        seed=options.seed,
        threads=options.threads,
        failure=options.failure,
        models=options.models,
        logs=options.out / 'bench-logs',
    )
    outcomes = run_benchmarks(chosen, settings, _announce, _show)
    report = BenchReport(date=began, quick=options.quick, machine=machine, outcomes=outcomes)
    path = options.out / f'bench-{began:%Y%m%d-%H%M%S}.json'
    write_report(path, report)
    print(f'\n{path}')
    return int(any(outcome.problem for outcome in outcomes))


def _announce(benchmark: Benchmark) -> None:
    print(f'\n{benchmark.name} ...', flush=True)


def _show(outcome: BenchmarkResult) -> None:
    print(table(outcome), flush=True)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    names = ', '.join(b.name for b in BENCHMARKS)
    parser = argparse.ArgumentParser(prog='f2p bench', description=main.__doc__)
    add_models_option(parser)
    add_seed_option(parser)
    parser.add_argument(
        '--only',
        action='append',
        default=[],
        metavar='NAME',
        help=f'measure this one, may be repeated ({names})',
    )
    parser.add_argument(
        '--quick',
        action='store_true',
        help='small sizes, one repetition: shows that everything runs, measures nothing',
    )
    parser.add_argument(
        '--failure',
        type=Path,
        default=Path('examples/failure_filled_carry.json'),
        help='recorded failure to learn from (%(default)s)',
    )
    parser.add_argument(
        '--threads',
        type=int,
        default=len(os.sched_getaffinity(0)),
        help='threads that measured code may use (%(default)s)',
    )
    parser.add_argument(
        '--out', type=Path, default=home() / 'runs', help='folder of the JSON (%(default)s)'
    )
    return parser.parse_args(arguments)
