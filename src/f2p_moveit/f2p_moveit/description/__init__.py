# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""URDF, SRDF and MoveIt settings of our mobile manipulator, made from its MJCF."""
