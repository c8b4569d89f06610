# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The posterior as a sum of named terms: the paper's three factors, and one more handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from svi_synthetic import transport_failure
import torch

from f2p_svi.config import StateConfig
from f2p_svi.scenes.posterior import build_state_posterior, StatePosterior
from f2p_svi.scenes.state_terms import paper_terms, StateProblem, Terms
from f2p_svi.scenes.terms import DecodedScenes, leaves, LogTerm

TOLERANCE_M = 0.01
LEAVES = [
    'pose_and_shape',
    'on_support',
    'clouds',
    'relations',
    'no_penetration',
    'contacts',
]


def posterior_of(n: int = 5, terms: Terms = paper_terms) -> StatePosterior:
    rng = np.random.default_rng(0)
    failure = transport_failure(3, 0)
    return build_state_posterior(failure, n, StateConfig(), TOLERANCE_M, rng, terms=terms)


def test_the_terms_are_prior_clouds_and_relations() -> None:
    posterior = posterior_of()
    assert [term.name for term in posterior.terms] == ['prior', 'clouds', 'symbols']
    assert [term.name for term in leaves(posterior.terms)] == LEAVES


def test_the_log_density_is_the_sum_of_the_terms() -> None:
    posterior = posterior_of()
    particles = posterior.start(np.random.default_rng(1))
    scenes = posterior.decode(particles)
    total = torch.stack([term.log_density(scenes) for term in leaves(posterior.terms)]).sum(0)
    torch.testing.assert_close(posterior.log_density(particles), total, rtol=1e-5, atol=1e-4)


def test_every_term_tells_its_mean_and_its_worst() -> None:
    posterior = posterior_of()
    particles = posterior.start(np.random.default_rng(1))
    figures = posterior.figures(particles)
    scenes = posterior.decode(particles)
    for term in leaves(posterior.terms):
        value = term.log_density(scenes)
        assert figures[f'log_{term.name}_mean'] == pytest.approx(float(value.mean()))
        assert figures[f'log_{term.name}_worst'] == pytest.approx(float(value.min()))
    assert figures['deepest_penetration_m'] >= 0.0
    assert figures['farthest_off_support_m'] >= 0.0
    assert 0.0 <= figures['relation_bits_shown'] <= 1.0


def test_the_fitted_scene_shows_all_observed_bits() -> None:
    posterior = posterior_of()
    figures = posterior.figures(torch.zeros(5, posterior.parameterization.size))
    assert figures['relation_bits_shown'] == 1.0
    assert figures['deepest_penetration_m'] < 1e-3


@dataclass(frozen=True)
class Pinned:
    """A term of somebody else: the first coordinate is known."""

    value: float
    name: str = 'pinned'

    def log_density(self, scenes: DecodedScenes) -> torch.Tensor:
        return -0.5 * ((scenes.particles[:, 0] - self.value) / 0.01).square()

    def figures(self, scenes: DecodedScenes) -> Mapping[str, float]:
        return {'farthest_from_pin': float((scenes.particles[:, 0] - self.value).abs().amax())}


def test_one_more_term_is_handed_in() -> None:
    def with_pin(problem: StateProblem) -> tuple[LogTerm, ...]:
        return (*paper_terms(problem), Pinned(0.25))

    plain, pinned = posterior_of(), posterior_of(terms=with_pin)
    particles = torch.zeros(5, plain.parameterization.size)
    drop = plain.log_density(particles) - pinned.log_density(particles)
    torch.testing.assert_close(drop, torch.full((5,), 0.5 * 25.0**2))
    assert pinned.figures(particles)['farthest_from_pin'] == 0.25
