# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The whole graph in real nodes, each of which can be killed and started again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, ExitStack
from pathlib import Path
import shutil
from typing import NamedTuple

from action_msgs.msg import GoalStatus, GoalStatusArray
from f2p_msgs.action import AchieveGoal
from killing import ROOT, Server
from rclpy.node import Node
from rclpy.qos import qos_profile_action_status_default

from f2p_bringup.ros.stage import DemoStage
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.conversions.skills import goal_to_msg
from f2p_core.ros.testing import BackgroundGoal, wait_active
from f2p_core.ros.waiting import wait_until
from f2p_tasks import DEFAULT_TASK, take_up

TASK = take_up(DEFAULT_TASK)
OBJECTS = 3
SEED = 0
"""With this the robot fails at T1: what is in the container rides along."""

TIMEOUT_S = 240.0
"""Deadline of what a test waits for [s], on a machine that does other things beside."""

MODULES = {
    'world': 'f2p_sim.ros.world_node',
    'perception': 'f2p_perception.ros.perception_node',
    'simulator': 'f2p_sim.ros.simulator_node',
    'scene_generator': 'f2p_svi.ros.scene_generator_node',
    'learner': 'f2p_learning.ros.learner_node',
    'failure_detector': 'f2p_planner.ros.failure_detector_node',
    'planner': 'f2p_planner.ros.planner_node',
}
_MANAGED = ('simulator', 'scene_generator', 'learner', 'failure_detector', 'planner')
_SMALL = {
    'learning.n_scenes': 4, 'learning.n_calls': 1, 'learning.gate_scenes': 2,
    'learning.gate_calls': 1, 'learning.max_rounds': 1, 'tuning.steps': 3,
}  # fmt: skip
"""Runs of the learner that nobody waits for; what comes of them does not matter."""


class Activity:
    """Whether a server of an action carries out a goal, as its status says.

    Goals are short: one that has ended before anybody looked has begun nevertheless.

    Args:
        node: The listening node.
        action: Name of the action.
    """

    def __init__(self, node: Node, action: str) -> None:
        self._action = action
        self._began = self._is_busy = False
        node.create_subscription(
            GoalStatusArray,
            f'{action}/_action/status',
            self._on_status,
            qos_profile_action_status_default,
        )

    def _on_status(self, message: GoalStatusArray) -> None:
        self._is_busy = any(s.status == GoalStatus.STATUS_EXECUTING for s in message.status_list)
        self._began = self._began or self._is_busy

    def forget(self) -> None:
        """Forgets what was said: the last word of a server that was killed is "busy"."""
        self._began = self._is_busy = False

    def wait_until_busy(self) -> None:
        """Waits until a goal has begun."""
        wait_until(lambda: self._began, TIMEOUT_S, f'a goal of {self._action}')

    def wait_until_done(self) -> None:
        """Waits until a goal has begun and no other is carried out."""
        self.wait_until_busy()
        wait_until(lambda: not self._is_busy, TIMEOUT_S, f'the end of {self._action}')


class Graph(NamedTuple):
    """The nodes and the client's side of them."""

    client: Node
    nodes: Mapping[str, Server]
    stage: DemoStage
    achieve: ActionCaller
    activities: Mapping[str, Activity]
    runs: Path

    def fail(self, *, may_learn: bool) -> BackgroundGoal:
        """Sends a goal at which the robot fails, in a fresh scene; waits until its skill ended."""
        self.wait_until_ready()
        seen = self.stage.set_scene(TASK.seeded_scene(OBJECTS, SEED), SEED)
        wanted = TASK.goal('T1', seen.scene).model_copy(update={'max_skills': 1})
        goal = AchieveGoal.Goal(goal=goal_to_msg(wanted), seed=SEED, no_learning=not may_learn)
        running = BackgroundGoal(self.achieve, goal, TIMEOUT_S)
        self.activities['execute_skill'].wait_until_done()
        return running

    def wait_until_ready(self) -> None:
        """Waits until all nodes are active."""
        for name in _MANAGED:
            wait_active(self.client, name)
        for activity in self.activities.values():
            activity.forget()


def wait_for_state(goal: BackgroundGoal, state: int) -> None:
    """Waits until a goal's feedback shows a state."""
    wait_until(lambda: any(f.state == state for f in goal.feedback), TIMEOUT_S, f'state {state}')


@contextmanager
def running_graph(client: Node, directory: Path) -> Iterator[Graph]:
    """Starts the nodes."""
    shutil.copytree(ROOT / 'models', directory / 'models')
    models = {'models_directory': directory / 'models'}
    runs = directory / 'runs'
    options: dict[str, dict[str, object]] = {
        'world': {'objects': OBJECTS, 'seed': SEED, 'use_sim_time': False},
        'scene_generator': {**models},
        'planner': {**models},
        'learner': {
            **models,
            **_SMALL,
            'runs_directory': runs,
            'library_directory': directory / 'failures',
        },
    }
    with ExitStack() as stack:
        nodes = {
            name: stack.enter_context(
                Server(('-m', module), **{'use_sim_time': True, **options.get(name, {})})
            )
            for name, module in MODULES.items()
        }
        actions = ('execute_skill', 'generate_scenes', 'simulate_skills', 'learn_from_failure')
        yield Graph(
            client,
            nodes,
            DemoStage(client, goal_timeout_s=TIMEOUT_S),
            ActionCaller(client, AchieveGoal, 'achieve_goal'),
            {action: Activity(client, action) for action in actions},
            runs,
        )
