# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Scene samplers: SVGD, gradient ascent from one start, jittered copies.

They draw; whether a scene stands in physics is the business of ``f2p_svi.harvest``, which a
method may put round them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure
from f2p_core.scene import Scene
from f2p_svi.config import GeneratorConfig, resolve_device
from f2p_svi.diagnostics import particle_figures
from f2p_svi.protocol import SampledScenes
from f2p_svi.scenes.physics import scenes_of, with_drawn_physics
from f2p_svi.scenes.posterior import build_state_posterior, StatePosterior
from f2p_svi.scenes.state_terms import paper_terms, Terms
from f2p_svi.stein.optimizers import Adam, Cooled
from f2p_svi.stein.svgd import run_svgd, score_of, Svgd

__all__ = ['GradientScenes', 'JitterScenes', 'SvgdScenes']

JITTER_M = 0.01
"""Standard deviation of the positions of jittered copies [m]."""

JITTER_RAD = 0.1
"""Standard deviation of their angles [rad]."""

_STAGE = 'scenes'


@dataclass(frozen=True)
class SvgdScenes:
    """Moves particles to the posterior of the failure by SVGD.

    Attributes:
        config: Spreads, temperatures and steps.
        terms: Builds the summands of the posterior.
    """

    config: GeneratorConfig
    terms: Terms = paper_terms

    def sample_scenes(
        self, failure: Failure, n_scenes: int, *, seed: int, control: Control = UNCONTROLLED
    ) -> SampledScenes:
        """Draws scenes; see ``f2p_svi.protocol.SceneSampler``."""
        rng = np.random.default_rng(seed)
        posterior = _posterior(failure, n_scenes, self.config, rng, self.terms)
        score, start = score_of(posterior.log_density), posterior.start(rng)
        svgd, iterations = _svgd(posterior, self.config), self.config.state.iterations
        end = run_svgd(svgd, start, iterations, _STAGE, control)
        linear = ~torch.tensor(posterior.parameterization.circular, device=end.device)
        figures: dict[str, Any] = particle_figures(score, start, end, linear)
        figures |= posterior.figures(end) | _settings('svgd', self.config, iterations)
        return SampledScenes(_drawn(_scenes(posterior, failure, end), self.config, rng), figures)


@dataclass(frozen=True)
class GradientScenes:
    """Ascends the posterior from ONE start and takes copies of the mode it reaches.

    SVGD with a single particle is gradient ascent: there is no other to be repelled by.

    Attributes:
        config: Spreads, temperatures and steps.
        terms: Builds the summands of the posterior.
    """

    config: GeneratorConfig
    terms: Terms = paper_terms

    def sample_scenes(
        self, failure: Failure, n_scenes: int, *, seed: int, control: Control = UNCONTROLLED
    ) -> SampledScenes:
        """Draws scenes; see ``f2p_svi.protocol.SceneSampler``."""
        rng = np.random.default_rng(seed)
        posterior = _posterior(failure, 1, self.config, rng, self.terms)
        svgd, iterations = _svgd(posterior, self.config), self.config.state.iterations
        end = run_svgd(svgd, posterior.start(rng), iterations, _STAGE, control)
        figures = posterior.figures(end) | _settings('gradient', self.config, iterations)
        copies = _scenes(posterior, failure, end) * n_scenes
        return SampledScenes(_drawn(copies, self.config, rng), figures)


@dataclass(frozen=True)
class JitterScenes:
    """Copies the fitted scene with jittered poses; shapes stay as fitted.

    Attributes:
        config: Prior spreads, and how physics is drawn.
    """

    config: GeneratorConfig

    def sample_scenes(
        self, failure: Failure, n_scenes: int, *, seed: int, control: Control = UNCONTROLLED
    ) -> SampledScenes:
        """Draws scenes; see ``f2p_svi.protocol.SceneSampler``."""
        control.check(_STAGE)
        rng = np.random.default_rng(seed)
        posterior = _posterior(failure, n_scenes, self.config, rng, paper_terms)
        parameterization = posterior.parameterization
        noise = torch.tensor(
            rng.standard_normal((n_scenes, parameterization.size)), dtype=torch.float32
        )
        scale = torch.zeros(parameterization.size)
        for group in parameterization.groups[::2]:
            scale[list(group)] = JITTER_M / self.config.state.position_std_m
        scale[torch.tensor(parameterization.circular)] = JITTER_RAD
        jitter = (noise * scale).to(parameterization.support.device)
        figures = posterior.figures(jitter) | _settings('jitter', self.config, 0)
        return SampledScenes(
            _drawn(_scenes(posterior, failure, jitter), self.config, rng), figures
        )


def _posterior(
    failure: Failure, n: int, config: GeneratorConfig, rng: np.random.Generator, terms: Terms
) -> StatePosterior:
    device, tolerance_m = resolve_device(config.device), config.relation_tolerance_m
    return build_state_posterior(failure, n, config.state, tolerance_m, rng, device, terms)


def _svgd(posterior: StatePosterior, config: GeneratorConfig) -> Svgd:
    rule = Cooled(Adam(config.state.step_size), config.state.iterations)
    return Svgd(score_of(posterior.log_density), posterior.kernel(), rule)


def _settings(name: str, config: GeneratorConfig, iterations: int) -> dict[str, Any]:
    """What ran, for the figures."""
    device = str(resolve_device(config.device))
    return {'scene_sampler': name, 'iterations': iterations, 'device': device}


def _scenes(
    posterior: StatePosterior, failure: Failure, particles: torch.Tensor
) -> tuple[Scene, ...]:
    with torch.no_grad():
        batch = posterior.parameterization.decode(particles)
    return scenes_of(batch, failure.before.scene)


def _drawn(
    scenes: Sequence[Scene], config: GeneratorConfig, rng: np.random.Generator
) -> tuple[Scene, ...]:
    """The scenes with masses and friction from their prior."""
    return tuple(with_drawn_physics(scene, config.state, rng) for scene in scenes)
