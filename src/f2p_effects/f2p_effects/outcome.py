# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
r"""From the network's outputs to displacements, their spread, and the relations after the skill.

Where the acted object a moves by (d, θ), an object i at the offset :math:`o_i` from it moves by

.. math:: \Delta p_i = \alpha_i [R_z(\theta) o_i - o_i + d] + F r_i , \qquad
          \Delta\psi_i = \alpha_i \theta + \rho_i

with its attachment :math:`\alpha_i \in [0, 1]`, its residual :math:`(r_i, \rho_i)`, and F from
the frame of the motion to ``map``. What is attached is learned: the network starts with no object
attached but the acted one. The acted object's placement noise, of Laplace scale :math:`b_a`, is
shared by what is attached to it, so that the content of a carried container is uncertain in the
room but not within the container:

.. math:: b_i^2 \to \alpha_i^2 b_a^2 + b_i^2 , \qquad
          b_{ij}^2 = (\alpha_i - \alpha_j)^2 b_a^2 + b_i^2 + b_j^2

All of this is this project's choice (``docs/method.md``); scales add as variances do, as if their
sum were Laplace again.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

from f2p_core.batch import SceneBatch
from f2p_core.geometry.prisms import Prisms
from f2p_core.geometry.rigid import turned_about_z
from f2p_core.relations import relation_margins
from f2p_effects.features import Features
from f2p_effects.motion import from_frame, PlannedMotion, rigid_displacement
from f2p_effects.network import MotionOutput

_LEAST_PAIR_SCALE_M = 5e-4
"""Laplace scale that even two attached objects keep [m]: the least the network predicts."""


class Motion(NamedTuple):
    """Displacements of every object per member.

    Attributes:
        delta_position_m: In ``map``, shape (E, S, N, 3) [m].
        delta_yaw_rad: About z, shape (E, S, N) [rad].
        delta_std: Of (x, y, z [m], yaw [rad]), shape (E, S, N, 4).
        pair_scale_m: Laplace scale of the position of one object relative to another, shape
            (E, S, N, N) [m].
    """

    delta_position_m: torch.Tensor
    delta_yaw_rad: torch.Tensor
    delta_std: torch.Tensor
    pair_scale_m: torch.Tensor


class RigidMotion(NamedTuple):
    """Motion of the acted object: displacement (..., S, 3) [m] and turn (..., S) [rad]."""

    displacement_m: torch.Tensor
    turn_rad: torch.Tensor


def acted_motion(
    output: MotionOutput, features: Features, planned: PlannedMotion
) -> RigidMotion:
    """Returns the acted object's motion as the members expect it: planned plus residual."""
    acted = features.acted.to(output.residual_m)[..., None]
    residual = (output.residual_m * acted).sum(dim=2)
    turn = (output.residual_yaw_rad * acted[..., 0]).sum(dim=2)
    moved = planned.displacement_m + from_frame(residual, planned.direction)
    return RigidMotion(moved, planned.turn_rad + turn)


