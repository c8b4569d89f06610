# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pure functions between the types of the core and messages: x_to_msg and msg_to_x.

A message that cannot be read raises ``InvalidInputError`` naming field and value. What reads the
messages of f2p_msgs needs no ROS and is written in ``f2p_core.messages``.
"""
