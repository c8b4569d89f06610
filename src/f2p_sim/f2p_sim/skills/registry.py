# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which controller executes which skill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from f2p_core.skill import PICK_PLACE, PUSH, SkillCall
from f2p_sim.cell import Cell
from f2p_sim.errors import SkillError
from f2p_sim.robot import FloatVector
from f2p_sim.skills.base import Motion
from f2p_sim.skills.pick_place import pick_place
from f2p_sim.skills.push import push

Controller = Callable[[Cell, SkillCall, FloatVector], Motion]
"""Makes the controller of one call from the scene and its state (nq,)."""

CONTROLLERS: Mapping[str, Controller] = MappingProxyType(
    {PICK_PLACE.name: pick_place, PUSH.name: push}
)


def controller_of(skill: str) -> Controller:
    """Returns the controller of a skill.

    Raises:
        SkillError: ``unknown_skill`` if there is none.
    """
    if skill not in CONTROLLERS:
        raise SkillError('unknown_skill', f'{skill!r}; known: {", ".join(sorted(CONTROLLERS))}')
    return CONTROLLERS[skill]
