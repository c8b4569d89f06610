# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a skill call made on an observed scene means in the scene the robot really stands in.

Perception names objects as it finds them and may see a symmetric one turned. So the acted object
and the target are found by where they were seen, and the parameters are carried over through
``map``.
"""

from __future__ import annotations

import math

import numpy as np

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import InvalidInputError
from f2p_core.failure import Motion
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import Pair, SkillCall, SKILLS
from f2p_sim.world import Execution, OnTick, SimulatedWorld

NOT_THERE = 'not_there'
"""Why a motion fails whose object or target is not where it was seen."""

MAX_OFFSET_M = 0.10
"""An object seen farther than this from any real one is not there [m]."""


class NotThereError(InvalidInputError):
    """Nothing stands where an object of the call was seen."""


def execute_seen(
    world: SimulatedWorld,
    call: SkillCall,
    observed: Scene,
    *,
    control: Control = UNCONTROLLED,
    on_tick: OnTick | None = None,
) -> Execution:
    """Executes a call that was made on an observed scene.

    Where its object or target is no longer there, the motion fails with ``not_there`` and the
    robot stays where it is; arguments beyond these as for ``SimulatedWorld.execute``.

    Raises:
        InvalidInputError: If the observed scene has no such object.
    """
    try:
        grounded = ground_call(call, observed, world.scene())
    except NotThereError as error:
        none = Motion(time_s=np.zeros(0), position=np.zeros((0, 0)))
        return Execution(False, f'{NOT_THERE}: {error}', none, none, world.time_s, world.time_s)
    return world.execute(grounded, control=control, on_tick=on_tick)


def ground_call(call: SkillCall, observed: Scene, real: Scene) -> SkillCall:
    """Returns the call in terms of the real scene.

    Args:
        call: Names and parameters as in ``observed``.
        observed: Where objects were seen; empty: the call is meant for the real scene already.
        real: Where objects are.

    Raises:
        NotThereError: If nothing of its kind stands where an object of the call was seen.
        InvalidInputError: If the observed scene has no such object.
    """
    if not observed.objects:
        return call
    seen = Pair(observed.object(call.object_id), observed.object(call.target_id))
    there = Pair(_nearest(seen.item, real), _nearest(seen.target, real))
    return SkillCall(
        skill=call.skill,
        object_id=there.item.object_id,
        target_id=there.target.object_id,
        parameters=SKILLS[call.skill].grounded(call.parameters, seen, there),
    )


def _nearest(seen: SceneObject, real: Scene) -> SceneObject:
    candidates = [o for o in real.objects if o.fixed == seen.fixed]
    distances = [math.dist(o.pose_map.position_m, seen.pose_map.position_m) for o in candidates]
    if not distances or min(distances) > MAX_OFFSET_M:
        x, y, z = seen.pose_map.position_m
        raise NotThereError(
            f'there is nothing like {seen.object_id!r} at ({x:.2f}, {y:.2f}, {z:.2f}) m, '
            'where the scene of the goal has it; look again'
        )
    return candidates[int(np.argmin(distances))]
