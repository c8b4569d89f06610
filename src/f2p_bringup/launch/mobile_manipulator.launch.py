# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Everything that runs with a robot; ``--show-args`` lists the arguments."""

from f2p_bringup.ros.launching import mobile_manipulator
from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """Called by launch."""
    return mobile_manipulator()
