# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Letting scenes come to rest in the simulator node, for nodes that own no physics engine."""

from __future__ import annotations

from collections.abc import Sequence

from f2p_msgs.action import SimulateSkills
from f2p_msgs.msg import ErrorCode
import numpy as np
from rclpy.node import Node

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import InvalidInputError
from f2p_core.pose import POSE_SIZE
from f2p_core.ros.action_client import ActionCaller, check_result
from f2p_core.ros.conversions.poses import scene_at_poses
from f2p_core.ros.conversions.scene import scene_to_msg
from f2p_core.ros.conversions.time import duration_to_msg
from f2p_core.scene import Scene

SIMULATE_ACTION = 'simulate_skills'


class Settler:
    """Settles scenes by the action ``simulate_skills`` with no calls.

    Args:
        node: The calling node.
        timeout_s: Deadline of one call [s].
        control: Cancels a call that runs.
    """

    def __init__(self, node: Node, *, timeout_s: float, control: Control = UNCONTROLLED) -> None:
        self._caller = ActionCaller(
            node, SimulateSkills, SIMULATE_ACTION, busy_code=ErrorCode.SIMULATOR_BUSY
        )
        self._timeout_s = timeout_s
        self._control = control

    def settle(self, scenes: Sequence[Scene], *, duration_s: float = 0.5) -> tuple[Scene, ...]:
        """Returns the scenes after ``duration_s`` under gravity without the robot moving [s].

        Raises:
            NodeError: With the simulator's code, if it refuses.
            DeadlineError: If it does not answer in time.
            CancelledError: If ``control`` said stop.
        """
        if not scenes:
            return ()
        goal = SimulateSkills.Goal(
            scenes=[scene_to_msg(s) for s in scenes], settle=duration_to_msg(duration_s)
        )
        result = self._caller.call(goal, timeout_s=self._timeout_s, control=self._control)
        poses = np.asarray(check_result(result, SIMULATE_ACTION).rollouts.poses)
        ends = np.cumsum([POSE_SIZE * len(s.objects) for s in scenes])
        if poses.size != ends[-1]:
            raise InvalidInputError(
                f'{SIMULATE_ACTION} answered {poses.size} pose values; {ends[-1]} were asked for'
            )
        return tuple(
            scene_at_poses(s, p).model_copy(update={'robot': s.robot})
            for s, p in zip(scenes, np.split(poses, ends[:-1]), strict=True)
        )
