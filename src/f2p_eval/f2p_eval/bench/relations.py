# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Relation margins of eight objects, for one scene and for a learning run's 400."""

from __future__ import annotations

from functools import partial

import numpy as np

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.relations import relation_margins, RELATION_NAMES, RELATIONS
from f2p_eval.bench.figures import Figure, figure, Measurement
from f2p_eval.bench.settings import seconds_per_call, Settings
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

_CONFIG = TabletopConfig(inside=3, on_a=1, on_b=1)
"""Two tables, the container and five small objects."""

_JITTER_M = 0.02
"""How far objects are moved between the scenes [m], so that no two are alike."""

_REPEATS = 7
"""Repeats of which the median counts."""

_SAMPLE_S = 0.3
"""Least duration of a repeat [s]: far above the clock's resolution."""

_WITHOUT_CONTACT = tuple(name for name in RELATION_NAMES if not RELATIONS[name].learned)


def measure(settings: Settings) -> Measurement:
    """Times ``relation_margins`` with and without contact, the one relation that needs surfaces.

    Scenes are stacked beforehand.
    """
    many = settings.amount(400, 8)
    figures = [
        _figure(f'{scenes}_scene{"s" if scenes > 1 else ""}{suffix}', batch, names, settings)
        for scenes in (1, many)
        for batch in [_batch(scenes, settings.seed)]
        for suffix, names in (('', RELATION_NAMES), ('_without_contact', _WITHOUT_CONTACT))
    ]
    objects = len(_batch(1, settings.seed).object_ids)
    return Measurement(
        figures=tuple(figures), conditions={'objects': objects, 'seed': settings.seed}
    )


def _figure(name: str, batch: SceneBatch, names: tuple[str, ...], settings: Settings) -> Figure:
    work = partial(relation_margins, batch, names)
    once = seconds_per_call(work, 1)[0]
    calls = settings.amount(max(1, round(_SAMPLE_S / once)), 1)
    seconds = seconds_per_call(work, settings.amount(_REPEATS, 1), calls)
    return figure(name, [1e3 * s for s in seconds], 'ms')


def _batch(scenes: int, seed: int) -> SceneBatch:
    """One scene over and over, its movable objects shifted a little in each copy."""
    rng = np.random.default_rng(seed)
    scene = sample_tabletop(_CONFIG, rng)
    batch = stack_scenes([scene] * scenes)
    movable = np.array([not o.fixed for o in scene.objects])
    shift = rng.uniform(-_JITTER_M, _JITTER_M, batch.position_m.shape) * movable[:, None]
    return batch._replace(position_m=batch.position_m + shift)
