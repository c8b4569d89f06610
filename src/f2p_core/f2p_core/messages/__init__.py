# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Reading messages without ROS: msg_to_x, by attribute access alone.

It does not matter who decoded a message: rclpy in a node, or rosbags out of a bag. A message that
cannot be read raises ``InvalidInputError`` naming field and value. ``f2p_core.ros.conversions``
has the way back, x_to_msg, which needs the generated types.
"""
