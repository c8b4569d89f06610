# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A measured figure: its spread over repetitions, its unit, and what it should be."""

from __future__ import annotations

from collections.abc import Sequence
import statistics
from typing import Literal

from f2p_core.models import Value

Condition = str | int | float
"""Something that was kept fixed while measuring, for example a number of scenes."""


class Aim(Value):
    """The bound a figure's median should keep."""

    side: Literal['at_most', 'at_least']
    bound: float

    def is_met(self, value: float) -> bool:
        """Tells whether a value keeps the bound."""
        return value <= self.bound if self.side == 'at_most' else value >= self.bound


def at_most(bound: float) -> Aim:
    """Returns the aim of not exceeding a bound."""
    return Aim(side='at_most', bound=bound)


def at_least(bound: float) -> Aim:
    """Returns the aim of reaching a bound."""
    return Aim(side='at_least', bound=bound)


class Figure(Value):
    """One measured quantity.

    Attributes:
        name: What was measured, unique within its benchmark.
        unit: SI unit, ``1`` for pure numbers.
        minimum, median, maximum: Over the repetitions.
        repeats: How often it was measured.
        aim: What the median should be; ``None``: nothing is asked.
    """

    name: str
    unit: str
    minimum: float
    median: float
    maximum: float
    repeats: int
    aim: Aim | None = None

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the aim; ``None`` without one."""
        return None if self.aim is None else self.aim.is_met(self.median)


class Measurement(Value):
    """What one benchmark found, and under which conditions (sizes, threads, seeds)."""

    figures: tuple[Figure, ...]
    conditions: dict[str, Condition]


def figure(name: str, values: Sequence[float], unit: str, aim: Aim | None = None) -> Figure:
    """Summarises repeated measurements, at least one."""
    return Figure(
        name=name,
        unit=unit,
        minimum=min(values),
        median=statistics.median(values),
        maximum=max(values),
        repeats=len(values),
        aim=aim,
    )
