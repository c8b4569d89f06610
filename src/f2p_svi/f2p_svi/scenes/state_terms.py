# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
r"""The terms of the posterior of pre-skill scenes.

.. math:: \ln P(S | R, O) = \ln P(S) + \ln P(O | S) + \ln P(R | S) + \text{const}

``paper_terms`` returns them in this order. The sum is the paper's, the forms are ours:

.. math:: \ln P(S) &= -\tfrac12 \sum_k x_k^2 + \sum_e \ln[\sigma(\kappa x_e) \sigma(-\kappa x_e)]
          - \sum_o \ln(1 + e^{o / \varsigma}) \\
          \ln P(R | S) &= w \, \overline{\ln \sigma(\pm m / \tau)}
          - \sum_g \ln(1 + e^{-g / \varsigma}) - \tfrac12 \sum_c (g_c / \varsigma)^2

with positions k and extents e of a particle x in units of their spread (κ: of a logit), how far o
an object reaches over its support, margins m of the observed bits (w: 50 per pair that has one),
gaps g of all pairs of bodies, which every relation takes for granted, and of seen contacts c. For
P(O | S) see ``log_cloud_likelihood``. What is inferred beyond that (friction, mass) is
one more term.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.failure import Failure
from f2p_core.geometry.shapes import SHAPES
from f2p_core.relations import CONTACT, CONTACT_DISTANCE_M, INSIDE, relation_margins
from f2p_svi.config import StateConfig
from f2p_svi.scenes.cloud_evidence import build_evidence, CloudEvidence, log_cloud_likelihood
from f2p_svi.scenes.constraints import log_relation_likelihood, RelationConstraints
from f2p_svi.scenes.hypotheses import open_questions
from f2p_svi.scenes.parameterization import ABSENT, LOGISTIC_STD, SceneParameterization
from f2p_svi.scenes.terms import DecodedScenes, LogSum, LogTerm

__all__ = [
    'Clouds',
    'NoPenetration',
    'ObservedRelations',
    'OnSupport',
    'PoseAndShapePrior',
    'SeenContacts',
    'StateProblem',
    'Terms',
    'paper_terms',
]

_NO_FIGURES: Mapping[str, float] = {}


class StateProblem(NamedTuple):
    """What terms are built from.

    Attributes:
        failure: Only what was known before the skill is used.
        parameterization: What a particle means.
        supports: Index of each object's support per particle, or ``MAP``, (S, N).
        constraints: Observed relations.
        config: Spreads and temperatures.
        device: Where to compute.
    """

    failure: Failure
    parameterization: SceneParameterization
    supports: NDArray[np.int64]
    constraints: RelationConstraints
    config: StateConfig
    device: torch.device | str


Terms = Callable[[StateProblem], tuple[LogTerm, ...]]
"""Builds the terms of a posterior."""


def paper_terms(problem: StateProblem) -> tuple[LogTerm, ...]:
    """Returns ln P(S), ln P(O | S) and ln P(R | S) of the pre-skill scene S."""
    space, config, constraints = problem.parameterization, problem.config, problem.constraints
    evidence = build_evidence(problem.failure.before, 2.0 * config.position_std_m, problem.device)
    sign = _signs(constraints, space.fitted.kinds, problem.supports)
    pairs = int(np.triu((constraints.sign != 0.0).any(axis=0), k=1).sum())
    prior = LogSum('prior', (PoseAndShapePrior(space), OnSupport(space, config.contact_std_m)))
    clouds = Clouds(evidence, config.cloud_noise_m, config.likelihood_temperature)
    relations = LogSum(
        'symbols',
        (
            ObservedRelations(
                constraints.names,
                torch.tensor(sign, dtype=torch.float32, device=problem.device),
                config.relation_temperature_m,
                config.relation_weight * pairs,
            ),
            NoPenetration(config.contact_std_m),
            SeenContacts(_touching(constraints, space), config.contact_std_m),
        ),
    )
    return (prior, clouds, relations)


@dataclass(frozen=True)
class PoseAndShapePrior:
    """Positions normal about the fitted ones, extents uniform in their range, angles uniform."""

    parameterization: SceneParameterization
    name: str = 'pose_and_shape'

    def log_density(self, scenes: DecodedScenes) -> torch.Tensor:
        """Returns the prior with the Jacobian of the extents' logits, (S,)."""
        space = self.parameterization
        padded = torch.nn.functional.pad(scenes.particles, (0, 1))
        position = -0.5 * padded[:, space.xy_column].square().sum((-1, -2))
        logit = LOGISTIC_STD * padded[:, space.extent_column]
        place = -logit - 2.0 * torch.nn.functional.softplus(-logit)
        return position + (place * (space.extent_column != ABSENT)).sum((-1, -2))

    def figures(self, scenes: DecodedScenes) -> Mapping[str, float]:
        """Nothing more."""
        return _NO_FIGURES


