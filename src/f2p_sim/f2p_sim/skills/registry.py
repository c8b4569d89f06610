# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which controller executes which skill in the simulator."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

from f2p_core.registry import Registry
from f2p_core.skill import PICK_PLACE, PUSH, SkillCall
from f2p_sim.cell import Cell
from f2p_sim.errors import SkillError
from f2p_sim.robot import FloatVector
from f2p_sim.skills.base import Motion
from f2p_sim.skills.pick_place import pick_place
from f2p_sim.skills.push import push


class Controller(NamedTuple):
    """How the simulated robot does a skill.

    Attributes:
        skill: Name of the skill.
        motion: Makes the motion of one call from the scene and its state (nq,).
    """

    skill: str
    motion: Callable[[Cell, SkillCall, FloatVector], Motion]


CONTROLLERS: Registry[Controller] = Registry(
    'controller',
    'f2p.sim_controllers',
    (Controller(PICK_PLACE.name, pick_place), Controller(PUSH.name, push)),
    attrgetter('skill'),
    Controller,
)
"""Controllers by skill; a package adds one by an entry point of ``f2p.sim_controllers``."""


def not_there(skill: str, table: Registry[Any]) -> str:
    """Returns what is missing where a table has nothing for a skill, and how to add it."""
    failed = ''.join(f'; {problem.in_words()}' for problem in table.problems)
    return (
        f'{skill!r} has no {table.what} here; known: {", ".join(table.names)}; a package adds one '
        f'by an entry point of the group {table.group}{failed}'
    )


def controller_of(skill: str) -> Controller:
    """Returns the controller of a skill.

    Raises:
        SkillError: ``unknown_skill`` if there is none.
    """
    if skill not in CONTROLLERS:
        raise SkillError('unknown_skill', not_there(skill, CONTROLLERS))
    return CONTROLLERS[skill]
