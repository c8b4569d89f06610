# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A simulated robot that pursues a goal, in real nodes: world, perception and planner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import time
from typing import NamedTuple

from f2p_msgs.action import AchieveGoal
from killing import ROOT, Server
from rclpy.node import Node
from sensor_msgs.msg import JointState

from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.conversions.skills import goal_to_msg
from f2p_core.ros.qos import EVENTS
from f2p_core.ros.testing import BackgroundGoal, wait_active
from f2p_core.ros.waiting import Latest, wait_until
from f2p_planner.ros.eyes import Eyes
from f2p_tasks import DEFAULT_TASK, take_up

TASK = take_up(DEFAULT_TASK)

TIMEOUT_S = 120.0
"""Deadline of what a test waits for [s], on a machine that does other things beside."""

STILL_RAD = 1e-4
"""Joints that move less between two states stand [rad, m]."""

STILL_S = 1.0
"""For so long they must not move to count as standing [s]: no skill pauses longer."""


class Joints:
    """Whether the robot moves, as ``joint_states`` says.

    Args:
        node: The listening node.
    """

    def __init__(self, node: Node) -> None:
        self._positions: tuple[float, ...] = ()
        self.moved_s = -float('inf')
        node.create_subscription(JointState, 'joint_states', self._on_state, EVENTS)

    def _on_state(self, message: JointState) -> None:
        now = tuple(message.position)
        before, self._positions = self._positions, now
        if before and max(abs(a - b) for a, b in zip(before, now, strict=True)) > STILL_RAD:
            self.moved_s = time.monotonic()

    def wait_until_moving(self) -> None:
        """Waits until the robot moves."""
        since_s = time.monotonic()
        wait_until(lambda: self.moved_s > since_s, TIMEOUT_S, 'the robot to move')

    def wait_until_standing(self) -> float:
        """Waits until the robot stands; returns when it moved last, on the steady clock [s]."""
        wait_until(
            lambda: time.monotonic() - self.moved_s > STILL_S, TIMEOUT_S, 'the robot to stand'
        )
        return self.moved_s


class Robot(NamedTuple):
    """The nodes and the client's side of them."""

    world: Server
    planner: Server
    joints: Joints
    achieve: ActionCaller
    eyes: Eyes

    def pursue(self) -> BackgroundGoal:
        """Sends a goal and returns once the robot moves for it."""
        scene = self.eyes.look(0, TIMEOUT_S).observation.scene
        goal = AchieveGoal.Goal(goal=goal_to_msg(TASK.goal('T1', scene)), no_learning=True)
        state: Latest[int] = Latest()
        running = BackgroundGoal(self.achieve, goal, TIMEOUT_S, lambda f: state.put(f.state))
        state.wait(lambda s: s == AchieveGoal.Feedback.EXECUTING, TIMEOUT_S, 'a skill')
        self.joints.wait_until_moving()
        return running


@contextmanager
def running_robot(client: Node) -> Iterator[Robot]:
    """Starts the nodes and waits until a goal can be sent."""
    # So slow that no skill ends by itself while a test waits for its end.
    world = Server(('-m', 'f2p_sim.ros.world_node'), objects=2, real_time_factor=0.2)
    perception = Server(('-m', 'f2p_perception.ros.perception_node'), use_sim_time=True)
    planner = Server(
        ('-m', 'f2p_planner.ros.planner_node'),
        use_sim_time=True,
        models_directory=ROOT / 'models',
    )
    with world, perception, planner:
        eyes = Eyes(client)
        joints = Joints(client)
        caller = ActionCaller(client, AchieveGoal, 'achieve_goal', end_timeout_s=TIMEOUT_S)
        wait_active(client, 'planner')
        yield Robot(world, planner, joints, caller, eyes)
