# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks are asked for, and how they take times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import shutil
import time
from typing import NamedTuple, TypeVar

from f2p_effects.store import ModelStore
from f2p_eval.bench.figures import Aim

T = TypeVar('T')


class Settings(NamedTuple):
    """How much is measured, and on what.

    Attributes:
        quick: Small sizes and one repetition, to see that everything runs; aims are not judged.
        seed: Of all scenes, calls and noise.
        threads: Threads that the measured code may use.
        failure: A recorded failure to learn from (JSON).
        models: Model store with its old data; it is only read.
        logs: Where started nodes leave their logs.
    """

    quick: bool
    seed: int
    threads: int
    failure: Path
    models: Path
    logs: Path

    def amount(self, full: T, quick: T) -> T:
        """Returns the size to measure with."""
        return quick if self.quick else full

    def judged(self, aim: Aim) -> Aim | None:
        """Returns the aim where it says something: not at the small sizes."""
        return None if self.quick else aim


def copy_models(settings: Settings, folder: Path) -> Path:
    """Copies the model store with its old data, so that learning does not touch it.

    Returns:
        The copy, ``folder/models``.

    Raises:
        EffectsError: If it has no active model that can be loaded.
    """
    ModelStore(settings.models).load_active()
    return shutil.copytree(settings.models, folder / 'models')


def seconds_per_call(
    work: Callable[[], object],
    repeats: int,
    calls: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """Times repeated work after one untimed call.

    Args:
        work: What is timed.
        repeats: Number of samples.
        calls: Calls per sample, so that short work outlasts the clock's resolution.
        clock: Steady clock [s].

    Returns:
        Per sample the mean time of a call [s].
    """
    work()
    samples = []
    for _ in range(repeats):
        start = clock()
        for _ in range(calls):
            work()
        samples.append((clock() - start) / calls)
    return samples
