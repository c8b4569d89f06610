# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Ways to propose scenes for a failure: SVGD, gradient ascent from one start, jittered copies."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
import torch

from f2p_core.control import Control
from f2p_core.failure import Failure
from f2p_core.scene import Scene
from f2p_svi.config import GeneratorConfig, resolve_device
from f2p_svi.diagnostics import particle_figures
from f2p_svi.scenes.physics import scenes_of
from f2p_svi.scenes.posterior import build_state_posterior, StatePosterior
from f2p_svi.stein.optimizers import Adam, Cooled
from f2p_svi.stein.svgd import run_svgd, score_of, Svgd

__all__ = ['Proposal', 'Propose', 'propose_gradient', 'propose_jitter', 'propose_svgd']

JITTER_M = 0.01
"""Standard deviation of the positions of jittered copies [m]."""

JITTER_RAD = 0.1
"""Standard deviation of their angles [rad]."""


class Proposal(NamedTuple):
    """Scenes before physics, and figures about them (see ``f2p_svi.diagnostics``)."""

    scenes: tuple[Scene, ...]
    figures: dict[str, Any]


class Propose(Protocol):
    """A way to propose scenes."""

    def __call__(
        self,
        failure: Failure,
        n: int,
        config: GeneratorConfig,
        rng: np.random.Generator,
        control: Control,
    ) -> Proposal:
        """Proposes n scenes.

        Raises:
            SviError: If nothing in the failure's scene can move.
            CancelledError: If ``control`` said stop.
        """


def propose_svgd(
    failure: Failure,
    n: int,
    config: GeneratorConfig,
    rng: np.random.Generator,
    control: Control,
) -> Proposal:
    """Moves n particles to the posterior by SVGD."""
    posterior = _posterior(failure, n, config, rng)
    score, start = score_of(posterior.log_density), posterior.start(rng)
    svgd = Svgd(score, posterior.kernel(), _rule(config))
    end = run_svgd(svgd, start, config.state.iterations, 'scenes', control)
    figures: dict[str, Any] = {'iterations': config.state.iterations}
    linear = ~torch.tensor(posterior.layout.circular, device=end.device)
    figures |= particle_figures(score, start, end, linear) | posterior.figures(end)
    return _decoded(posterior, failure, end, figures)


def propose_gradient(
    failure: Failure,
    n: int,
    config: GeneratorConfig,
    rng: np.random.Generator,
    control: Control,
) -> Proposal:
    """Ascends the posterior from ONE start and takes n copies of the mode it reaches.

    SVGD with a single particle is gradient ascent: there is no other to be repelled by.
    """
    posterior = _posterior(failure, 1, config, rng)
    svgd = Svgd(score_of(posterior.log_density), posterior.kernel(), _rule(config))
    start = posterior.start(rng)
    end = run_svgd(svgd, start, config.state.iterations, 'scenes', control)
    one = _decoded(posterior, failure, end, {'iterations': config.state.iterations})
    return one._replace(scenes=one.scenes * n)


def propose_jitter(
    failure: Failure,
    n: int,
    config: GeneratorConfig,
    rng: np.random.Generator,
    control: Control,
) -> Proposal:
    """Copies the fitted scene n times with jittered poses; shapes stay as fitted."""
    del control
    posterior = _posterior(failure, n, config, rng)
    layout = posterior.layout
    noise = torch.tensor(rng.standard_normal((n, layout.size)), dtype=torch.float32)
    scale = torch.zeros(layout.size)
    for group in layout.groups[::2]:
        scale[list(group)] = JITTER_M / config.state.position_std_m
    scale[torch.tensor(layout.circular)] = JITTER_RAD
    jitter = (noise * scale).to(layout.support.device)
    return _decoded(posterior, failure, jitter, {'iterations': 0})


def _posterior(
    failure: Failure, n: int, config: GeneratorConfig, rng: np.random.Generator
) -> StatePosterior:
    device = resolve_device(config.device)
    tolerance = config.relation_tolerance_m
    return build_state_posterior(failure, n, config.state, tolerance, rng, device)


def _rule(config: GeneratorConfig) -> Cooled:
    return Cooled(Adam(config.state.step_size), config.state.iterations)


def _decoded(
    posterior: StatePosterior, failure: Failure, particles: torch.Tensor, figures: dict[str, Any]
) -> Proposal:
    with torch.no_grad():
        batch = posterior.layout.decode(particles)
    return Proposal(scenes_of(batch, failure.before.scene), figures)
