# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the node ``player``."""

from __future__ import annotations

from f2p_core.parameters import Config, parameter


class PlayerConfig(Config):
    """Parameters of the node."""

    bag: str = parameter('', 'The bag: its folder, or its .mcap file')
    rate: float = parameter(
        1.0, 'Speed, in recorded seconds per second', low=0.1, high=10.0
    )
    loop: bool = parameter(False, 'Begin again at the end: time jumps back')
    start_paused: bool = parameter(False, 'Wait for the service ~/pause')
    learn: bool = parameter(
        True, 'Request learning from each failure of the bag when its time comes'
    )
