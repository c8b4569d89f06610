# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
r"""What training minimises.

.. math:: L = L_\text{motion} + w_n L_\text{noise} + w_f L_\text{feasible} + w_c L_\text{contact}

The parts and their weights are this project's choice (the paper's loss is not known to us). Per
execution s, member e and object i, :math:`\Delta_{si}` is what was seen,
:math:`\hat\Delta_{esi}` what is expected, and :math:`u_{es}` how often the bootstrap drew s for e.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import nn

from f2p_core.geometry.prisms import Prisms
from f2p_core.geometry.rigid import wrapped
from f2p_effects.batches import TrainingBatch
from f2p_effects.contact import contact_features
from f2p_effects.features import Features, make_features
from f2p_effects.motion import planned_motion, PlannedMotion, to_frame
from f2p_effects.network import EffectNetwork, MotionOutput
from f2p_effects.outcome import compose, displaced, RigidMotion

_SMOOTH_M = 0.001
"""Errors below this count as their square, which is smooth at 0 [m]; chosen, not tuned."""

_YAW_LEVER_M = 0.1
"""Turns count like the displacement they cause at this distance [m]."""

_SCALE_M = 0.02
"""Error that counts as 1, so that the parts are of one size [m]; chosen, not tuned."""

_NOISE_WEIGHT = 0.2
"""Less than 1: the noise follows the means and must not lead them; chosen, not tuned."""

_MOST_SCALES = 5.0
"""Errors beyond this many noise scales pull at the scale no further; chosen, not tuned."""

_FEASIBLE_WEIGHT = 0.3
"""Less than 1: the motion matters most; chosen, not tuned."""

_CONTACT_WEIGHT = 0.3
"""As that of feasibility."""


class Losses(NamedTuple):
    """Parts of the loss, scalars that are summed."""

    motion: torch.Tensor
    noise: torch.Tensor
    feasible: torch.Tensor
    contact: torch.Tensor

    @property
    def total(self) -> torch.Tensor:
        """The sum that is minimised."""
        return self.motion + self.noise + self.feasible + self.contact


def losses(
    network: EffectNetwork, batch: TrainingBatch, weight: torch.Tensor, member: int
) -> Losses:
    """Computes the loss of a batch.

    Displacements are fitted given the true motion of the acted object, so that what moves along
    is not blamed for where the acted one was put down.

    Args:
        network: The network.
        batch: B executions.
        weight: Weight of each execution for each member (the bootstrap), (E, B).
        member: The member whose predicted poses the contact head is trained on this time.
    """
    names = network.config.skill_names
    planned = planned_motion(batch.prisms, names, *batch.call)
    features = make_features(batch.prisms, batch.relations, batch.call, planned, network.config)
    output = network(features, network.encoder(batch.clouds_object))
    rows = torch.arange(len(batch.succeeded), device=batch.succeeded.device)
    leader = RigidMotion(
        batch.delta_position_m[rows, batch.call.object_index],
        batch.delta_yaw_rad[rows, batch.call.object_index],
    )
    position, turn = displaced(output, features, planned, batch.prisms, leader)
    error_m = position - batch.delta_position_m
    error_rad = wrapped(turn - batch.delta_yaw_rad)
    return Losses(
        _motion_loss(error_m, error_rad, batch, weight),
        _NOISE_WEIGHT * _noise_loss(output, error_m, error_rad, batch, planned),
        _FEASIBLE_WEIGHT * _feasible_loss(output, batch, weight),
        _CONTACT_WEIGHT * _contact_loss(network, output, features, planned, batch, member),
    )


def _motion_loss(
    error_m: torch.Tensor, error_rad: torch.Tensor, batch: TrainingBatch, weight: torch.Tensor
) -> torch.Tensor:
    r"""How far off displacements and turns are; smooth at 0, linear far out.

    .. math:: L_\text{motion} = \frac{1}{c} \,
        \frac{\sum u_{es} \left[ m_{si} \sqrt{\|\hat\Delta p - \Delta p\|^2 + \varepsilon^2}
        + n_{si} \, \ell \sqrt{(\hat\Delta\psi - \Delta\psi)^2 + (\varepsilon/\ell)^2}
        \right]}{\sum u_{es} \, m_{si}}

    with c, ε and the lever ℓ as constants above, and m, n saying where position and yaw are known.
    The pseudo-Huber (Charbonnier) loss: a few far-off objects do not outvote the rest.
    """
    distance = (error_m.square().sum(dim=-1) + _SMOOTH_M**2).sqrt()
    angle = (error_rad.square() + (_SMOOTH_M / _YAW_LEVER_M) ** 2).sqrt() * _YAW_LEVER_M
    per_object = distance * batch.has_position + angle * batch.has_yaw
    weighted = per_object * weight[..., None]
    count = (batch.has_position * weight[..., None]).sum()
    return weighted.sum() / count.clamp(min=1.0) / _SCALE_M


def _noise_loss(
    output: MotionOutput,
    error_m: torch.Tensor,
    error_rad: torch.Tensor,
    batch: TrainingBatch,
    planned: PlannedMotion,
) -> torch.Tensor:
    r"""Negative log likelihood of the errors under Laplace noise; the means are left alone.

    .. math:: -\ln p(\epsilon \mid b) = \ln 2b + \frac{|\epsilon|}{b}

    per component (along, across, up, yaw) of the error ε, b the predicted scale: the density of a
    Laplace distribution, averaged over what is known.

    Its gradient in the log scale, 1 − |error| / scale, is capped: what moves along for the first
    time is off by hundreds of scales, and would otherwise be explained as noise before it is
    learned.
    """
    local = to_frame(error_m.detach(), planned.direction[:, None])
    error = torch.cat([local, error_rad.detach()[..., None]], dim=-1).abs()
    log_scale = output.noise.log()
    ratio = error / output.noise.detach()
    pull = log_scale * (1.0 - ratio.clamp(max=_MOST_SCALES))
    value = (log_scale + math.log(2.0) + ratio - pull).detach() + pull
    mask = torch.cat(
        [batch.has_position[..., None].expand(-1, -1, 3), batch.has_yaw[..., None]], dim=-1
    )
    return (value * mask).sum() / (mask.sum() * output.noise.shape[0]).clamp(min=1)


def _feasible_loss(
    output: MotionOutput, batch: TrainingBatch, weight: torch.Tensor
) -> torch.Tensor:
    r"""Cross entropy of the motion's success y.

    .. math:: L_\text{feasible} =
        -\frac{\sum u_{es} [y_s \ln f_{es} + (1 - y_s) \ln(1 - f_{es})]}{\sum u_{es}}
    """
    truth = batch.succeeded.to(weight).expand_as(weight)
    loss = nn.functional.binary_cross_entropy_with_logits(
        output.feasible_logit, truth, weight=weight, reduction='sum'
    )
    return loss / weight.sum()


def _contact_loss(
    network: EffectNetwork,
    output: MotionOutput,
    features: Features,
    planned: PlannedMotion,
    batch: TrainingBatch,
    member: int,
) -> torch.Tensor:
    """Cross entropy, as of feasibility, per pair on the poses one member predicts.

    The poses are not changed by it.
    """
    one = MotionOutput(*(field[member : member + 1].detach() for field in output))
    motion = compose(one, features, planned, batch.prisms)
    n = batch.prisms.kind.shape[1]
    rows, columns = torch.triu_indices(n, n, offset=1, device=batch.contact.device)
    moved = batch.prisms.moved(motion.delta_position_m[0], motion.delta_yaw_rad[0])
    known = batch.has_position | (features.present & ~features.movable)
    mask = (known[:, rows] & known[:, columns]) & batch.succeeded[:, None]
    # Furniture among itself teaches nothing.
    mask &= features.movable[:, rows] | features.movable[:, columns]
    logits = network.contact(
        contact_features(
            Prisms(*(field[:, rows][mask] for field in moved)),
            Prisms(*(field[:, columns][mask] for field in moved)),
            motion.pair_scale_m[0][:, rows, columns][mask],
        )
    )
    truth = batch.contact[:, rows, columns][mask].to(logits)
    loss = nn.functional.binary_cross_entropy_with_logits(logits, truth, reduction='sum')
    return loss / mask.sum().clamp(min=1)
