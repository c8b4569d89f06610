# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""RViz, Foxglove and what draws for them; ``--show-args`` lists the arguments."""

from f2p_bringup.ros.launching import viewing
from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """Called by launch."""
    return viewing()
