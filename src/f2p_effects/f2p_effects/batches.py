# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Training batches: a data set as torch tensors, with the inputs that cost time made once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.geometry.prisms import make_prisms, Prisms
from f2p_core.geometry.rigid import of_quaternions
from f2p_core.relations import ABOVE, INSIDE
from f2p_core.skill import mirror_signs
from f2p_effects.data import ExecutionDataset
from f2p_effects.features import Call, Relations
from f2p_effects.kind_groups import clouds_of, margins_of

CLOUD_NOISE_M = 0.002
"""Noise of the clouds in training [m]: that of a depth camera nearby."""

_UPRIGHT = 0.95
"""Least cosine of the tilt caused by a skill at which a turn about z is still a label."""


class TrainingBatch(NamedTuple):
    """B executions as tensors.

    Attributes:
        prisms: Before the skill, fields (B, N, ...).
        relations: Before the skill.
        call: The skill calls.
        clouds_object: Clouds in object axes, (B, N, P, 3) [m].
        delta_position_m: True displacements, (B, N, 3) [m].
        delta_yaw_rad: True turns about z, (B, N) [rad].
        has_position, has_yaw: Which of them are labels, (B, N), bool.
        contact: True contact afterwards, (B, N, N), bool.
        succeeded: Whether the motion succeeded, (B,), bool.
    """

    prisms: Prisms
    relations: Relations
    call: Call
    clouds_object: torch.Tensor
    delta_position_m: torch.Tensor
    delta_yaw_rad: torch.Tensor
    has_position: torch.Tensor
    has_yaw: torch.Tensor
    contact: torch.Tensor
    succeeded: torch.Tensor

    def take(self, index: torch.Tensor) -> TrainingBatch:
        """Returns the executions at the given positions."""
        return TrainingBatch(
            Prisms(*(f[index] for f in self.prisms)),
            Relations(*(f[index] for f in self.relations)),
            Call(*(f[index] for f in self.call)),
            *(f[index] for f in self[3:]),
        )


def training_batch(
    dataset: ExecutionDataset,
    skill_names: Sequence[str],
    *,
    cloud_points: int,
    seed: int,
    device: str = 'cpu',
) -> TrainingBatch:
    """Returns a whole data set as tensors.

    Args:
        dataset: The executions.
        skill_names: Skills of the model that is trained, in its order.
        cloud_points: Points per cloud.
        seed: Seed of the clouds' noise.
        device: Torch device.

    Raises:
        InvalidInputError: If there are executions of a skill the model does not know.
    """
    dataset = dataset.for_skills(skill_names)
    clouds = clouds_of(dataset, cloud_points, CLOUD_NOISE_M, np.random.default_rng(seed))
    before = of_quaternions(dataset.before_rotation.astype(np.float64))
    after = of_quaternions(dataset.after_rotation.astype(np.float64))
    position = dataset.before_position_m.astype(np.float64)
    margins = margins_of(dataset, position, before, (INSIDE.name, ABOVE.name))
    relative = after @ before.swapaxes(-1, -2)

    def real(array: NDArray[Any]) -> torch.Tensor:
        return torch.tensor(array, dtype=torch.float32, device=device)

    def whole(array: NDArray[Any]) -> torch.Tensor:
        return torch.tensor(array.astype(np.int64), device=device)

    def flag(array: NDArray[Any]) -> torch.Tensor:
        return torch.tensor(array, dtype=torch.bool, device=device)

    kind = whole(dataset.kind)
    fixed = flag(dataset.fixed)
    prisms = make_prisms(real(position), real(before), real(dataset.dimensions), kind, fixed)
    has_position = flag(dataset.labelled & dataset.present & dataset.succeeded[:, None])
    has_position &= ~prisms.fixed
    return TrainingBatch(
        prisms,
        Relations(real(margins[..., 0]), real(margins[..., 1])),
        Call(
            whole(dataset.skill),
            whole(dataset.object_index),
            whole(dataset.target_index),
            real(dataset.parameters),
        ),
        real(clouds),
        real(dataset.after_position_m - dataset.before_position_m),
        real(np.arctan2(relative[..., 1, 0], relative[..., 0, 0])),
        has_position,
        has_position & ~prisms.round & flag(relative[..., 2, 2] > _UPRIGHT),
        flag(dataset.contact),
        flag(dataset.succeeded),
    )


def mirrored(batch: TrainingBatch, skill_names: tuple[str, ...]) -> TrainingBatch:
    """Returns the executions as seen in a mirror at the plane y = 0 of ``map``.

    The network works in the frame of the motion, in which a mirror in x is the same as one in y:
    this one covers both. Distances, and with them relation margins and contact, stay as they are.
    """
    flip = torch.tensor([1.0, -1.0, 1.0]).to(batch.delta_position_m)
    prisms = batch.prisms
    call = batch.call
    width = call.parameters.shape[1]
    signs = torch.tensor([mirror_signs(name, width) for name in skill_names]).to(flip)
    return batch._replace(
        prisms=prisms._replace(
            position_m=prisms.position_m * flip, heading=prisms.heading * flip[:2]
        ),
        call=call._replace(parameters=call.parameters * signs[call.skill]),
        clouds_object=batch.clouds_object * flip,
        delta_position_m=batch.delta_position_m * flip,
        delta_yaw_rad=-batch.delta_yaw_rad,
    )
