# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A bag in place of a robot: ``bag:=PATH`` is all it needs; ``--show-args`` lists the rest."""

from f2p_bringup.ros.launching import replay
from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """Called by launch."""
    return replay()
