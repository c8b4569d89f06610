# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``world``: a simulated robot in place of a real one."""

from __future__ import annotations

from collections.abc import Sequence
import sys
import threading
from typing import Any

from f2p_msgs.action import ExecuteSkill
from f2p_msgs.msg import ErrorCode
from f2p_msgs.msg import Scene as SceneMsg
from f2p_msgs.srv import ResetWorld
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node

from f2p_core.errors import InvalidInputError, OverLimitError
from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.conversions.scene import msg_to_scene, robot_to_msg, scene_to_msg
from f2p_core.ros.conversions.skills import motion_to_msg, msg_to_call
from f2p_core.ros.conversions.solids import show_solids
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.errors import ErrorMap, NodeError
from f2p_core.ros.labels import parse_label_names
from f2p_core.ros.logs import forward_logs
from f2p_core.ros.main import run_node
from f2p_core.ros.own_parameters import OwnParameters
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.services import serve_service
from f2p_sim.grounding import execute_seen
from f2p_sim.pace import Pace
from f2p_sim.robot import FloatVector, robot_state
from f2p_sim.ros.sensors import SensorOptions, Sensors
from f2p_sim.ros.skill_codes import skill_code
from f2p_sim.ros.world_config import make_world, start_scene, WorldConfig
from f2p_sim.world import Execution, SimulatedWorld

TICK_S = 0.1
"""Time passes in steps of this size while the robot rests [s]."""

STATE_PERIOD_S = 0.05
"""Clock, joints and base pose go out this often while a skill runs, in simulated time [s]."""

_FIRST_S = 10.0
"""Time does not begin at 0, which ROS takes for "no clock yet" [s]."""

_POLICY = Policy(
    errors=ErrorMap(
        ErrorCode.EXECUTOR_UNKNOWN,
        {
            InvalidInputError: ErrorCode.EXECUTOR_INVALID_CALL,
            OverLimitError: ErrorCode.EXECUTOR_OVER_LIMIT,
        },
    ),
    cancelled=ErrorCode.EXECUTOR_CANCELLED,
    busy=ErrorCode.EXECUTOR_BUSY,
    states={},
    default_state=ExecuteSkill.Feedback.ACTING,
)
_RESET_ERRORS = ErrorMap(
    ErrorCode.EXECUTOR_UNKNOWN,
    {
        InvalidInputError: ErrorCode.EXECUTOR_INVALID_SCENE,
        OverLimitError: ErrorCode.EXECUTOR_OVER_LIMIT,
    },
)


