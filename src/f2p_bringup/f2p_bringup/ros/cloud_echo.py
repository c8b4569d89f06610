# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The far end of the latency benchmark: says how long each cloud was on its way."""

from __future__ import annotations

import sys
import time

from rclpy.node import Node
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Float64

from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.main import run_node
from f2p_core.ros.qos import CLOUD_IN, LATCHED_EVENTS


class CloudEcho(Node):
    """Receives clouds as the nodes do.

    ROS Subscriptions:
        bench/cloud (sensor_msgs/PointCloud2): its stamp is the sender's monotonic clock, which
            processes of one machine share.
    ROS Publishers:
        bench/latency_s (std_msgs/Float64): from the stamp until the callback [s].
    """

    def __init__(self) -> None:
        super().__init__('cloud_echo')
        self._latency = self.create_publisher(Float64, 'bench/latency_s', LATCHED_EVENTS)
        self.create_subscription(PointCloud2, 'bench/cloud', self._receive, CLOUD_IN)

    def _receive(self, cloud: PointCloud2) -> None:
        arrived_ns = time.monotonic_ns()
        sent_ns = msg_to_time_ns(cloud.header.stamp)
        self._latency.publish(Float64(data=(arrived_ns - sent_ns) * 1e-9))


if __name__ == '__main__':
    sys.exit(run_node(CloudEcho))