@dataclass(frozen=True)
class OnSupport:
    """Softly keeps every object's middle on the area it stands on.

    Attributes:
        parameterization: Says what stands on what.
        softness_m: Depth over which leaving the area turns unlikely [m].
    """

    parameterization: SceneParameterization
    softness_m: float
    name: str = 'on_support'

    def log_density(self, scenes: DecodedScenes) -> torch.Tensor:
        """Returns minus the softplus of how far each object reaches over its support, (S,)."""
        over = self._over_m(scenes) / self.softness_m
        return -torch.nn.functional.softplus(over).sum((-1, -2))

    def figures(self, scenes: DecodedScenes) -> Mapping[str, float]:
        """``farthest_off_support_m``: most that an object reaches over its support's edge."""
        return {'farthest_off_support_m': float(self._over_m(scenes).amax().clamp_min(0.0))}

    def _over_m(self, scenes: DecodedScenes) -> torch.Tensor:
        """How far objects reach over the edge along x and y of the support, (S, M, 2) [m]."""
        space, batch = self.parameterization, scenes.batch
        rows = torch.arange(len(batch.position_m), device=space.support.device)[:, None]
        half = torch.einsum('nij,snj->sni', space.half, batch.dimensions)
        room = torch.nn.functional.pad(half, (0, 0, 0, 1), value=1e3)[rows, space.support]
        position = torch.nn.functional.pad(batch.position_m, (0, 0, 0, 1))
        eye = torch.eye(3, device=position.device).expand(len(rows), 1, 3, 3)
        rotation = torch.cat([batch.rotation, eye], dim=1)[rows, space.support]
        offset = position[:, space.movable] - position[rows, space.support]
        local = (offset[..., None, :] @ rotation).squeeze(-2)
        inner = half[:, space.movable, :2].amin(-1, keepdim=True)
        return local[..., :2].abs() + inner - room[..., :2]


@dataclass(frozen=True)
class Clouds:
    """What the cameras saw; see ``log_cloud_likelihood``.

    Attributes:
        evidence: Points seen, and seen through.
        noise_m: Noise of seen points [m].
        temperature: Divides what points on and past seen objects say.
    """

    evidence: CloudEvidence
    noise_m: float
    temperature: float
    name: str = 'clouds'

    def log_density(self, scenes: DecodedScenes) -> torch.Tensor:
        """Returns the tempered log likelihood of the clouds, (S,)."""
        return log_cloud_likelihood(
            scenes.batch, scenes.parts, self.evidence, self.noise_m, self.temperature
        )

    def figures(self, scenes: DecodedScenes) -> Mapping[str, float]:
        """Nothing more."""
        return _NO_FIGURES


