# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Figures of a run against cases whose answer is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from svi_synthetic import transport_failure
import torch

from f2p_svi.diagnostics import particle_figures, scene_figures, Stopwatch
from f2p_svi.stein.svgd import Score

FAILURE = transport_failure(3, 0)


def gaussian(scale: float) -> Callable[[torch.Tensor], Score]:
    def score(x: torch.Tensor) -> Score:
        return Score(-0.5 * (x / scale).square().sum(-1), -x / scale**2)

    return score


def test_exact_samples_have_the_spread_of_their_posterior() -> None:
    x = torch.randn(600, 3, generator=torch.Generator().manual_seed(0))
    every = torch.tensor([True, True, True])
    exact = particle_figures(gaussian(0.5), x, 0.5 * x, every)
    assert exact['spread_vs_posterior'] == pytest.approx(1.0, abs=0.15)
    assert exact['spread_vs_prior'] == pytest.approx(0.25, abs=0.03)
    assert exact['ksd_end'] < exact['ksd_start']
    narrow = particle_figures(gaussian(0.5), x, 0.25 * x, every)
    assert narrow['spread_vs_posterior'] == pytest.approx(0.25, abs=0.05)


def test_angles_do_not_count() -> None:
    x = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    wild = x * torch.tensor([1.0, 100.0])
    linear = torch.tensor([True, False])
    assert particle_figures(gaussian(1.0), x, x, linear) == pytest.approx(
        particle_figures(gaussian(1.0), wild, wild, linear)
    )


def test_copies_have_no_spread() -> None:
    scene = FAILURE.before.scene
    seen = np.array([not o.fixed for o in scene.objects])
    figures = scene_figures((scene,) * 5, seen)
    assert figures == pytest.approx({'position_spread_m': 0.0, 'extent_spread': 0.0}, abs=1e-9)
    assert scene_figures((scene,), ~seen & seen) == {}


def test_the_stopwatch_adds_up_laps_by_the_clock_it_is_given() -> None:
    clock = iter([10.0, 11.5, 12.0, 14.0])
    watch = Stopwatch(lambda: next(clock))
    for stage in ('scenes', 'settle', 'scenes'):
        watch.lap(stage)
    assert watch.seconds == {'seconds_scenes': 3.5, 'seconds_settle': 0.5}
