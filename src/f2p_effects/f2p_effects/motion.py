# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a skill call asks of the acted object, and rigid motion of the others with it."""

from __future__ import annotations

from collections.abc import Callable
import math
from typing import NamedTuple

import torch

from f2p_core.geometry.fit import resting_height_m
from f2p_core.geometry.prisms import Prisms
from f2p_effects.errors import EffectsError

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


class Command(NamedTuple):
    """Displacement (S, 3) [m], turn (S,) [rad] and sideways offset (S,) [m] a skill asks for."""

    displacement_m: torch.Tensor
    turn_rad: torch.Tensor
    sideways_m: torch.Tensor


Displacement = Callable[[Prisms, Prisms, torch.Tensor], Command]
"""(acted, target, parameters (S, 3)) → what the skill asks of the acted object."""


def _pick_place(acted: Prisms, target: Prisms, parameters: torch.Tensor) -> Command:
    """Put down at (x, y, yaw) of the target's frame, resting on its floor or top (upright)."""
    height = resting_height_m(acted, target)
    local = torch.cat([parameters[:, :2], height[:, None]], dim=-1)
    end = target.position_m + _turned(local, target.heading[:, 0], target.heading[:, 1])
    turn = target.yaw_rad + parameters[:, 2] - acted.yaw_rad
    turn = torch.where(acted.round, torch.zeros_like(turn), wrap(turn))
    return Command(end - acted.position_m, turn, torch.zeros_like(turn))


def _push(acted: Prisms, target: Prisms, parameters: torch.Tensor) -> Command:
    """Along a straight line given in the target's frame, without turning."""
    heading = target.yaw_rad + parameters[:, 0]
    distance = parameters[:, 1]
    flat = torch.stack([distance * heading.cos(), distance * heading.sin()], dim=-1)
    still = torch.zeros_like(distance)
    return Command(torch.cat([flat, still[:, None]], dim=-1), still, parameters[:, 2])


MIRROR_SIGNS: dict[str, tuple[float, float, float]] = {
    'pick_place': (1.0, -1.0, -1.0),
    'push': (-1.0, 1.0, -1.0),
}
"""Signs of a skill's parameters in the scene mirrored at the plane y = 0 of ``map``."""

DISPLACEMENTS: dict[str, Displacement] = {'pick_place': _pick_place, 'push': _push}
"""What each skill asks for; a further skill adds its function here before a model is built."""


def planned_motion(
    bodies: Prisms,
    skill_names: tuple[str, ...],
    skill: torch.Tensor,
    object_index: torch.Tensor,
    target_index: torch.Tensor,
    parameters: torch.Tensor,
) -> PlannedMotion:
    """Returns the motion the calls ask for; fields of ``bodies`` are (S, N, ...).

    Raises:
        EffectsError: If a skill has no displacement function.
    """
    acted, target = bodies.take(object_index), bodies.take(target_index)
    zero = torch.zeros_like(acted.position_m)
    command = Command(zero, zero[:, 0], zero[:, 0])
    for index, name in enumerate(skill_names):
        if name not in DISPLACEMENTS:
            raise EffectsError(
                f'skill {name!r} has no planned motion; add it to f2p_effects.motion.DISPLACEMENTS'
            )
        asked = DISPLACEMENTS[name](acted, target, parameters)
        chosen = skill == index
        command = Command(
            torch.where(chosen[:, None], asked.displacement_m, command.displacement_m),
            torch.where(chosen, asked.turn_rad, command.turn_rad),
            torch.where(chosen, asked.sideways_m, command.sideways_m),
        )
    direction = _direction(command.displacement_m)
    return PlannedMotion(command.displacement_m, command.turn_rad, direction, command.sideways_m)


def _direction(displacement: torch.Tensor) -> torch.Tensor:
    """Horizontal direction; the map's x axis where nothing moves."""
    flat = displacement[:, :2]
    still = flat.abs().amax(dim=-1, keepdim=True) < _STEADY
    flat = torch.where(still, torch.tensor([1.0, 0.0]).to(flat), flat)
    unit: torch.Tensor = flat / flat.norm(dim=-1, keepdim=True)
    return unit


def wrap(angle: torch.Tensor) -> torch.Tensor:
    """Wraps angles to [−π, π) [rad]."""
    return torch.remainder(angle + math.pi, 2 * math.pi) - math.pi


def to_frame(vector: torch.Tensor, direction: torch.Tensor) -> torch.Tensor:
    """Turns ``map`` vectors (..., 3) into the motion frame with unit x axis (..., 2)."""
    return _turned(vector, direction[..., 0], -direction[..., 1])


def from_frame(vector: torch.Tensor, direction: torch.Tensor) -> torch.Tensor:
    """Turns vectors (..., 3) of the motion frame into ``map``."""
    return _turned(vector, direction[..., 0], direction[..., 1])


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
    turned = _turned(offset, turn.cos()[..., None], turn.sin()[..., None])
    return turned - offset + displacement[..., None, :]


def turned_about_z(rotation: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    """Left-multiplies rotations (..., 3, 3) by turns (...) [rad] about ``map`` z."""
    c, s = angle.cos()[..., None], angle.sin()[..., None]
    x, y, z = rotation.unbind(dim=-2)
    return torch.stack([c * x - s * y, s * x + c * y, z.expand_as(c * x)], dim=-2)


def _turned(vector: torch.Tensor, c: torch.Tensor, s: torch.Tensor) -> torch.Tensor:
    x, y, z = vector.unbind(dim=-1)
    return torch.stack([c * x - s * y, s * x + c * y, z.expand_as(c * x)], dim=-1)
