# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which plans carry out which skill on a robot with MoveIt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import NamedTuple

from f2p_core.registry import Registry
from f2p_core.skill import PICK_PLACE, PUSH, SkillCall
from f2p_moveit.building import Situation
from f2p_moveit.moves import SkillPlan
from f2p_moveit.pick_place import pick_place_plans
from f2p_moveit.push import push_plans


class SkillPlans(NamedTuple):
    """How a robot with MoveIt does a skill.

    Attributes:
        skill: Name of the skill.
        ways: Yields ways to carry out one call, the most comfortable first.
    """

    skill: str
    ways: Callable[[Situation, SkillCall], Iterator[SkillPlan]]


PLANS: Registry[SkillPlans] = Registry(
    'plan',
    'f2p.moveit_plans',
    (SkillPlans(PICK_PLACE.name, pick_place_plans), SkillPlans(PUSH.name, push_plans)),
    attrgetter('skill'),
    SkillPlans,
)
"""Plans by skill; a package adds one by an entry point of the group ``f2p.moveit_plans``."""