@dataclass(frozen=True)
class ObservedRelations:
    """Relations that were observed, and what each particle's hypotheses say of open ones.

    Attributes:
        names: R relations.
        sign: +1 holds, −1 does not, 0 open, (S, R, N, N).
        temperature_m: Margin over which a relation turns from unlikely to likely [m].
        weight: Weight of the mean bit.
    """

    names: tuple[str, ...]
    sign: torch.Tensor
    temperature_m: float
    weight: float
    name: str = 'relations'

    def log_density(self, scenes: DecodedScenes) -> torch.Tensor:
        """Returns the weighted mean of ln sigmoid(± margin / temperature), (S,)."""
        seen = log_relation_likelihood(self._margins_m(scenes), self.sign, self.temperature_m)
        return self.weight * seen

    def figures(self, scenes: DecodedScenes) -> Mapping[str, float]:
        """``relation_bits_shown``: share of the bits that the particles show."""
        asked = self.sign != 0.0
        shown = (self._margins_m(scenes) >= 0.0) == (self.sign > 0.0)
        return {'relation_bits_shown': float(shown[asked].float().mean()) if asked.any() else 1.0}

    def _margins_m(self, scenes: DecodedScenes) -> torch.Tensor:
        """Margins of the relations, a contact's from the gap, (S, R, N, N) [m]."""
        gap = scenes.gap_m
        analytic = [name for name in self.names if name != CONTACT.name]
        margins = relation_margins(scenes.batch, analytic).unbind(1)
        columns = dict(zip(analytic, margins, strict=True))
        columns[CONTACT.name] = CONTACT_DISTANCE_M - gap
        return torch.stack([columns[name] for name in self.names], dim=1)


@dataclass(frozen=True)
class NoPenetration:
    """Bodies do not go through each other.

    Attributes:
        softness_m: Depth over which penetration turns unlikely [m].
    """

    softness_m: float
    name: str = 'no_penetration'

    def log_density(self, scenes: DecodedScenes) -> torch.Tensor:
        """Returns minus the softplus of the depths, each pair counted once, (S,)."""
        depth = torch.nn.functional.softplus(-scenes.gap_m / self.softness_m).sum((-1, -2)) / 2
        return -depth

    def figures(self, scenes: DecodedScenes) -> Mapping[str, float]:
        """``deepest_penetration_m``: over all particles."""
        return {'deepest_penetration_m': float((-scenes.gap_m).amax().clamp_min(0.0))}


@dataclass(frozen=True)
class SeenContacts:
    """Movable objects that were seen to touch do.

    Attributes:
        touching: 1 for pairs seen in contact of which neither carries the other, (N, N).
        std_m: Spread of the gap of a contact [m].
    """

    touching: torch.Tensor
    std_m: float
    name: str = 'contacts'

    def log_density(self, scenes: DecodedScenes) -> torch.Tensor:
        """Returns ln N(gap; 0, std) of these pairs, each counted once, (S,)."""
        squared = (self.touching * (scenes.gap_m / self.std_m).square()).sum((-1, -2))
        return -(squared / 4)

    def figures(self, scenes: DecodedScenes) -> Mapping[str, float]:
        """``widest_contact_m``: largest gap of these pairs; none where none was seen."""
        pairs = self.touching > 0.0
        return {'widest_contact_m': float(scenes.gap_m[:, pairs].amax())} if pairs.any() else {}


def _signs(
    constraints: RelationConstraints, kinds: tuple[str, ...], supports: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Observed bits, and per particle its answer to open questions as if it were observed."""
    sign = np.repeat(constraints.sign[None], len(supports), axis=0)
    if INSIDE.name in constraints.names:
        r = constraints.names.index(INSIDE.name)
        container = np.array([SHAPES[kind].hollow for kind in kinds])
        answer = open_questions(supports) * container
        sign[:, r] = np.where(answer != 0.0, answer, sign[:, r])
    return sign


def _touching(constraints: RelationConstraints, space: SceneParameterization) -> torch.Tensor:
    """Pairs of movable objects seen in contact of which neither ever carries the other, (N, N)."""
    n = len(constraints.object_ids)
    touching = torch.zeros((n + 1, n + 1), device=space.support.device)
    if CONTACT.name in constraints.names:
        sign = constraints.sign[constraints.names.index(CONTACT.name)]
        touching[:n, :n] = torch.tensor(sign > 0, device=touching.device).to(touching.dtype)
    for m, i in enumerate(space.movable.tolist()):
        carriers = space.support[:, m]
        touching[i, carriers] = 0.0
        touching[carriers, i] = 0.0
    still = torch.ones(n + 1, device=touching.device)
    still[space.movable] = 0.0
    return (touching * (1 - still)[:, None] * (1 - still))[:n, :n]
