# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One SVGD iteration here and in blackjax and numpyro, on the same target."""

from __future__ import annotations

import sys

from f2p_eval.bench.figures import at_least, Figure, figure, Measurement
from f2p_eval.bench.settings import Settings
from f2p_svi.bench import bench_own, bench_peers, DIMENSION, PARTICLES

_REPEATS = 3
"""Runs of which the median counts."""

_PEERS = ('blackjax', 'numpyro')


def measure(settings: Settings) -> Measurement:
    """Times iterations on a standard normal, each on one thread (see ``f2p_svi.bench``).

    Every repetition measures all of them, one after the other; ratios are within a repetition.

    Raises:
        SviError: If the peers are not installed beside this package.
    """
    particles = settings.amount(PARTICLES, PARTICLES[:1])
    own: list[dict[int, float]] = []
    peers: list[dict[str, dict[int, float]]] = []
    for _ in range(settings.amount(_REPEATS, 1)):
        theirs = bench_peers(sys.executable, particles)['seconds']
        own.append({n: bench_own(n) for n in particles})
        peers.append({name: {n: theirs[name][str(n)] for n in particles} for name in _PEERS})
    figures: list[Figure] = []
    for n in particles:
        figures.append(figure(f'ours_n{n}', [1e3 * run[n] for run in own], 'ms'))
        for name in _PEERS:
            times = [run[name][n] for run in peers]
            ratios = [theirs / us[n] for theirs, us in zip(times, own, strict=True)]
            figures += [
                figure(f'{name}_n{n}', [1e3 * time for time in times], 'ms'),
                figure(f'{name}_over_ours_n{n}', ratios, '1', settings.judged(at_least(1.0))),
            ]
    return Measurement(figures=tuple(figures), conditions={'dimension': DIMENSION, 'threads': 1})
