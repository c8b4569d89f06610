# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The stage of the demo: puts scenes into the simulated world, sends goals, sees the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from f2p_msgs.action import AchieveGoal
from f2p_msgs.msg import ErrorCode
from f2p_msgs.msg import Scene as SceneMsg
from f2p_msgs.srv import ResetWorld
from rclpy.node import Node
from std_srvs.srv import Trigger

from f2p_bringup.errors import BringupError
from f2p_core.observation import SceneObservation
from f2p_core.ros.action_client import ActionCaller, check_result
from f2p_core.ros.conversions.scene import msg_to_scene, scene_to_msg
from f2p_core.ros.conversions.skills import goal_to_msg
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import DeadlineError, Latest
from f2p_core.scene import Scene
from f2p_core.symbolic import Goal
from f2p_planner.ros.eyes import Eyes

_RESET_S = 30.0
"""For world and perception to begin anew [s], on a machine that is busy."""

_SCENE_S = 60.0
"""For the new scene to be seen [s], on a machine that is busy."""

_SETTLED_FRAMES = 3
"""Views in a row that show all objects before the story goes on: perception has settled."""

_ANSWERS = (ErrorCode.NONE, ErrorCode.PLANNER_GOAL_MISSED, ErrorCode.PLANNER_NO_PLAN,
            ErrorCode.PLANNER_NOT_LEARNED)  # fmt: skip
"""How a pursuit may end; any other code is an error of the system."""


class Pursued(NamedTuple):
    """A goal that was pursued over ROS.

    Attributes:
        goal: As it was sent, in the names of perception.
        result: What the planner says of it.
        before, after: The true scenes.
    """

    goal: Goal
    result: Any
    before: Scene
    after: Scene


class DemoStage:
    """Acts for the audience: the only one that may look at the truth.

    Args:
        client: A node in the network of the stack.
        goal_timeout_s: Deadline of one goal, learning included [s].
    """

    def __init__(self, client: Node, *, goal_timeout_s: float) -> None:
        self._goal_timeout_s = goal_timeout_s
        self._reset = ServiceCaller(client, ResetWorld, 'world/reset')
        self._forget = ServiceCaller(client, Trigger, 'perception/forget')
        self._achieve = ActionCaller(client, AchieveGoal, 'achieve_goal')
        self._eyes = Eyes(client)
        self._truth: Latest[SceneMsg] = Latest()
        client.create_subscription(SceneMsg, 'world/truth', self._truth.put, LATCHED)

    def set_scene(self, scene: Scene, seed: int) -> SceneObservation:
        """Puts the world into a scene and returns what perception makes of it.

        Raises:
            NodeError: If the world refuses the scene.
            BringupError: If perception does not come to see all of it.
        """
        request = ResetWorld.Request(scene=scene_to_msg(scene), seed=seed)
        check_result(self._reset.call(request, timeout_s=_RESET_S), 'world/reset')
        self._forget.call(Trigger.Request(), timeout_s=_RESET_S)
        shapes = [o.shape for o in request.scene.objects]
        new = self._truth.wait(
            lambda m: [o.shape for o in m.objects] == shapes, _SCENE_S, 'the new scene'
        )
        return self._see_all(len(scene.objects), msg_to_time_ns(new.header.stamp))

    def pursue(
        self,
        observation: SceneObservation,
        goal_of: Callable[[Scene], Goal],
        *,
        seed: int,
        may_learn: bool,
        on_feedback: Callable[[Any], None],
    ) -> Pursued:
        """Sends a goal made of what perception sees and waits for its end.

        Raises:
            NodeError: With the planner's code, if something broke.
            DeadlineError: If it took too long.
        """
        goal = goal_of(observation.scene)
        before = self.truth()
        message = AchieveGoal.Goal(goal=goal_to_msg(goal), seed=seed, no_learning=not may_learn)
        result = self._achieve.call(
            message, timeout_s=self._goal_timeout_s, on_feedback=on_feedback
        )
        if result.error_code not in _ANSWERS:
            check_result(result, 'achieve_goal')
        return Pursued(goal, result, before, self.truth())

    def truth(self) -> Scene:
        """Returns the true scene; later than anything that was heard of before the call."""
        last = self._truth.get()
        newer = self._truth.wait(lambda m: m is not last, _SCENE_S, 'the truth')
        return msg_to_scene(newer, 'world/truth')

    def _see_all(self, count: int, not_before_ns: int) -> SceneObservation:
        """Waits for some frames that show every object: fits get better with each."""
        complete = 0
        for _ in range(10 * _SETTLED_FRAMES):
            try:
                view = self._eyes.look(not_before_ns, _SCENE_S)
            except DeadlineError as error:
                raise BringupError(f'perception sees nothing: {error}; see its log') from error
            not_before_ns = view.observation.stamp_ns + 1
            all_seen = len(view.observation.scene.objects) == count and all(view.observation.seen)
            complete = complete + 1 if all_seen else 0
            if complete == _SETTLED_FRAMES:
                return view.observation
        seen = ', '.join(view.observation.scene.object_ids)
        raise BringupError(f'perception does not see all {count} objects; it sees: {seen}')
