# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the nodes of the stack share: conversions, QoS, parameters, actions, tf, main.

The only place of this package that imports rclpy and message types.
"""
