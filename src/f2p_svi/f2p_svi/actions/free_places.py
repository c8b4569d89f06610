# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Calls whose end would be taken by another object are moved to a free place nearby.

A call that cannot be carried out teaches nothing about effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from f2p_core.scene import Scene
from f2p_core.skill import call_bounds, SkillCall
from f2p_effects.clearance import ends_clear

__all__ = ['with_free_ends']

_CLEARANCE_M = 0.03
"""Gap that places keep from other things [m]: placing in simulation is exact to less."""

_DRAWS = 24
"""Places drawn for a call that is not free, of which the first free one is taken."""


class _Kind(NamedTuple):
    """What calls must share to be looked at together."""

    skill: str
    object_id: str
    target_id: str


def with_free_ends(
    scene: Scene, calls: Sequence[SkillCall], spread: float, rng: np.random.Generator
) -> tuple[SkillCall, ...]:
    """Returns the calls, those without a free end drawn anew about themselves.

    Args:
        scene: The scene of all calls.
        calls: Calls of any skills.
        spread: Standard deviation of the new draws, as a share of the call's bounds.
        rng: Source of all randomness.

    Returns:
        One call for each, in order; a call round which nothing is free stays as it is.
    """
    moved = list(calls)
    kinds: dict[_Kind, list[int]] = {}
    for place, call in enumerate(calls):
        kinds.setdefault(_Kind(call.skill, call.object_id, call.target_id), []).append(place)
    for kind, places in kinds.items():
        parameters = np.array([calls[place].parameters for place in places])
        clear = ends_clear(scene, *kind, parameters, _CLEARANCE_M)
        low, high = call_bounds(scene, *kind)
        taken = np.flatnonzero(~clear).tolist()
        for place, start in ((places[row], parameters[row]) for row in taken):
            noise = rng.standard_normal((_DRAWS, len(low)))
            drawn = np.clip(start + spread * (high - low) * noise, low, high)
            free = ends_clear(scene, *kind, drawn, _CLEARANCE_M)
            if free.any():
                chosen = tuple(drawn[int(free.argmax())].tolist())
                moved[place] = calls[place].model_copy(update={'parameters': chosen})
    return tuple(moved)
