# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""rosbag2 as the black box: `ros2 bag record --snapshot-mode` writes when it is told to."""

from __future__ import annotations

from typing import Any

from rclpy.node import Node

from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import DeadlineError
from f2p_replay.errors import RecordingError

try:
    from rosbag2_interfaces.srv import Snapshot
except ImportError:  # no rosbag2 on this machine
    Snapshot = None

SNAPSHOT_SERVICE = '/rosbag2_recorder/snapshot'
"""The service of `ros2 bag record --snapshot-mode`; its node name is fixed."""

_ANSWER_S = 30.0
"""For rosbag2 to write its snapshot [s]: hundreds of megabytes to a slow disk."""


def is_installed() -> bool:
    """Says whether this machine has the interfaces of rosbag2."""
    return Snapshot is not None


class SnapshotTrigger:
    """Tells a running rosbag2 recorder to write what it has.

    Args:
        node: The calling node.
        service: The type of the service: ``rosbag2_interfaces/srv/Snapshot``.
        timeout_s: How long the recorder may take to appear, and then to answer [s].
    """

    def __init__(self, node: Node, service: Any = Snapshot, timeout_s: float = _ANSWER_S) -> None:
        self._node = node
        self._service = service
        self._timeout_s = timeout_s
        self._caller = ServiceCaller(node, service, SNAPSHOT_SERVICE, server_timeout_s=timeout_s)

    def is_there(self) -> bool:
        """Says whether a recorder that can be told runs now."""
        return self._node.count_services(SNAPSHOT_SERVICE) > 0

    def take(self) -> None:
        """Makes rosbag2 write its snapshot.

        Raises:
            RecordingError: If it does not answer or could not write.
        """
        try:
            answer = self._caller.call(self._service.Request(), timeout_s=self._timeout_s)
        except DeadlineError as error:
            raise RecordingError(
                f'{error}; start `ros2 bag record --snapshot-mode`, or set black_box to own'
            ) from error
        if not answer.success:
            raise RecordingError(f'{SNAPSHOT_SERVICE} could not write its snapshot; see its log')
