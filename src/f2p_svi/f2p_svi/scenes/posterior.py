# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The posterior of pre-skill scenes given one failure: P(S | R, O) ∝ P(R, O | S) P(S)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.batch import SceneBatch
from f2p_core.failure import Failure
from f2p_core.geometry.shapes import CONTAINER_KINDS, ShapeKind
from f2p_core.relations import CONTACT_DISTANCE_M, relation_margins
from f2p_svi.config import StateConfig
from f2p_svi.scenes.constraints import (
    build_constraints,
    log_relation_likelihood,
    RelationConstraints,
)
from f2p_svi.scenes.distances import Bodies, build_bodies
from f2p_svi.scenes.evidence import build_evidence, CloudEvidence, log_cloud_likelihood
from f2p_svi.scenes.hypotheses import draw_supports, open_questions
from f2p_svi.scenes.layout import ABSENT, LOGISTIC_STD, SceneLayout
from f2p_svi.scenes.layout_build import build_layout
from f2p_svi.stein.blocks import BlockKernel, blocks_of

__all__ = ['StatePosterior', 'build_state_posterior']


UNSEEN_DRAWS = 32
"""Starts drawn per particle where an object was not seen."""


class StatePosterior(NamedTuple):
    """Target of the state inference for S particles with their drawn hypotheses.

    Attributes:
        layout: What a particle means.
        bodies: Distances to the shapes of the layout.
        evidence: Clouds and free space.
        constraints: Observed relations.
        sign: ``constraints.sign``, and what each particle's hypotheses say, (S, R, N, N).
        pairs: Pairs of objects of which a relation was observed.
        touching: 1 for pairs that were seen in contact and do not support each other, (N, N).
        config: Spreads and temperatures.
    """

    layout: SceneLayout
    bodies: Bodies
    evidence: CloudEvidence
    constraints: RelationConstraints
    sign: torch.Tensor
    pairs: int
    touching: torch.Tensor
    config: StateConfig

    def log_density(self, particles: torch.Tensor) -> torch.Tensor:
        """Returns the unnormalised log posterior of particles (S, d), shape (S,)."""
        batch = self.layout.decode(particles)
        return (
            self.log_prior(particles)
            + self._log_within_support(batch)
            + self._log_cloud(batch)
            + self._log_symbols(batch)
        )

    def log_prior(self, particles: torch.Tensor) -> torch.Tensor:
        """Returns the log prior: positions normal, extents uniform in range, angles uniform."""
        layout = self.layout
        padded = torch.nn.functional.pad(particles, (0, 1))
        position = -0.5 * padded[:, layout.xy_column].square().sum((-1, -2))
        logit = LOGISTIC_STD * padded[:, layout.extent_column]
        place = -logit - 2.0 * torch.nn.functional.softplus(-logit)
        return position + (place * (layout.extent_column != ABSENT)).sum((-1, -2))

    def _log_within_support(self, batch: SceneBatch) -> torch.Tensor:
        """Softly keeps every object's middle on the area it stands on."""
        layout = self.layout
        rows = torch.arange(len(batch.position_m), device=layout.support.device)[:, None]
        half = torch.einsum('nij,snj->sni', layout.half, batch.dimensions)
        room = torch.nn.functional.pad(half, (0, 0, 0, 1), value=1e3)[rows, layout.support]
        position = torch.nn.functional.pad(batch.position_m, (0, 0, 0, 1))
        eye = torch.eye(3, device=position.device).expand(len(rows), 1, 3, 3)
        rotation = torch.cat([batch.rotation, eye], dim=1)[rows, layout.support]
        offset = position[:, layout.movable] - position[rows, layout.support]
        local = (offset[..., None, :] @ rotation).squeeze(-2)
        inner = half[:, layout.movable, :2].amin(-1, keepdim=True)
        over = local[..., :2].abs() + inner - room[..., :2]
        return -torch.nn.functional.softplus(over / self.config.contact_std_m).sum((-1, -2))

    def _log_cloud(self, batch: SceneBatch) -> torch.Tensor:
        config = self.config
        return log_cloud_likelihood(
            batch,
            self.bodies,
            self.evidence,
            config.cloud_noise_m,
            config.likelihood_temperature,
        )

    def _log_symbols(self, batch: SceneBatch) -> torch.Tensor:
        """Observed relations, bodies that do not penetrate, and seen contacts."""
        config, names = self.config, self.constraints.names
        gap = self.bodies.gaps(batch)
        analytic = [name for name in names if name != 'contact']
        columns = dict(zip(analytic, relation_margins(batch, analytic).unbind(1), strict=True))
        columns['contact'] = CONTACT_DISTANCE_M - gap
        margins = torch.stack([columns[name] for name in names], dim=1)
        seen = log_relation_likelihood(margins, self.sign, config.relation_temperature_m)
        depth = torch.nn.functional.softplus(-gap / config.contact_std_m).sum((-1, -2)) / 2
        touch = (self.touching * (gap / config.contact_std_m).square()).sum((-1, -2)) / 4
        return config.relation_weight * self.pairs * seen - depth - touch

    def start(self, rng: np.random.Generator) -> torch.Tensor:
        """Returns the particles to start from, (S, d).

        Seen objects start closer together than the prior. Where an object was not seen, each
        particle is one of several draws, taken in proportion to their density: from the middle
        of space that was seen through no gradient leads into hiding.
        """
        if bool(self.layout.seen.all()):
            return self._draw(rng)
        draws = torch.stack([self._draw(rng) for _ in range(UNSEEN_DRAWS)])
        with torch.no_grad():
            density = torch.stack([self.log_density(draw) for draw in draws])
        noise = torch.tensor(rng.gumbel(size=density.shape), dtype=torch.float32)
        chosen = (density + noise.to(density.device)).argmax(0)
        return draws[chosen, torch.arange(len(chosen), device=chosen.device)]

    def _draw(self, rng: np.random.Generator) -> torch.Tensor:
        layout, config = self.layout, self.config
        n = len(layout.support)
        draw = rng.standard_normal((n, layout.size))
        for group, k in zip(layout.groups, layout.group_object, strict=True):
            scale = config.start_scale if layout.seen[k] else 1.0
            draw[:, list(group)] *= scale
        device = layout.support.device
        particles = torch.tensor(draw, dtype=torch.float32, device=device)
        circular = torch.tensor(layout.circular, device=device)
        return torch.where(circular, np.pi / np.sqrt(3.0) * particles, particles)

    def kernel(self) -> BlockKernel:
        """Returns the kernel: a block per pose and per shape, none across hypotheses."""
        layout = self.layout
        support = layout.support.T[list(layout.group_object)]
        same = (support[:, :, None] == support[:, None, :]).to(torch.float32)
        device = layout.support.device
        return BlockKernel(blocks_of(layout.groups, layout.circular, device=device), same)


