# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Figures, times, choice of benchmarks, the table and the JSON."""

from __future__ import annotations

from datetime import datetime, UTC
from pathlib import Path

import pytest

from f2p_core.errors import InvalidInputError
from f2p_eval.bench.figures import Aim, at_least, at_most, Figure, figure, Measurement
from f2p_eval.bench.machine import Machine, this_machine
from f2p_eval.bench.registry import CORE_BENCHMARKS
from f2p_eval.bench.report import BenchReport, table, write_report
from f2p_eval.bench.runner import BenchmarkResult, choose
from f2p_eval.bench.settings import seconds_per_call, Settings

MACHINE = Machine(
    cpu='a cpu',
    cores=2,
    memory_gb=8.0,
    load=0.0,
    system='Linux',
    python='3.11.2',
    versions={'torch': '2.13.0'},
    commit=None,
)


def outcome(*figures: Figure) -> BenchmarkResult:
    found = Measurement(figures=figures, conditions={'scenes': 400})
    return BenchmarkResult(name='one', purpose='a purpose', seconds=3.0, measurement=found)


def test_a_figure_is_judged_by_its_median() -> None:
    slow = figure('time', [1.0, 5.0, 9.0], 's', at_most(4.0))
    assert (slow.minimum, slow.median, slow.maximum, slow.repeats) == (1.0, 5.0, 9.0, 3)
    assert slow.met is False
    assert figure('share', [0.1, 0.9, 0.8], '1', at_least(0.8)).met is True
    assert figure('time', [1.0], 's').met is None


@pytest.mark.parametrize('aim', [at_least(2.0), at_most(2.0)])
def test_a_bound_itself_is_good_enough(aim: Aim) -> None:
    assert aim.is_met(2.0)


def test_nothing_is_judged_at_small_sizes() -> None:
    here = Path()
    full = Settings(quick=False, seed=0, threads=1, failure=here, models=here, logs=here)
    assert full.judged(at_most(1.0)) == at_most(1.0)
    assert full.amount(400, 8) == 400
    quick = full._replace(quick=True)
    assert quick.judged(at_most(1.0)) is None
    assert quick.amount(400, 8) == 8


def test_times_are_means_of_calls_after_one_that_does_not_count() -> None:
    now, lengths = 0.0, iter([100.0, 1.0, 2.0, 4.0, 6.0])

    def work() -> None:
        nonlocal now
        now += next(lengths)

    assert seconds_per_call(work, 2, calls=2, clock=lambda: now) == [1.5, 5.0]


def test_the_table_shows_aims_and_whether_they_are_met() -> None:
    lines = table(
        outcome(
            figure('whole', [130.0, 125.0, 140.0], 's', at_most(120.0)),
            figure('share', [0.834], '1', at_least(0.8)),
            figure('steps', [12345.6], '1/s'),
        )
    ).splitlines()
    assert lines[0] == 'one: a purpose (3 s)'
    assert lines[1] == '  with scenes 400'
    assert [line.split() for line in lines[3:]] == [
        ['whole', '130', '125', '140', 's', '≤', '120', 'NO'],
        ['share', '0.834', '0.834', '0.834', '1', '≥', '0.8', 'yes'],
        ['steps', '12346', '12346', '12346', '1/s'],
    ]


def test_a_benchmark_that_could_not_run_says_why() -> None:
    failed = BenchmarkResult(
        name='one', purpose='p', seconds=0.0, measurement=None, problem='no jax'
    )
    assert table(failed).endswith('not measured: no jax')


def test_the_json_holds_everything(tmp_path: Path) -> None:
    report = BenchReport(
        date=datetime(2026, 11, 20, tzinfo=UTC),
        quick=False,
        machine=MACHINE,
        outcomes=(outcome(figure('t', [1.0], 's', at_most(2.0))),),
    )
    path = tmp_path / 'new folder' / 'bench.json'
    write_report(path, report)
    assert BenchReport.model_validate_json(path.read_bytes()) == report


def test_the_machine_knows_itself() -> None:
    machine = this_machine()
    assert machine.cores >= 1
    assert machine.memory_gb > 0.1
    assert {'numpy', 'torch', 'mujoco'} <= set(machine.versions)


def test_choice_keeps_the_order_and_names_what_is_unknown() -> None:
    chosen = choose(CORE_BENCHMARKS, ['relations', 'learning'])
    assert [b.name for b in chosen] == ['learning', 'relations']
    assert choose(CORE_BENCHMARKS, []) == CORE_BENCHMARKS
    with pytest.raises(InvalidInputError, match=r"no benchmark 'speed'; there are: learning, "):
        choose(CORE_BENCHMARKS, ['speed'])
