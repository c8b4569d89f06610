# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``recorder``: every failure becomes a bag by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import sys
import time
from typing import NamedTuple

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from rclpy.serialization import deserialize_message
from rclpy.timer import Timer

from f2p_core.errors import F2PError, InvalidInputError
from f2p_core.failure import Failure
from f2p_core.messages.failure import msg_to_failure
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.logs import forward_logs
from f2p_core.ros.main import run_node
from f2p_core.ros.own_parameters import OwnParameters
from f2p_replay.contract import FAILURE
from f2p_replay.recording import FLUSH_S, Recording
from f2p_replay.ros.black_box import BlackBox
from f2p_replay.ros.recorder_config import RecorderConfig
from f2p_replay.ros.snapshot import is_installed, SnapshotTrigger
from f2p_replay.ros.topics import message_class, qos_profile
from f2p_replay.window import Recorded

_TICK_S = 0.01
"""A timer may come so much before its time [s]."""


class _Pending(NamedTuple):
    """A failure whose recording goes on for a moment.

    Attributes:
        recording: Its bag; ``None``: rosbag2 writes it.
        timer: Ticks while it goes on.
        until_s: When it ends, on the steady clock [s].
    """

    recording: Recording | None
    timer: Timer
    until_s: float


class RecorderNode(Node):
    """Writes what happened around each failure.

    What came before is written at once, what follows about every second, so that little is lost
    if the node is killed. A bag that cannot be written is one error in the log: the node lives
    on, and the failure itself is kept in the learner's library.

    ROS Subscriptions:
        failure (f2p_msgs/Failure): what triggers a bag.
        all other topics of the contract (docs/failure_bags.md), unless rosbag2 records.
    ROS Services:
        /rosbag2_recorder/snapshot (rosbag2_interfaces/Snapshot), client, where rosbag2 is.
    """

    def __init__(self) -> None:
        super().__init__('recorder')
        forward_logs(self)
        self.config = OwnParameters(self, RecorderConfig).config
        chosen = self.config.black_box
        if chosen == 'rosbag2' and not is_installed():
            raise InvalidInputError(
                'black_box is rosbag2, but rosbag2_interfaces is not installed; '
                'install ros-jazzy-rosbag2, or set black_box to own'
            )
        self._rosbag2 = SnapshotTrigger(self) if chosen != 'own' and is_installed() else None
        self._box = BlackBox(self, self.config) if chosen != 'rosbag2' else None
        self._last = ''
        self.diagnostics = Diagnostics(self)
        self.diagnostics.fact('last bag', lambda: self._last)
        self._pending: dict[str, _Pending] = {}
        self._writing = MutuallyExclusiveCallbackGroup()
        self.create_subscription(
            message_class(FAILURE),
            FAILURE.name,
            self._begin,
            qos_profile(FAILURE),
            callback_group=self._writing,
            raw=True,
        )

    def destroy_node(self) -> None:
        """Writes what is pending before the node goes."""
        for failure_id in tuple(self._pending):
            self._end(failure_id)
        super().destroy_node()

    def _begin(self, data: bytes) -> None:
        now_ns = self.get_clock().now().nanoseconds
        try:
            failure = msg_to_failure(deserialize_message(data, message_class(FAILURE)))
        except F2PError as error:
            self.get_logger().error(f'a failure cannot be recorded: {error}')
            return
        failure_id = failure.failure_id
        if failure_id in self._pending or self._path(failure_id).exists():
            return  # latched: heard before this node was started anew
        try:
            recording = self._recording(failure, Recorded(FAILURE, now_ns, data))
        except F2PError as error:
            self._report(error)
            return
        timer = self.create_timer(
            min(FLUSH_S, self.config.tail_s),
            lambda: self._go_on(failure_id),
            callback_group=self._writing,
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )
        until_s = time.monotonic() + self.config.tail_s
        self._pending[failure_id] = _Pending(recording, timer, until_s)
        self.get_logger().info(f'failure {failure_id}: its bag follows')

    def _recording(self, failure: Failure, message: Recorded) -> Recording | None:
        """Begins the bag, unless rosbag2 is to write it.

        Raises:
            RecordingError: If it cannot be written.
        """
        if self._box is None or (self._rosbag2 is not None and self._rosbag2.is_there()):
            return None
        return self._box.record(self._path(failure.failure_id), failure, message)

    def _go_on(self, failure_id: str) -> None:
        pending = self._pending[failure_id]
        if pending.recording is None or time.monotonic() >= pending.until_s - _TICK_S:
            self._end(failure_id)
            return
        try:
            pending.recording.go_on()
        except F2PError as error:
            self.destroy_timer(self._pending.pop(failure_id).timer)
            self._report(error)

    def _end(self, failure_id: str) -> None:
        pending = self._pending.pop(failure_id)
        self.destroy_timer(pending.timer)
        try:
            if pending.recording is None:
                assert self._rosbag2 is not None
                self._rosbag2.take()
                self.get_logger().info(f'{failure_id}: rosbag2 wrote its snapshot')
            else:
                pending.recording.finish()
                self._last = str(pending.recording.path)
                self.get_logger().info(f'{self._last}: what happened around the failure')
        except F2PError as error:
            self._report(error)

    def _report(self, error: F2PError) -> None:
        self.diagnostics.failed(str(error))
        self.get_logger().error(
            f'{error}; the failure itself is kept in the library of the learner'
        )

    def _path(self, failure_id: str) -> Path:
        return Path(self.config.library_directory) / failure_id


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(RecorderNode, args=args)


if __name__ == '__main__':
    sys.exit(main())