def build_state_posterior(
    failure: Failure,
    n: int,
    config: StateConfig,
    tolerance_m: float,
    rng: np.random.Generator,
    device: torch.device | str = 'cpu',
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

    Raises:
        SviError: If nothing in the scene can move.
    """
    before = failure.before
    supports = draw_supports(before, failure.relations_before, n, rng)
    layout = build_layout(before, supports, config, device)
    constraints = build_constraints(before.scene, failure.relations_before, tolerance_m)
    sign = _signs(constraints, layout.fitted.kinds, supports)
    return StatePosterior(
        layout,
        build_bodies(layout.fitted),
        build_evidence(before, 2.0 * config.position_std_m, device),
        constraints,
        torch.tensor(sign, dtype=torch.float32, device=device),
        int(np.triu((constraints.sign != 0.0).any(axis=0), k=1).sum()),
        _touching(constraints, layout),
        config,
    )


def _signs(
    constraints: RelationConstraints, kinds: tuple[ShapeKind, ...], supports: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Observed bits, and per particle its answer to open questions as if it were observed."""
    sign = np.repeat(constraints.sign[None], len(supports), axis=0)
    if 'inside' in constraints.names:
        r = constraints.names.index('inside')
        container = np.array([kind in CONTAINER_KINDS for kind in kinds])
        answer = open_questions(supports) * container
        sign[:, r] = np.where(answer != 0.0, answer, sign[:, r])
    return sign


def _touching(constraints: RelationConstraints, layout: SceneLayout) -> torch.Tensor:
    """Pairs of movable objects seen in contact of which neither ever carries the other, (N, N)."""
    n = len(constraints.object_ids)
    touching = torch.zeros((n + 1, n + 1), device=layout.support.device)
    if 'contact' in constraints.names:
        sign = constraints.sign[constraints.names.index('contact')]
        touching[:n, :n] = torch.tensor(sign > 0, device=touching.device).to(touching.dtype)
    for m, i in enumerate(layout.movable.tolist()):
        carriers = layout.support[:, m]
        touching[i, carriers] = 0.0
        touching[carriers, i] = 0.0
    still = torch.ones(n + 1, device=touching.device)
    still[layout.movable] = 0.0
    return (touching * (1 - still)[:, None] * (1 - still))[:n, :n]
