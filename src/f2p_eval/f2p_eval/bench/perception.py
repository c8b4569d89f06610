# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Perception of a cloud of 300,000 points, with and without a segmenter's labels."""

from __future__ import annotations

import time

from f2p_eval.bench.figures import at_most, Figure, figure, Measurement
from f2p_eval.bench.settings import Settings
from f2p_perception.bench import bench, Clocks
from f2p_perception.config import PerceptionConfig

_REPEATS = 3
"""Runs of which the median counts."""

_FRAMES = 25
"""Views per run: the first of them find unknown objects, the others known ones."""

_STEPS = ('perceive', 'relations')


def measure(settings: Settings) -> Measurement:
    """Times the way from a depth image to relations in scenes of ten objects.

    A repetition is a scene of its own, of which many views are taken; its figure is the median
    over the views, once the objects are known.
    """
    clocks = Clocks(time.perf_counter, time.process_time)
    frames = settings.amount(_FRAMES, 2)
    runs = [
        bench(frames, settings.seed + i, PerceptionConfig(), clocks)
        for i in range(settings.amount(_REPEATS, 1))
    ]
    figures: list[Figure] = []
    for kind in ('with_labels', 'without_labels'):
        parts = [[run[kind][f'{step}_ms']['wall_median'] for step in _STEPS] for run in runs]
        aim = settings.judged(at_most(100.0))
        figures.append(figure(kind, [sum(part) for part in parts], 'ms', aim))
        figures += [
            figure(f'{kind}_{step}', column, 'ms')
            for step, column in zip(_STEPS, zip(*parts, strict=True), strict=True)
        ]
    return Measurement(
        figures=tuple(figures),
        conditions={
            'points': runs[0]['points'],
            'objects': runs[0]['objects'],
            'views_per_scene': frames,
            'seed': settings.seed,
        },
    )
