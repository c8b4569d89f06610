# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The posterior of pre-skill scenes given one failure: P(S | R, O) ∝ P(R | S) P(O | S) P(S)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from f2p_core.failure import Failure
from f2p_svi.config import StateConfig
from f2p_svi.scenes.constraints import build_constraints
from f2p_svi.scenes.distances import build_part_distances, PartDistances
from f2p_svi.scenes.hypotheses import draw_supports
from f2p_svi.scenes.parameterization import SceneParameterization
from f2p_svi.scenes.parameterization_build import build_parameterization
from f2p_svi.scenes.state_terms import paper_terms, StateProblem, Terms
from f2p_svi.scenes.terms import DecodedScenes, LogSum, LogTerm, term_figures
from f2p_svi.stein.blocks import BlockKernel, blocks_of

__all__ = ['StatePosterior', 'build_state_posterior']


UNSEEN_DRAWS = 32
"""Starts drawn per particle where an object was not seen."""


class StatePosterior(NamedTuple):
    """Target of the state inference for S particles with their drawn hypotheses.

    Attributes:
        parameterization: What a particle means.
        parts: Distances to the shapes of the fitted scene.
        terms: Summands of the log density, in the order in which they are added up.
        config: Spreads and temperatures.
    """

    parameterization: SceneParameterization
    parts: PartDistances
    terms: tuple[LogTerm, ...]
    config: StateConfig

    def log_density(self, particles: torch.Tensor) -> torch.Tensor:
        """Returns the unnormalised log posterior of particles (S, d), shape (S,)."""
        return LogSum('posterior', self.terms).log_density(self.decode(particles))

    def decode(self, particles: torch.Tensor) -> DecodedScenes:
        """Returns particles (S, d) with the scenes they stand for."""
        return DecodedScenes(particles, self.parameterization.decode(particles), self.parts)

    def figures(self, particles: torch.Tensor) -> dict[str, float]:
        """Returns what each term says of particles (S, d); see ``f2p_svi.scenes.terms``."""
        with torch.no_grad():
            return term_figures(self.terms, self.decode(particles))

    def start(self, rng: np.random.Generator) -> torch.Tensor:
        """Returns the particles to start from, (S, d).

        Seen objects start closer together than the prior. Where an object was not seen, each
        particle is one of several draws, taken in proportion to their density: from the middle
        of space that was seen through no gradient leads into hiding.
        """
        if bool(self.parameterization.seen.all()):
            return self._draw(rng)
        draws = torch.stack([self._draw(rng) for _ in range(UNSEEN_DRAWS)])
        with torch.no_grad():
            density = torch.stack([self.log_density(draw) for draw in draws])
        noise = torch.tensor(rng.gumbel(size=density.shape), dtype=torch.float32)
        chosen = (density + noise.to(density.device)).argmax(0)
        return draws[chosen, torch.arange(len(chosen), device=chosen.device)]

    def _draw(self, rng: np.random.Generator) -> torch.Tensor:
        parameterization, config = self.parameterization, self.config
        n = len(parameterization.support)
        draw = rng.standard_normal((n, parameterization.size))
        for group, k in zip(parameterization.groups, parameterization.group_object, strict=True):
            scale = config.start_scale if parameterization.seen[k] else 1.0
            draw[:, list(group)] *= scale
        device = parameterization.support.device
        particles = torch.tensor(draw, dtype=torch.float32, device=device)
        circular = torch.tensor(parameterization.circular, device=device)
        return torch.where(circular, np.pi / np.sqrt(3.0) * particles, particles)

    def kernel(self) -> BlockKernel:
        """Returns the kernel: a block per pose and per shape, none across hypotheses."""
        parameterization = self.parameterization
        support = parameterization.support.T[list(parameterization.group_object)]
        same = (support[:, :, None] == support[:, None, :]).to(torch.float32)
        device = parameterization.support.device
        return BlockKernel(
            blocks_of(parameterization.groups, parameterization.circular, device=device), same
        )


def build_state_posterior(
    failure: Failure,
    n: int,
    config: StateConfig,
    tolerance_m: float,
    rng: np.random.Generator,
    device: torch.device | str = 'cpu',
    terms: Terms = paper_terms,
) -> StatePosterior:
    """Sets up the target for n particles.

    Args:
        failure: Only what was known before the skill is used: the scene, clouds, camera and
            relations.
        n: Particles; hypotheses are drawn for each.
        config: Spreads and temperatures.
        tolerance_m: Margin below which an observed bit binds no scene [m].
        rng: Source of the hypotheses.
        device: Where to compute.
        terms: Builds the summands of the log density.

    Raises:
        SviError: If nothing in the scene can move.
    """
    before = failure.before
    supports = draw_supports(before, failure.relations_before, n, rng)
    parameterization = build_parameterization(before, supports, config, device)
    constraints = build_constraints(before.scene, failure.relations_before, tolerance_m)
    problem = StateProblem(failure, parameterization, supports, constraints, config, device)
    parts = build_part_distances(parameterization.fitted)
    return StatePosterior(parameterization, parts, terms(problem), config)