class WorldNode(Node):
    """A simulated mobile manipulator and its camera.

    ROS Publishers:
        points (sensor_msgs/PointCloud2) or depth, camera_info, labels: the head camera.
        /tf, joint_states, /clock: the robot's state and the simulated time.
        world/truth (f2p_msgs/Scene, latched): for evaluation only.
    ROS Actions:
        execute_skill (f2p_msgs/ExecuteSkill): one skill at a time.
    ROS Services:
        world/reset (f2p_msgs/ResetWorld): for demo and evaluation only.
    """

    def __init__(self) -> None:
        super().__init__('world')
        forward_logs(self)
        self.config = OwnParameters(self, WorldConfig).config
        labels = parse_label_names(self.config.label_names)
        self.diagnostics = Diagnostics(self)
        self.diagnostics.fact('simulated time [s]', lambda: f'{self._world.time_s:.1f}')
        self._sensors = Sensors(self, SensorOptions(self.config.instance, labels))
        self._truth = self.create_publisher(SceneMsg, 'world/truth', LATCHED)
        self._free = threading.Lock()  # held by whoever steps or looks at the world
        self._acting = threading.Lock()  # held while a skill runs, and while the world is replaced
        self._world = make_world(
            start_scene(self.config, self.config.seed), self.config, self.config.seed
        )
        self._began_s = _FIRST_S
        self._pace = Pace(self.config.real_time_factor, self._world.time_s)
        self._moved_s = self._seen_s = self._sent_s = 0.0
        limits = self.config.limits
        serve_action(self, ExecuteSkill, 'execute_skill', self._execute, _POLICY, limits)
        serve_service(self, ResetWorld, 'world/reset', self._reset, _RESET_ERRORS, limits)
        self.create_timer(
            TICK_S,
            self._rest,
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )

    def _stamp_ns(self, time_s: float) -> int:
        return round((self._began_s + time_s) * 1e9)

    def _rest(self) -> None:
        """Lets time pass and looks, unless a skill runs."""
        if not self._free.acquire(blocking=False):
            return
        try:
            self._world.idle(TICK_S)
            now_s = self._world.time_s
            resting = now_s - self._moved_s > self.config.resting_after_s
            rate_hz = self.config.resting_rate_hz if resting else self.config.camera_rate_hz
            if now_s - self._seen_s >= 1.0 / rate_hz - 1e-6:
                self._look()
            else:
                self._sensors.send_state(self._stamp_ns(now_s), self._world.configuration)
        finally:
            self._free.release()

    def _look(self) -> None:
        self._seen_s = self._world.time_s
        stamp_ns = self._stamp_ns(self._seen_s)
        if self._sensors.are_watched:
            self._sensors.send_view(stamp_ns, self._world.observe(), self._world.configuration)
        else:
            self._sensors.send_state(stamp_ns, self._world.configuration)
        scene = self._world.scene()
        truth = scene_to_msg(scene, stamp_ns)
        show_solids(truth, scene)
        self._truth.publish(truth)

    def _execute(self, goal: Any, task: Task) -> Any:
        call, observed = msg_to_call(goal.call), msg_to_scene(goal.scene)
        with self._acting, self._free:
            self._pace = Pace(self.config.real_time_factor, self._world.time_s)
            before = robot_state(self._world.configuration)
            done = execute_seen(
                self._world,
                call,
                observed,
                control=task.control,
                on_tick=self._tick,
            )
            self._moved_s = self._world.time_s
            self._look()
        result = ExecuteSkill.Result(
            error_code=skill_code(done.reason),
            error_msg=done.reason,
            robot_before=robot_to_msg(before),
            commanded=motion_to_msg(done.commanded),
            achieved=motion_to_msg(done.achieved),
            started=time_to_msg(self._stamp_ns(done.start_s)),
            ended=time_to_msg(self._stamp_ns(done.end_s)),
        )
        self._log(call.skill, call.object_id, done)
        return result

    def _log(self, skill: str, object_id: str, done: Execution) -> None:
        outcome = done.reason or f'done in {done.end_s - done.start_s:.1f} s'
        self.get_logger().info(f'{skill} {object_id}: {outcome}')

    def _tick(self, time_s: float, configuration: FloatVector) -> None:
        self._pace.keep(time_s)
        if time_s - self._sent_s >= STATE_PERIOD_S:
            self._sent_s = time_s
            self._sensors.send_state(self._stamp_ns(time_s), configuration)

    def _reset(self, request: Any) -> Any:
        seed = int(request.seed)
        scene = (
            msg_to_scene(request.scene)
            if request.scene.objects
            else start_scene(self.config, seed)
        )
        world = make_world(scene, self.config, seed)
        if not self._acting.acquire(blocking=False):
            raise NodeError(ErrorCode.EXECUTOR_BUSY, 'a skill is being executed; cancel it first')
        try:
            with self._free:
                self._replace(world)
        finally:
            self._acting.release()
        return ResetWorld.Response()

    def _replace(self, world: SimulatedWorld) -> None:
        """Puts another world in place; time goes on."""
        self._began_s += self._world.time_s + TICK_S - world.time_s
        self._world = world
        self._moved_s = self._sent_s = world.time_s
        self._look()


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(WorldNode, args=args)


if __name__ == '__main__':
    sys.exit(main())
