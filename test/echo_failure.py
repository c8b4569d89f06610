# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Sends every failure it receives back on another topic; the other end of a test."""

from f2p_msgs.msg import Failure
import rclpy
import rclpy.executors


def main() -> None:
    """Echoes until it is terminated."""
    rclpy.init()
    node = rclpy.create_node('echo')
    publisher = node.create_publisher(Failure, 'failure_echo', 1)
    node.create_subscription(Failure, 'failure', publisher.publish, 1)
    try:
        while rclpy.ok():  # rclpy.spin misses a termination now and then
            rclpy.spin_once(node, timeout_sec=0.25)
    except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
        pass
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


if __name__ == '__main__':
    main()
