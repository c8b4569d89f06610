# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Simulated rollouts: how many per second, and what share of raw ``mujoco.rollout`` that is."""

from __future__ import annotations

from f2p_eval.bench.figures import at_least, figure, Measurement
from f2p_eval.bench.settings import Settings
import f2p_sim.bench

_OBJECTS = 3
"""Objects in the scenes, as in the demo."""

_REPEATS = 3
"""Runs of which the median counts."""


def measure(settings: Settings) -> Measurement:
    """Times carries of a filled container, and bare rollouts of their recorded commands.

    Ours also compiles scenes, plans motions, looks at states and labels the ends. The share by
    processor time holds on a busy machine too.
    """
    count = settings.amount(64, 2)
    runs = [
        f2p_sim.bench.measure(_OBJECTS, count, settings.threads)
        for _ in range(settings.amount(_REPEATS, 1))
    ]
    rates = [run['rollouts_per_s'] for run in runs]
    aim = settings.judged(at_least(0.8))
    return Measurement(
        figures=(
            figure('rollouts_per_second', rates, '1/s'),
            figure('share_of_raw', [run['share_by_wall'] for run in runs], '1', aim),
            figure('share_of_raw_by_processor', [r['share_by_processor'] for r in runs], '1'),
        ),
        conditions={
            'objects': _OBJECTS,
            'scenes': count,
            'threads': settings.threads,
            'simulated_seconds_per_rollout': runs[0]['simulated_s_per_rollout'],
        },
    )
