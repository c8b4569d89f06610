# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``player``: a recorded failure in place of a robot; nothing moves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import sys
import threading
import time
from typing import Any

from f2p_msgs.action import ExecuteSkill
from f2p_msgs.msg import ErrorCode
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from rosgraph_msgs.msg import Clock as ClockMsg
from std_srvs.srv import SetBool

from f2p_core.bags import Bag, BagError, BagMessage
from f2p_core.errors import InvalidInputError
from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.errors import ErrorMap, NodeError
from f2p_core.ros.logs import forward_logs
from f2p_core.ros.main import run_node
from f2p_core.ros.own_parameters import OwnParameters
from f2p_core.ros.qos import CLOCK_OUT
from f2p_replay.contract import FAILURE, messages_of
from f2p_replay.play_head import PlayHead
from f2p_replay.program import played_name, program_of
from f2p_replay.ros.learning_trigger import LearningTrigger
from f2p_replay.ros.player_config import PlayerConfig
from f2p_replay.ros.topics import message_class, qos_profile

CLOCK_PERIOD_S = 0.02
"""/clock goes out this often [s]."""

SETTLE_S = 0.5
"""The clock alone stands at the begin for so long: who listens notices a jump back first [s]."""

_JOIN_S = 5.0
"""For the playing thread to end [s]; it looks up every few milliseconds."""

_POLICY = Policy(
    errors=ErrorMap(ErrorCode.EXECUTOR_UNKNOWN, {}),
    cancelled=ErrorCode.EXECUTOR_CANCELLED,
    busy=None,
    states={},
    default_state=ExecuteSkill.Feedback.ACTING,
)


class PlayerNode(Node):
    """Plays a failure bag with its stamps and its clock.

    ROS Publishers:
        /clock (rosgraph_msgs/Clock): the recorded time.
        inputs and executions of the contract (docs/failure_bags.md) under their own names,
        recorded outputs below ``recorded/``.
    ROS Services:
        ~/pause (std_srvs/SetBool): true pauses, false goes on.
        request_learning (f2p_msgs/RequestLearning), client: asked for each failure.
    ROS Actions:
        execute_skill (f2p_msgs/ExecuteSkill): refuses every goal.
    """

    def __init__(self) -> None:
        super().__init__('player')
        forward_logs(self)
        self.config = OwnParameters(self, PlayerConfig).config
        if not self.config.bag:
            raise InvalidInputError('the parameter bag is empty; give the path of a bag')
        with Bag(Path(self.config.bag)) as bag:
            self._topics = program_of(bag)
            self._start_ns = bag.start_ns
        self._publishers_of = {
            name: self.create_publisher(
                message_class(topic), played_name(topic), qos_profile(topic)
            )
            for name, topic in self._topics.items()
        }
        self._clock_out = self.create_publisher(ClockMsg, '/clock', CLOCK_OUT)
        self._learning = LearningTrigger(self) if self.config.learn else None
        self.diagnostics = Diagnostics(self)
        self.diagnostics.fact('recorded time [s]', lambda: self._now_ns() * 1e-9)
        self._changed = threading.Condition()
        self._is_over = False
        runs = not self.config.start_paused
        self._head = PlayHead(self._start_ns, time.monotonic(), self.config.rate, runs)
        serve_action(self, ExecuteSkill, 'execute_skill', self._refuse, _POLICY)
        self.create_service(
            SetBool, '~/pause', self._pause, callback_group=ReentrantCallbackGroup()
        )
        self.create_timer(
            CLOCK_PERIOD_S,
            self._send_clock,
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )
        self._thread = threading.Thread(target=self._play, name='player', daemon=True)
        self._thread.start()

    def destroy_node(self) -> None:
        """Stops playing, then frees the node."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        self._thread.join(_JOIN_S)
        super().destroy_node()

    def _play(self) -> None:
        """Plays once, or again and again, in a thread of its own."""
        try:
            self._play_once()
            while self.config.loop and not self._is_over:
                self.get_logger().info('from the begin again')
                self._play_once()
            self.get_logger().info('the bag is played to its end')
        except BagError as error:
            self.get_logger().error(str(error))
        except Exception:
            if self.context.ok():
                raise  # otherwise it only says that the context is gone

    def _play_once(self) -> None:
        settled_ns = self._start_ns - round(SETTLE_S * self.config.rate * 1e9)
        with self._changed:
            self._head = self._head.moved_to(settled_ns, time.monotonic())
        with Bag(Path(self.config.bag)) as bag:
            for message in messages_of(bag, self._topics):
                if not self._wait_until(message.time_ns):
                    return
                self._publish(message)

    def _wait_until(self, time_ns: int) -> bool:
        """Waits for the time of a message; false if the node ends before."""
        with self._changed:
            while not self._is_over and self.context.ok():
                wait_s = self._head.wait_s(time_ns, time.monotonic())
                if wait_s <= 0.0:
                    return True
                self._changed.wait(min(wait_s, 1.0))
            return False

    def _publish(self, message: BagMessage) -> None:
        self._publishers_of[message.topic].publish(message.data)
        if self._learning is not None and self._topics[message.topic] == FAILURE:
            self._learning.request(message.data)

    def _now_ns(self) -> int:
        with self._changed:
            return max(self._head.at(time.monotonic()), self._start_ns)

    def _send_clock(self) -> None:
        self._clock_out.publish(ClockMsg(clock=time_to_msg(self._now_ns())))

    def _pause(self, request: Any, response: Any) -> Any:
        with self._changed:
            self._head = self._head.running(not request.data, time.monotonic())
            self._changed.notify_all()
        response.success = True
        return response

    def _refuse(self, goal: Any, _: Task) -> Any:
        raise NodeError(
            ErrorCode.EXECUTOR_REPLAY,
            f'{goal.call.skill} is not executed: a recording is played, there is no robot',
        )


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(PlayerNode, args=args)


if __name__ == '__main__':
    sys.exit(main())
