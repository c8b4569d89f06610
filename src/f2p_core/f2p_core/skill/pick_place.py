# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The skill ``pick_place``: grasp, lift, carry, put down."""

from __future__ import annotations

import math

import array_api_compat
import numpy as np

from f2p_core.geometry.fit import Bounds, placement_bounds, resting_height_m
from f2p_core.geometry.prisms import Prisms
from f2p_core.geometry.rigid import turned_xy, wrapped
from f2p_core.geometry.shapes import Shape
from f2p_core.scene import SceneObject
from f2p_core.skill.definition import Array, Command, Pair, Parameter, Parameters, Skill
from f2p_core.skill.hand import can_grasp, Hand


def _planned(acted: Prisms, target: Prisms, parameters: Array) -> Command:
    """Put down at (x, y, yaw) of the target's frame, resting on its floor or top (upright)."""
    xp = array_api_compat.array_namespace(parameters)
    x, y = parameters[..., 0], parameters[..., 1]
    c, s = target.heading[..., 0], target.heading[..., 1]
    offset = xp.broadcast_arrays(*turned_xy(x, y, c, s), resting_height_m(acted, target))
    end = target.position_m + xp.stack(offset, axis=-1)
    turn = target.yaw_rad + parameters[..., 2] - acted.yaw_rad
    return Command(end - acted.position_m, wrapped(turn), xp.zeros_like(turn))


def _grounded(parameters: Parameters, seen: Pair, real: Pair) -> Parameters:
    """Carries (x, y, yaw) over: same place in map, same turn of the object about z."""
    x, y, yaw = parameters
    place = seen.target.pose_map.to_parent(np.array([x, y, 0.0]))
    x, y, _ = real.target.pose_map.to_child(place).tolist()
    turn = yaw + seen.target.pose_map.yaw_rad - seen.item.pose_map.yaw_rad
    yaw = turn + real.item.pose_map.yaw_rad - real.target.pose_map.yaw_rad
    return x, y, math.remainder(yaw, math.tau)


def _room(item: Shape, target: Shape) -> Bounds:
    """Within the top or the cavity of the target; any yaw."""
    low, high = placement_bounds(item, target)
    return np.append(low, -math.inf), np.append(high, math.inf)


def _hand_fits(item: SceneObject, hand: Hand) -> bool:
    return can_grasp(hand, item.shape, item.pose_map.rotation())


PICK_PLACE = Skill(
    name='pick_place',
    description='Grasp the object, lift it, carry it to the target, put it down there and let go.',
    parameters=(
        Parameter('x_m', -0.6, 0.6, 'x of the object centre at release, in the target frame'),
        Parameter(
            'y_m', -0.6, 0.6, 'y of the object centre at release, in the target frame', mirror=-1
        ),
        Parameter(
            'yaw_rad',
            -math.pi,
            math.pi,
            'yaw of the object in the target frame',
            circular=True,
            mirror=-1,
            is_yaw=True,
            near=0.5,
        ),
    ),
    planned=_planned,
    grounded=_grounded,
    room=_room,
    hand_fits=_hand_fits,
)
