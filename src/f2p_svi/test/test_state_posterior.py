# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The posterior of scenes: its gradient, what it prefers, where it leaves things open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from svi_synthetic import transport_failure
import torch

from f2p_core.failure import Failure
from f2p_core.supports import contents
from f2p_svi.config import StateConfig
from f2p_svi.scenes.posterior import build_state_posterior, StatePosterior
from f2p_svi.stein.svgd import score_of
from f2p_tasks.tabletop import CONTAINER

TOLERANCE_M = 0.01


def posterior_of(
    failure: Failure, n: int = 6, device: torch.device | str = 'cpu', **settings: Any
) -> StatePosterior:
    config = StateConfig(**settings)
    rng = np.random.default_rng(0)
    return build_state_posterior(failure, n, config, TOLERANCE_M, rng, device)


def test_the_score_is_the_slope_of_the_log_density(device: torch.device) -> None:
    posterior = posterior_of(transport_failure(3, 0), n=4, device=device)
    start = 0.5 * posterior.start(np.random.default_rng(1))
    score = score_of(posterior.log_density)(start)
    generator = torch.Generator().manual_seed(0)
    for _ in range(4):
        step = torch.randn(start.shape, generator=generator).to(device)
        step = step / step.norm(dim=-1, keepdim=True)
        ahead, back = (posterior.log_density(start + h * step) for h in (2e-3, -2e-3))
        slope = (score.gradient * step).sum(-1)
        scale = score.gradient.norm(dim=-1)
        # Single precision and the kinks of distances leave a few percent.
        assert ((ahead - back) / 4e-3 - slope).abs().lt(0.05 * scale + 0.5).all()


def test_rows_are_independent(device: torch.device) -> None:
    posterior = posterior_of(transport_failure(3, 0), device=device)
    start = posterior.start(np.random.default_rng(1))
    changed = start.clone()
    changed[0] += 0.1
    before, after = (posterior.log_density(x) for x in (start, changed))
    assert torch.equal(before[1:], after[1:])
    assert before[0] != after[0]


@pytest.mark.parametrize('n_objects', [3, 7])
def test_the_fitted_scene_beats_scattered_ones(n_objects: int) -> None:
    posterior = posterior_of(transport_failure(n_objects, 1), start_scale=1.0)
    fitted = posterior.log_density(torch.zeros(6, posterior.parameterization.size))
    scattered = posterior.log_density(posterior.start(np.random.default_rng(1)))
    assert (fitted > scattered + 10.0).all()


def test_a_higher_temperature_flattens_the_cloud_but_not_the_relations() -> None:
    failure = transport_failure(3, 0)
    cold, hot = (posterior_of(failure, likelihood_temperature=t) for t in (30.0, 3000.0))
    small = torch.zeros(6, cold.parameterization.size)
    small[:, 0] = 0.1
    drop = [float((p.log_density(0 * small) - p.log_density(small))[0]) for p in (cold, hot)]
    assert drop[0] > 5 * abs(drop[1])
    out = torch.zeros(6, cold.parameterization.size)
    row = cold.parameterization.movable.tolist().index(failure.before.scene.index('object_1'))
    out[:, cold.parameterization.xy_column[row]] = 2.0
    assert float((hot.log_density(0 * out) - hot.log_density(out))[0]) > 20.0


def test_objects_that_penetrate_are_unlikely() -> None:
    failure = transport_failure(3, 0)
    posterior = posterior_of(failure)
    scene, parameterization = failure.before.scene, posterior.parameterization
    first, second = (scene.index(i) for i in contents(scene, CONTAINER)[:2])
    rows = [parameterization.movable.tolist().index(i) for i in (first, second)]
    gap = parameterization.xy_mean_m[0, rows[1]] - parameterization.xy_mean_m[0, rows[0]]
    onto = torch.zeros(6, parameterization.size)
    onto[:, parameterization.xy_column[rows[0]]] = gap / parameterization.xy_std_m[rows[0]]
    free = torch.zeros(6, parameterization.size)
    assert float((posterior.log_density(free) - posterior.log_density(onto))[0]) > 10.0


def test_an_unseen_object_starts_wide_and_the_others_close() -> None:
    failure = transport_failure(3, 0, unseen=('object_2',))
    posterior = posterior_of(failure, n=40)
    start, parameterization = posterior.start(np.random.default_rng(0)), posterior.parameterization
    hidden = parameterization.movable.tolist().index(failure.before.scene.index('object_2'))
    spread = start[:, parameterization.xy_column].std(0).mean(-1)
    assert spread[hidden] > 2 * spread[[m for m in range(4) if m != hidden]].max()


def test_the_same_seed_starts_the_same() -> None:
    posterior = posterior_of(transport_failure(3, 0))
    first, again = (posterior.start(np.random.default_rng(5)) for _ in range(2))
    assert torch.equal(first, again)
