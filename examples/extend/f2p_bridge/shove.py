# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A skill of four parameters: like a push, and at which height the fingers touch."""

from __future__ import annotations

import math
from typing import Any

import array_api_compat

from f2p_core.geometry.prisms import Prisms
from f2p_core.scene import SceneObject
from f2p_core.skill import Command, Pair, Parameter, Parameters, Skill

Array = Any


def _planned(acted: Prisms, target: Prisms, parameters: Array) -> Command:
    """Straight on, without turning: the same for NumPy and torch, and it broadcasts."""
    del acted
    xp = array_api_compat.array_namespace(parameters)
    heading, distance = target.yaw_rad + parameters[..., 0], parameters[..., 1]
    still = xp.zeros_like(distance)
    way = xp.stack([distance * xp.cos(heading), distance * xp.sin(heading), still], axis=-1)
    return Command(way, still, parameters[..., 2])


def _grounded(parameters: Parameters, seen: Pair, real: Pair) -> Parameters:
    """The same direction in ``map``, whatever yaw the target was seen at."""
    direction, *rest = parameters
    turned = direction + seen.target.pose_map.yaw_rad - real.target.pose_map.yaw_rad
    return (math.remainder(turned, math.tau), *rest)


def _allows(item: SceneObject, target: SceneObject) -> bool:
    del item
    return target.fixed


SHOVE = Skill(
    name='shove',
    description='Push the object along a straight line, at a chosen height.',
    parameters=(
        Parameter(
            'direction_rad', -math.pi, math.pi, 'direction in the target frame',
            circular=True, mirror=-1,
        ),
        Parameter('distance_m', 0.02, 0.25, 'length of the shove after first contact'),
        Parameter('offset_m', -0.03, 0.03, 'sideways offset of the fingertips', mirror=-1),
        Parameter('height', 0.15, 0.6, 'where the fingers touch, as a share of its height'),
    ),
    planned=_planned,
    grounded=_grounded,
    allows=_allows,
    slides=True,
    needs_free_end=False,
)  # fmt: skip
