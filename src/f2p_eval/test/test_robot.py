# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The simulated robot acts on what it sees, in a world that may have changed."""

from __future__ import annotations

import pytest

from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_eval.robot import SimulatedRobot
from f2p_sim.world import SimulatedWorld, WorldOptions
from f2p_tasks.tabletop import CONTAINER, TABLE_B, tables
from f2p_tasks.transport import TRANSPORT


def test_what_is_not_where_it_was_seen_cannot_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SimulatedWorld(TRANSPORT.seeded_scene(1, seed=1), WorldOptions(), 0)
    robot = SimulatedRobot(world, tables(), segmented=True, seed=0)
    robot.observe()
    monkeypatch.setattr(world, 'scene', lambda: Scene(objects=tables()))
    began_s = world.time_s
    carry = SkillCall(
        skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
    )
    motion = robot.execute(carry)
    assert not motion.succeeded
    assert motion.reason.startswith("not_there: there is nothing like 'container'")
    assert world.time_s == began_s
