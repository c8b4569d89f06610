# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Results of a benchmark run: the table that is printed and the JSON that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from f2p_core.disk import write_atomically
from f2p_core.models import Value
from f2p_eval.bench.figures import Aim, Figure
from f2p_eval.bench.machine import Machine
from f2p_eval.bench.runner import BenchmarkResult

_HEAD = ('figure', 'median', 'min', 'max', 'unit', 'aim', 'met')
_VERDICT = {True: 'yes', False: 'NO', None: ''}


class BenchReport(Value):
    """A whole run.

    Attributes:
        schema_version: Version of the JSON form.
        date: When it began.
        quick: Small sizes: the figures say only that everything runs.
        machine: Where.
        outcomes: Per benchmark what it found.
    """

    schema_version: Literal[1] = 1
    date: datetime
    quick: bool
    machine: Machine
    outcomes: tuple[BenchmarkResult, ...]


def write_report(path: Path, report: BenchReport) -> None:
    """Writes a report as JSON; its folder is made when missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, report.model_dump_json(indent=1).encode() + b'\n')


def table(outcome: BenchmarkResult) -> str:
    """Returns the figures of one benchmark as aligned text, or why there are none."""
    title = f'{outcome.name}: {outcome.purpose} ({outcome.seconds:.0f} s)'
    if outcome.measurement is None:
        return f'{title}\n  not measured: {outcome.problem}'
    conditions = outcome.measurement.conditions.items()
    under = ', '.join(f'{name.replace("_", " ")} {value}' for name, value in conditions)
    rows = [_HEAD, *(_row(figure) for figure in outcome.measurement.figures)]
    return '\n'.join([title, *([f'  with {under}'] if under else []), *_aligned(rows)])


def _row(figure: Figure) -> tuple[str, ...]:
    numbers = (_number(v) for v in (figure.median, figure.minimum, figure.maximum))
    return (figure.name, *numbers, figure.unit, _aim(figure.aim), _VERDICT[figure.met])


def _number(value: float) -> str:
    return f'{value:.0f}' if abs(value) >= 1000 else f'{value:.3g}'


def _aim(aim: Aim | None) -> str:
    if aim is None:
        return ''
    return f'{"≤" if aim.side == "at_most" else "≥"} {aim.bound:g}'


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Pads columns; numbers, the second to the fourth, to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if 1 <= i <= 3 else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f'  {"  ".join(cells)}'.rstrip()
