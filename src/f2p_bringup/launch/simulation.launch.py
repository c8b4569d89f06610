# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The simulator in which skills are tried out; ``--show-args`` lists the arguments."""

from f2p_bringup.node_table import Subsystem
from f2p_bringup.ros.launching import subsystem
from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """Called by launch."""
    return subsystem(Subsystem.SIMULATION)
