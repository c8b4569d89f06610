# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The simulator node as a ``Simulator``: what the loop and the detector are handed over ROS."""

from __future__ import annotations

from collections.abc import Sequence

from f2p_msgs.action import SimulateSkills
from f2p_msgs.msg import ErrorCode
from rclpy.node import Node

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import InvalidInputError
from f2p_core.ros.action_client import ActionCaller, check_result, progress_of
from f2p_core.ros.conversions.scene import scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg
from f2p_core.ros.settling import Settler, SIMULATE_ACTION
from f2p_core.ros.waiting import deadline_code
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_sim.protocol import Rollout
from f2p_sim.ros.rollouts import msg_to_rollouts


class RosSimulator:
    """Implements ``Simulator`` by the action ``simulate_skills``.

    Args:
        node: The calling node.
        timeout_s: Deadline of one batch [s].
    """

    def __init__(self, node: Node, *, timeout_s: float) -> None:
        self._caller = ActionCaller(
            node, SimulateSkills, SIMULATE_ACTION, busy_code=ErrorCode.SIMULATOR_BUSY
        )
        self._settler = Settler(node, timeout_s=timeout_s)
        self._timeout_s = timeout_s

    def simulate(
        self,
        scenes: Sequence[Scene],
        calls: Sequence[SkillCall],
        *,
        seed: int,
        first_index: int = 0,
        control: Control = UNCONTROLLED,
    ) -> tuple[Rollout, ...]:
        """Runs call i in scene i; see ``f2p_sim.protocol.Simulator``.

        Raises:
            NodeError: With the simulator's code, if it refuses or does not answer in time.
            CancelledError: If ``control`` said stop.
            InvalidInputError: If the numbers of scenes and calls differ.
        """
        if len(scenes) != len(calls):
            raise InvalidInputError(f'{len(scenes)} scenes but {len(calls)} calls; give one each')
        if not scenes:
            return ()
        goal = SimulateSkills.Goal(
            calls=[call_to_msg(c) for c in calls], seed=seed, first_index=first_index
        )
        goal.scenes, goal.scene_index = _without_repeats(scenes)
        goal.call_index = list(range(len(calls)))
        with deadline_code(ErrorCode.SIMULATOR_UNKNOWN):
            result = self._caller.call(
                goal,
                timeout_s=self._timeout_s,
                control=control,
                on_feedback=lambda feedback: control.on_progress(progress_of(feedback)),
            )
        return msg_to_rollouts(check_result(result, SIMULATE_ACTION).rollouts, scenes)

    def settle(self, scenes: Sequence[Scene], *, duration_s: float = 0.5) -> tuple[Scene, ...]:
        """Lets objects come to rest; see ``f2p_sim.protocol.Simulator``."""
        return self._settler.settle(scenes, duration_s=duration_s)


def _without_repeats(scenes: Sequence[Scene]) -> tuple[list[object], list[int]]:
    """Returns every distinct scene as a message once, and per entry its number."""
    numbers: dict[int, int] = {}
    messages: list[object] = []
    index = []
    for scene in scenes:
        if id(scene) not in numbers:
            numbers[id(scene)] = len(messages)
            messages.append(scene_to_msg(scene))
        index.append(numbers[id(scene)])
    return messages, index
