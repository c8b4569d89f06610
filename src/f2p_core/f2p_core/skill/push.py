# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The skill ``push``: a straight line over the support."""

from __future__ import annotations

import math

import array_api_compat

from f2p_core.geometry.prisms import prism_of, Prisms
from f2p_core.scene import SceneObject
from f2p_core.skill.definition import Array, Call, Command, Pair, Parameter, Parameters, Skill


def _planned(acted: Prisms, target: Prisms, parameters: Array) -> Command:
    """Along a straight line given in the target's frame, without turning."""
    del acted
    xp = array_api_compat.array_namespace(parameters)
    heading = target.yaw_rad + parameters[..., 0]
    distance = parameters[..., 1]
    still = xp.zeros_like(distance)
    way = xp.stack([distance * xp.cos(heading), distance * xp.sin(heading), still], axis=-1)
    return Command(way, still, parameters[..., 2])


def _grounded(parameters: Parameters, seen: Pair, real: Pair) -> Parameters:
    """Carries the direction over: the same in map."""
    direction, distance, offset = parameters
    turned = direction + seen.target.pose_map.yaw_rad - real.target.pose_map.yaw_rad
    return math.remainder(turned, math.tau), distance, offset


def _allows(item: SceneObject, target: SceneObject) -> bool:
    """Furniture; within a container, where walls are near, there is no room to push."""
    del item
    return target.fixed and not prism_of(target.shape).hollow


def _words(call: Call) -> str:
    """Returns for example ``push object_1 0.10 m towards 90°``."""
    direction = math.degrees(call.parameters[0])
    return f'{call.skill} {call.object_id} {call.parameters[1]:.2f} m towards {direction:.0f}°'


PUSH = Skill(
    name='push',
    description='Push the object along a straight line over the support it stands on.',
    parameters=(
        Parameter(
            'direction_rad',
            -math.pi,
            math.pi,
            'direction in the target frame',
            circular=True,
            mirror=-1,
        ),
        Parameter('distance_m', 0.02, 0.25, 'length of the push after first contact'),
        Parameter('offset_m', -0.03, 0.03, 'sideways offset of the pushing fingertip', mirror=-1),
    ),
    planned=_planned,
    grounded=_grounded,
    allows=_allows,
    slides=True,
    needs_free_end=False,
    words=_words,
)
