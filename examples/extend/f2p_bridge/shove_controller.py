# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How the simulated robot does a shove."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from f2p_bridge.shove import SHOVE
from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.skill import SkillCall
from f2p_sim.cell import Cell
from f2p_sim.skills.base import Motion
from f2p_sim.skills.push import push_along, Stroke
from f2p_sim.skills.registry import Controller


def shove(cell: Cell, call: SkillCall, qpos: NDArray[np.float64]) -> Motion:
    """Controller of ``shove``; raises ``SkillError`` when the motion fails."""
    direction, distance_m, offset_m, height = call.parameters
    shape = cell.object(cell.index(call.object_id)).shape
    tall_m = 2.0 * float(body_half_extents(shape.kind, np.array(dimensions_of(shape)))[2])
    heading = cell.look(qpos).yaw(cell.index(call.target_id)) + direction
    stroke = Stroke(heading, distance_m, offset_m, height * tall_m)
    yield from push_along(cell, call, qpos, stroke)


CONTROLLER = Controller(SHOVE.name, shove)
