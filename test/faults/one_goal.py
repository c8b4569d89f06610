# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A client as others write them: one goal of ``brake``, as ``ros2 action send_goal`` sends it."""

from __future__ import annotations

from typing import Any

from f2p_msgs.action import FineTune
import rclpy
from rclpy.action.client import ActionClient
from rclpy.node import Node

if __name__ == '__main__':
    rclpy.init()
    node = Node('foreign')
    kind: Any = ActionClient  # rclpy does not say its types
    client = kind(node, FineTune, 'brake')
    client.wait_for_server()
    sent = client.send_goal_async(FineTune.Goal())
    rclpy.spin_until_future_complete(node, sent)
    rclpy.spin_until_future_complete(node, sent.result().get_result_async())
