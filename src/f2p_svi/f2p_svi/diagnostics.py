# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Figures that say whether scenes and calls were drawn well; every one a JSON number or text.

Of the scenes (``SampledScenes.figures``):

=====================================  ==========================================================
``scene_sampler``, ``device``          what ran, and where
``rounds``, ``iterations``             rounds of particles, SVGD steps in each
``settled``, ``accepted``              scenes simulated to rest; those with all binding relations
``acceptance``                         accepted / settled
``repeated``                           scenes handed out a second time for want of others
``binding_relations``                  observed relation bits a scene must show
``satisfied_before_settling``          share of particles with all binding bits, as decoded
``satisfied_after_settling``           the same after physics; ``…_bits``: share of the bits
``ksd_start``, ``ksd_end``             kernel Stein discrepancy of the particles, per coordinate
                                       (root mean square over coordinates)
``position_spread_m``                  std of seen objects' positions over accepted scenes [m]
``extent_spread``                      std of the extents, relative
``spread_vs_prior``                    variance of the particles / variance of the prior
``spread_vs_posterior``                E[−(x − x̄) ∇ln p]: 1 for exact samples (Stein's identity),
                                       below 1 where particles are too close, above where too wide
``log_<term>_mean``, ``…_worst``       each term of the posterior over the particles of the first
                                       round [nat] (``f2p_svi.scenes.state_terms``), and the
                                       term's own figures
``seconds_*``                          time per stage [s], by the clock that was passed in
=====================================  ==========================================================

Of the calls (``SampledCalls.figures``): ``call_sampler``, ``objective``, ``seconds_actions``;
``<objective>_at_failed_call``, ``<objective>_at_calls`` and ``feasible_at_…``: means over the
scenes of each objective (``f2p_svi.actions.objectives``) and of P(motion succeeds).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.batch import stack_scenes
from f2p_core.scene import Scene
from f2p_svi.stein.ksd import kernel_stein_discrepancy
from f2p_svi.stein.svgd import ScoreFunction

__all__ = ['Stopwatch', 'particle_figures', 'scene_figures']


class Stopwatch:
    """Seconds per named stage, by a monotonic clock that is handed in."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = clock()
        self.seconds: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Adds the time since the last lap to a stage."""
        now = self._clock()
        key = f'seconds_{stage}'
        self.seconds[key] = self.seconds.get(key, 0.0) + now - self._last
        self._last = now


def particle_figures(
    score: ScoreFunction, start: torch.Tensor, end: torch.Tensor, linear: torch.Tensor
) -> dict[str, float]:
    """Returns discrepancy and spread of particles against their target and prior.

    Args:
        score: Of the target, at particles (n, d) in units of the prior's standard deviation.
        start: Particles before, (n, d).
        end: Particles after, (n, d).
        linear: Coordinates that count, (d,): angles have no mean and no tails.
    """
    figures = {}
    for name, particles in (('start', start), ('end', end)):
        gradient = score(particles).gradient[:, linear]
        chosen = particles[:, linear]
        per_coordinate = kernel_stein_discrepancy(chosen.T[..., None], gradient.T[..., None])
        figures[f'ksd_{name}'] = float(per_coordinate.square().mean().sqrt())
    centred = chosen - chosen.mean(0)
    figures['spread_vs_prior'] = float(centred.square().mean())
    figures['spread_vs_posterior'] = float(-(centred * gradient).mean())
    return figures


def scene_figures(scenes: tuple[Scene, ...], seen: NDArray[np.bool_]) -> dict[str, float]:
    """Returns how much scenes of the same objects differ in seen, movable ones.

    Args:
        scenes: S scenes.
        seen: Which objects count, (N,).
    """
    if not seen.any():
        return {}
    batch = stack_scenes(scenes)
    size = batch.dimensions[:, seen]
    present = size[0] > 0
    relative = size.std(axis=0)[present] / size.mean(axis=0)[present]
    return {
        'position_spread_m': float(np.sqrt(batch.position_m[:, seen, :2].var(axis=0).mean())),
        'extent_spread': float(np.sqrt(np.square(relative).mean())),
    }
