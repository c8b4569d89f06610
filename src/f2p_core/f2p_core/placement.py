# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bounds of skill parameters for an object and a target of a scene."""

from __future__ import annotations

import numpy as np

from f2p_core.geometry.fit import Bounds, placement_bounds
from f2p_core.scene import Scene
from f2p_core.skill import PICK_PLACE, skill_spec


def call_bounds(scene: Scene, skill: str, object_id: str, target_id: str) -> Bounds:
    """Returns the bounds of a skill's parameters for an object and a target.

    For ``pick_place`` the target's placement bounds within the skill's own; for other skills the
    skill's own.

    Returns:
        Lowest and highest parameters, each shape (3,), in the order and units of the skill's
        specification.

    Raises:
        InvalidInputError: If the skill or one of the objects is not known.
    """
    spec = skill_spec(skill)
    low = np.array([p.low for p in spec.parameters])
    high = np.array([p.high for p in spec.parameters])
    item, target = scene.object(object_id), scene.object(target_id)
    if spec.name == PICK_PLACE.name:
        room_low, room_high = placement_bounds(item.shape, target.shape)
        low[:2] = np.maximum(low[:2], room_low)
        high[:2] = np.minimum(high[:2], room_high)
    return low, high
