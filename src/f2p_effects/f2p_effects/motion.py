# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a skill call asks of the acted object, and rigid motion of the others with it."""

from __future__ import annotations

from typing import NamedTuple

import torch

from f2p_core.geometry.prisms import Prisms
from f2p_core.geometry.rigid import turned_vectors
from f2p_core.skill import Command, SKILLS

_STEADY = 1e-6
"""Displacements below this [m] have no direction."""


class PlannedMotion(NamedTuple):
    """The commanded rigid motion of the acted object, one per state.

    Attributes:
        displacement_m: In ``map``, shape (S, 3) [m].
        turn_rad: About z, in (−π, π], shape (S,) [rad]; 0 for round objects.
        direction: Unit vector (cos, sin) of the horizontal displacement, shape (S, 2); the x axis
            of the *motion frame* in which the network sees and predicts horizontal vectors.
        sideways_m: Offset of the line of action to the left of the object's centre, (S,) [m].
    """

    displacement_m: torch.Tensor
    turn_rad: torch.Tensor
    direction: torch.Tensor
    sideways_m: torch.Tensor


def planned_motion(
    prisms: Prisms,
    skill_names: tuple[str, ...],
    skill: torch.Tensor,
    object_index: torch.Tensor,
    target_index: torch.Tensor,
    parameters: torch.Tensor,
) -> PlannedMotion:
    """Returns the motion the calls ask for; a round object is not turned.

    Args:
        prisms: The objects, fields (S, N, ...).
        skill_names: What ``skill`` is an index into.
        skill: Index of each state's skill, shape (S,).
        object_index: Acted object, shape (S,).
        target_index: Target support, shape (S,).
        parameters: Shape (S, P).

    Raises:
        InvalidInputError: If a skill is not known.
    """
    acted, target = prisms.take(object_index), prisms.take(target_index)
    zero = torch.zeros_like(acted.position_m)
    command = Command(zero, zero[:, 0], zero[:, 0])
    for index, name in enumerate(skill_names):
        definition = SKILLS[name]
        own = parameters[:, : len(definition.parameters)]
        asked = definition.planned(acted, target, own)
        chosen = skill == index
        command = Command(
            torch.where(chosen[:, None], asked.displacement_m, command.displacement_m),
            torch.where(chosen, asked.turn_rad, command.turn_rad),
            torch.where(chosen, asked.sideways_m, command.sideways_m),
        )
    direction = _direction(command.displacement_m)
    turn = torch.where(acted.round, torch.zeros_like(command.turn_rad), command.turn_rad)
    return PlannedMotion(command.displacement_m, turn, direction, command.sideways_m)


def _direction(displacement: torch.Tensor) -> torch.Tensor:
    """Horizontal direction; the map's x axis where nothing moves."""
    flat = displacement[:, :2]
    still = flat.abs().amax(dim=-1, keepdim=True) < _STEADY
    flat = torch.where(still, torch.tensor([1.0, 0.0]).to(flat), flat)
    unit: torch.Tensor = flat / flat.norm(dim=-1, keepdim=True)
    return unit


def to_frame(vector: torch.Tensor, direction: torch.Tensor) -> torch.Tensor:
    """Turns ``map`` vectors (..., 3) into the motion frame with unit x axis (..., 2)."""
    turned: torch.Tensor = turned_vectors(vector, direction[..., 0], -direction[..., 1])
    return turned


def from_frame(vector: torch.Tensor, direction: torch.Tensor) -> torch.Tensor:
    """Turns vectors (..., 3) of the motion frame into ``map``."""
    turned: torch.Tensor = turned_vectors(vector, direction[..., 0], direction[..., 1])
    return turned


def rigid_displacement(
    offset: torch.Tensor, displacement: torch.Tensor, turn: torch.Tensor
) -> torch.Tensor:
    """Displacement of points that move rigidly with the acted object.

    Args:
        offset: Points relative to the acted object, shape (..., N, 3) [m].
        displacement: Displacement of the acted object, shape (..., 3) [m].
        turn: Its turn about z, shape (...) [rad].

    Returns:
        Displacements in ``map``, shape (..., N, 3) [m].
    """
    turned: torch.Tensor = turned_vectors(offset, turn.cos()[..., None], turn.sin()[..., None])
    return turned - offset + displacement[..., None, :]
