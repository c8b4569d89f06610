# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Time that jumps back: a replay begins again, or another simulation is started."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.clock import JumpHandle, JumpThreshold
from rclpy.duration import Duration
from rclpy.node import Node

_SMALLEST = Duration(seconds=-0.1)
"""A smaller step back is no jump: messages of /clock may overtake each other."""


def on_jump_back(node: Node, forget: Callable[[], None]) -> JumpHandle:
    """Calls a function whenever the node's clock has jumped back.

    Args:
        node: Gives the clock.
        forget: Drops what is remembered with stamps of the time before; quick.

    Returns:
        The registration; it holds as long as this is kept.
    """
    threshold = JumpThreshold(min_forward=None, min_backward=_SMALLEST, on_clock_change=False)
    return node.get_clock().create_jump_callback(threshold, post_callback=lambda _: forget())
