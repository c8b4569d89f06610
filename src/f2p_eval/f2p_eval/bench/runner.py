# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Runs benchmarks one after the other, each alone in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
import importlib
from multiprocessing import get_context
import time
from typing import NamedTuple

from f2p_core.errors import InvalidInputError
from f2p_core.models import Value
from f2p_eval.bench.figures import Measurement
from f2p_eval.bench.settings import Settings


class Benchmark(NamedTuple):
    """One benchmark.

    Attributes:
        name: Short name, as ``--only`` takes it.
        purpose: What it measures, one line.
        module: Module with a function ``measure(settings) -> Measurement``; it is imported only
            where it runs, so what it needs may be missing.
    """

    name: str
    purpose: str
    module: str


class BenchmarkResult(Value):
    """What became of one benchmark.

    Attributes:
        name, purpose: Of the benchmark.
        seconds: How long it took in all [s].
        measurement: What it found; ``None`` where it could not be run.
        problem: Why not; empty when it was run.
    """

    name: str
    purpose: str
    seconds: float
    measurement: Measurement | None
    problem: str = ''


def choose(benchmarks: Sequence[Benchmark], only: Sequence[str]) -> tuple[Benchmark, ...]:
    """Returns the benchmarks of the given names, in registry order; all when no name is given.

    Raises:
        InvalidInputError: If a name is not known.
    """
    names = [b.name for b in benchmarks]
    for name in only:
        if name not in names:
            raise InvalidInputError(f'no benchmark {name!r}; there are: {", ".join(names)}')
    return tuple(b for b in benchmarks if not only or b.name in only)


def run_benchmarks(
    benchmarks: Sequence[Benchmark],
    settings: Settings,
    on_start: Callable[[Benchmark], None],
    on_end: Callable[[BenchmarkResult], None],
) -> tuple[BenchmarkResult, ...]:
    """Runs benchmarks in turn; one that cannot run does not stop the others.

    Each gets a fresh process, so that neither memory nor threads of one meet the next.

    Args:
        benchmarks: What to run.
        settings: How much is measured, and on what.
        on_start: Called before each.
        on_end: Called after each.
    """
    outcomes = []
    for benchmark in benchmarks:
        on_start(benchmark)
        with ProcessPoolExecutor(1, mp_context=get_context('spawn')) as process:
            try:
                outcome = process.submit(run_here, benchmark, settings).result()
            except BrokenProcessPool:
                outcome = _failed(benchmark, 0.0, 'its process died')
        on_end(outcome)
        outcomes.append(outcome)
    return tuple(outcomes)


def run_here(benchmark: Benchmark, settings: Settings) -> BenchmarkResult:
    """Runs one benchmark in this process."""
    start = time.perf_counter()
    try:
        measurement = importlib.import_module(benchmark.module).measure(settings)
    except ImportError as error:
        problem = f'{error}; `make bench` installs what is measured against'
        return _failed(benchmark, time.perf_counter() - start, problem)
    except Exception as error:  # the figures of the others are worth having all the same
        return _failed(benchmark, time.perf_counter() - start, f'{type(error).__name__}: {error}')
    return BenchmarkResult(
        name=benchmark.name,
        purpose=benchmark.purpose,
        seconds=time.perf_counter() - start,
        measurement=measurement,
    )


def _failed(benchmark: Benchmark, seconds: float, problem: str) -> BenchmarkResult:
    return BenchmarkResult(
        name=benchmark.name,
        purpose=benchmark.purpose,
        seconds=seconds,
        measurement=None,
        problem=problem,
    )
