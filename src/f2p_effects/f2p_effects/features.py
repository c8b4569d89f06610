# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the network sees: tokens per object, pairwise relations, and the call's setting.

Tokens hold positions relative to the acted object in the *motion frame* (x along the planned
displacement) and the relations that hold *now*; neither says where in the room the scene is, so
that what is learned on one table, in one direction and at one yaw holds elsewhere. Only the
feasibility head sees places in ``map``, since reach depends on them.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

from f2p_core.geometry.prisms import gaps, Prisms
from f2p_core.geometry.shapes import SHAPES
from f2p_effects.config import ModelConfig
from f2p_effects.motion import PlannedMotion, to_frame

BIT_SOFTNESS_M = 0.003
"""Width [m] over which a relation bit changes: below the 6 mm wall that bounds ``inside``."""

CONTACT_GAP_M = 0.004
"""Solid-body gap [m] at which the contact bit is one half."""

PAIR_FEATURES = 10
"""Length of what ``_pair_features`` puts together."""

SETTING_FEATURES = 7
"""Length of what says how an object stands to the acted one and the target."""

PLACE_FEATURES = 12
"""Length of what ``_place`` puts together."""

_TOKEN_GEOMETRY = 29
"""Length of what a token says of geometry."""


def token_features(config: ModelConfig) -> int:
    """Returns the length of a token."""
    named = len(config.shape_kinds) + len(config.skill_names)
    return _TOKEN_GEOMETRY + SETTING_FEATURES + named + config.cloud_latent


class Relations(NamedTuple):
    """Margins [m] of the relations that hold now, each (S, N, N); entry [s, a, b]: a ... b."""

    inside_m: torch.Tensor
    above_m: torch.Tensor


class Call(NamedTuple):
    """One skill call per state; indices and parameters as in ``SkillBatch``."""

    skill: torch.Tensor
    object_index: torch.Tensor
    target_index: torch.Tensor
    parameters: torch.Tensor


class Features(NamedTuple):
    """Inputs of the network but for the cloud features.

    Attributes:
        token: Shape (S, N, F).
        pair: Shape (S, N, N, PAIR_FEATURES).
        place: Where in ``map`` the call happens, shape (S, PLACE_FEATURES).
        acted: One-hot of the acted object, shape (S, N), bool.
        movable: Objects that can move at all, shape (S, N), bool.
        present: Objects that are not padding, shape (S, N), bool.
    """

    token: torch.Tensor
    pair: torch.Tensor
    place: torch.Tensor
    acted: torch.Tensor
    movable: torch.Tensor
    present: torch.Tensor


def make_features(
    prisms: Prisms, relations: Relations, call: Call, planned: PlannedMotion, config: ModelConfig
) -> Features:
    """Computes the inputs; fields of ``prisms`` are (S, N, ...). Differentiable."""
    n = prisms.kind.shape[1]
    acted = torch.nn.functional.one_hot(call.object_index, n).bool()
    target = torch.nn.functional.one_hot(call.target_index, n).bool()
    present = prisms.kind >= 0
    pair = _pair_features(prisms, relations, planned)
    setting = _setting(planned, call, len(config.skill_names))
    token = torch.cat(
        [
            _geometry(prisms, call, planned),
            _bits_with(pair, call.object_index),
            _bits_with(pair, call.target_index),
            torch.stack([acted, target, prisms.fixed], dim=-1).float(),
            _one_hot_kind(prisms.kind, config.shape_kinds),
            setting[:, None, :].expand(-1, n, -1),
        ],
        dim=-1,
    )
    place = _place(prisms, call, planned)
    return Features(token, pair, place, acted, present & ~prisms.fixed, present)


def _one_hot_kind(kind: torch.Tensor, names: tuple[str, ...]) -> torch.Tensor:
    """Which of the kinds a model was made with a body is; none of them: all zeros, (..., K)."""
    known = [names.index(name) + 1 if name in names else 0 for name in SHAPES.names]
    column = torch.tensor([*known, 0], device=kind.device)[kind]  # the last is padding's
    return torch.nn.functional.one_hot(column, len(names) + 1)[..., 1:].float()


