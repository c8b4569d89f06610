# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from f2p_core.skill import PICK_PLACE, PUSH, SHIPPED_HAND
from f2p_sim.errors import SkillError
from f2p_sim.robot import MAX_FINGER_OPENING_M
from f2p_sim.skills.registry import controller_of, CONTROLLERS


def test_every_skill_of_ours_has_a_controller() -> None:
    for skill in (PICK_PLACE, PUSH):
        assert controller_of(skill.name).skill == skill.name
    assert CONTROLLERS.problems == ()


def test_a_skill_without_one_is_named_with_where_to_add_it() -> None:
    message = (
        r"unknown_skill: 'juggle' has no controller here; known: pick_place, push; a package adds "
        r'one by an entry point of the group f2p\.sim_controllers'
    )
    with pytest.raises(SkillError, match=message):
        controller_of('juggle')


def test_the_shipped_hand_is_that_of_the_robot() -> None:
    assert SHIPPED_HAND.opening_m == 2 * MAX_FINGER_OPENING_M
