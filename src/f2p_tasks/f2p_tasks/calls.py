# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Drawing the calls that models are pretrained on, and what no such call may do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from f2p_core.scene import Scene
from f2p_core.skill import call_bounds, SkillCall
from f2p_core.supports import contents
from f2p_tasks.definition import EndsClear, Execution

CARELESS = 0.1
"""Share of placements drawn without looking whether the place is free."""

CLEARANCE_M = 0.01
"""Least sideways gap round a place that counts as free [m]."""

_TRIES = 32
"""Calls drawn in one scene to find a free one."""

Rearrange = Callable[[NDArray[np.float64], np.random.Generator], None]
"""Changes parameters (K, P) that were drawn evenly, in place: where a target has favourites."""


def moves_filled_container(execution: Execution) -> bool:
    """Tells whether the acted object holds something: what carrying tasks fail about."""
    return bool(contents(execution.scene, execution.call.object_id))


def choose(ids: list[str], rng: np.random.Generator) -> str | None:
    """Returns one of the ids, ``None`` if there is none."""
    return ids[int(rng.integers(len(ids)))] if ids else None


def free_call(
    scene: Scene,
    call: tuple[str, str, str],
    rng: np.random.Generator,
    ends_clear: EndsClear,
    rearrange: Rearrange | None = None,
) -> SkillCall | None:
    """Draws a call whose planned end touches nothing; ``None`` when no draw does.

    A share ``CARELESS`` of the calls is drawn without looking.

    Args:
        scene: The scene before.
        call: Skill, acted object and target.
        rng: Source of all randomness.
        ends_clear: Tells which ends are free.
        rearrange: Moves the draws to where the target has favourites.
    """
    skill, object_id, target_id = call
    low, high = call_bounds(scene, skill, object_id, target_id)
    drawn = rng.uniform(low, high, size=(_TRIES, len(low)))
    if rearrange is not None:
        rearrange(drawn, rng)
        drawn = np.clip(drawn, low, high)
    free = np.ones(_TRIES, dtype=np.bool_)
    if rng.random() >= CARELESS:
        free = ends_clear(scene, skill, object_id, target_id, drawn, CLEARANCE_M)
    if not free.any():
        return None
    parameters = tuple(drawn[int(np.argmax(free))].tolist())
    return SkillCall(skill=skill, object_id=object_id, target_id=target_id, parameters=parameters)