def _geometry(prisms: Prisms, call: Call, planned: PlannedMotion) -> torch.Tensor:
    """Sizes, heading, place relative to the acted object's start and planned end: (S, N, 16)."""
    acted = prisms.take(call.object_index)
    direction = planned.direction[:, None, :]
    end = acted.position_m + planned.displacement_m
    from_start = to_frame(prisms.position_m - acted.position_m[:, None], direction)
    from_end = to_frame(prisms.position_m - end[:, None], direction)
    moved = acted.moved(planned.displacement_m, planned.turn_rad).unsqueeze(1)
    to_end = gaps(prisms, moved)
    clearance = torch.stack([to_end.lateral, to_end.vertical], dim=-1)
    return torch.cat(
        [
            prisms.half_m / 0.1,
            from_start / 0.5,
            torch.tanh(from_start / 0.1),
            from_end / 0.5,
            torch.tanh(clearance / 0.03),
            _heading(prisms, planned),
        ],
        dim=-1,
    )


def _heading(prisms: Prisms, planned: PlannedMotion) -> torch.Tensor:
    """Cosine and sine of twice the yaw in the motion frame: boxes look alike after half a turn."""
    across = torch.atan2(planned.direction[:, 1], planned.direction[:, 0])[:, None]
    double = 2.0 * (prisms.yaw_rad - across)
    heading = torch.stack([double.cos(), double.sin()], dim=-1)
    return torch.where(prisms.round[..., None], torch.zeros_like(heading), heading)


def _pair_features(
    prisms: Prisms, relations: Relations, planned: PlannedMotion
) -> torch.Tensor:
    between = gaps(prisms.unsqueeze(2), prisms.unsqueeze(1))
    widest = torch.maximum(between.lateral, between.vertical)
    contact = torch.sigmoid((CONTACT_GAP_M - widest) / BIT_SOFTNESS_M)
    inside = torch.sigmoid(relations.inside_m / BIT_SOFTNESS_M)
    above = torch.sigmoid(relations.above_m / BIT_SOFTNESS_M)
    offset = prisms.position_m[:, None, :] - prisms.position_m[:, :, None]
    offset = to_frame(offset, planned.direction[:, None, None, :])
    bits = [contact, inside, inside.transpose(1, 2), above, above.transpose(1, 2)]
    apart = [torch.tanh(between.lateral / 0.05), torch.tanh(between.vertical / 0.05)]
    return torch.cat([torch.stack(bits + apart, dim=-1), torch.tanh(offset / 0.3)], dim=-1)


def _bits_with(pair: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """Relations of every object with one object per state, both directions: (S, N, 5)."""
    rows = torch.arange(index.shape[0], device=index.device)
    return 2.0 * pair[rows, :, index, :5]


def _setting(planned: PlannedMotion, call: Call, n_skills: int) -> torch.Tensor:
    """The call as every token sees it: length and turn of the motion, skill: (S, 7 + skills)."""
    flat = planned.displacement_m[:, :2].norm(dim=-1)
    turn = planned.turn_rad
    skill = torch.nn.functional.one_hot(call.skill, n_skills).float()
    numbers = torch.stack(
        [
            flat / 0.5,
            torch.tanh(flat / 0.1),
            planned.displacement_m[:, 2] / 0.2,
            turn.cos(),
            turn.sin(),
            torch.tanh(planned.displacement_m[:, 2] / 0.03),
            planned.sideways_m / 0.03,
        ],
        dim=-1,
    )
    return torch.cat([numbers, skill], dim=-1)


def _place(prisms: Prisms, call: Call, planned: PlannedMotion) -> torch.Tensor:
    """Start and end in ``map`` and kinds involved: (S, PLACE_FEATURES)."""
    acted, target = prisms.take(call.object_index), prisms.take(call.target_index)
    end = acted.position_m + planned.displacement_m
    yaw = acted.yaw_rad + planned.turn_rad
    flags = torch.stack([acted.hollow, target.hollow], dim=-1).float()
    return torch.cat(
        [
            acted.position_m[:, :2],
            end[:, :2],
            planned.direction,
            torch.stack([yaw.cos(), yaw.sin()], dim=-1),
            acted.heading,
            flags,
        ],
        dim=-1,
    )