def displaced(
    output: MotionOutput,
    features: Features,
    planned: PlannedMotion,
    prisms: Prisms,
    leader: RigidMotion,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns displacements (E, S, N, 3) [m] and turns (E, S, N) [rad] given the leader's motion.

    The acted object's own entry is planned plus residual whatever ``leader`` is.
    """
    acted = features.acted
    own = acted_motion(output, features, planned)
    offset = prisms.position_m - _acted_position(prisms, acted)[:, None]
    rigid = rigid_displacement(offset, leader.displacement_m, leader.turn_rad)
    residual = from_frame(output.residual_m, planned.direction[:, None])
    free = output.attachment[..., None] * rigid + residual
    turn = output.attachment * leader.turn_rad[..., None] + output.residual_yaw_rad
    moves = features.movable
    free = torch.where(acted[..., None], own.displacement_m[..., None, :], free)
    turn = torch.where(acted, own.turn_rad[..., None], turn)
    return free * moves[..., None], turn * moves


def compose(
    output: MotionOutput, features: Features, planned: PlannedMotion, prisms: Prisms
) -> Motion:
    """Puts the members' motions and their noise together."""
    leader = acted_motion(output, features, planned)
    position, turn = displaced(output, features, planned, prisms, leader)
    own = _map_variance(output.noise, planned) * features.movable[..., None]
    acted = features.acted.to(own)
    shared = (own * acted[..., None]).sum(dim=2, keepdim=True)
    share = output.attachment * features.movable
    others = own * (1.0 - acted[..., None])
    total = share[..., None].square() * shared + others
    pair = _pair_variance(share, _scalar(shared[..., :3]), _scalar(others[..., :3]))
    # A Laplace distribution of scale b has the standard deviation √2·b.
    return Motion(position, turn, (2.0 * total + 1e-12).sqrt(), pair.sqrt())


def member_relations(
    geometry: SceneBatch, motion: Motion, names: tuple[str, ...]
) -> torch.Tensor:
    r"""Returns P(relation) per member from analytic margins, shape (E, S, R, N, N).

    Margins are piecewise linear in the objects' relative positions, so that the chance of a
    positive margin m under the member's Laplace noise of scale b follows in closed form: the limit
    of many samples, and smooth in the parameters. It is the distribution function of the Laplace
    distribution,

    .. math:: P(m + \epsilon \geq 0) = \begin{cases}
              1 - \tfrac12 e^{-m/b} & m \geq 0 \\ \tfrac12 e^{m/b} & m < 0 . \end{cases}
    """
    margins = relation_margins(moved_batch(geometry, motion), names)
    e, s, n = motion.delta_yaw_rad.shape
    margins = margins.reshape(e, s, len(names), n, n)
    ratio = margins / motion.pair_scale_m[:, :, None]
    tail = 0.5 * torch.exp(-ratio.abs())
    return torch.where(margins >= 0, 1.0 - tail, tail)


def moved_batch(geometry: SceneBatch, motion: Motion) -> SceneBatch:
    """Returns the members' end scenes as one batch of E·S scenes, member by member."""
    position = geometry.position_m + motion.delta_position_m
    rotation = turned_about_z(geometry.rotation, motion.delta_yaw_rad)
    dimensions = geometry.dimensions.expand(position.shape[0], -1, -1, -1)
    return SceneBatch(
        geometry.object_ids,
        geometry.kinds,
        geometry.fixed,
        position.flatten(0, 1),
        rotation.flatten(0, 1),
        dimensions.flatten(0, 1),
    )


def _acted_position(prisms: Prisms, acted: torch.Tensor) -> torch.Tensor:
    position: torch.Tensor = (prisms.position_m * acted[..., None]).sum(dim=1)
    return position


def _map_variance(noise: torch.Tensor, planned: PlannedMotion) -> torch.Tensor:
    """Squared scales of (x, y, z, yaw) from those of (along, across, z, yaw)."""
    along, across, up, yaw = noise.square().unbind(dim=-1)
    c2, s2 = planned.direction.square()[:, None].unbind(dim=-1)
    return torch.stack([c2 * along + s2 * across, s2 * along + c2 * across, up, yaw], dim=-1)


def _scalar(variance: torch.Tensor) -> torch.Tensor:
    """One squared scale for a direction not known beforehand: horizontal mean plus vertical."""
    return (variance[..., 0] + variance[..., 1]) / 2 + variance[..., 2]


def _pair_variance(
    share: torch.Tensor, shared: torch.Tensor, own: torch.Tensor
) -> torch.Tensor:
    """Squared scale of relative positions: what both share with the acted object cancels."""
    difference = (share[..., :, None] - share[..., None, :]).square()
    least = _LEAST_PAIR_SCALE_M**2
    return difference * shared[..., None] + own[..., :, None] + own[..., None, :] + least
