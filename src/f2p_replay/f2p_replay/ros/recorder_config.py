# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the node ``recorder``."""

from __future__ import annotations

from f2p_core.parameters import Config, parameter


class RecorderConfig(Config):
    """Parameters of the node."""

    library_directory: str = parameter(
        'runs/failures', 'Each failure gets a bag in here, named by its id'
    )
    black_box: str = parameter(
        'auto',
        'Who records: this node (own), a running `ros2 bag record --snapshot-mode` (rosbag2), or '
        'rosbag2 where it answers and else this node (auto)',
        choices=('auto', 'own', 'rosbag2'),
    )
    camera: str = parameter(
        'depth',
        'Camera input to record; clouds take three times the space of depth with labels',
        choices=('depth', 'points'),
    )
    input_reliability: str = parameter(
        'reliable',
        'QoS of the camera; best_effort for those that publish so',
        choices=('reliable', 'best_effort'),
    )
    window_s: float = parameter(
        60.0, 'How far back a bag goes', unit='s', low=1.0, high=3600.0
    )
    window_mb: float = parameter(
        128.0, 'Memory the window may take; the oldest goes first', unit='MB', low=1.0, high=1e5
    )
    tail_s: float = parameter(
        2.0, 'How long recording goes on after a failure', unit='s', low=0.0, high=60.0
    )
    window_interval_s: float = parameter(
        1.0, 'Least time between camera frames in the window', unit='s', low=0.0, high=60.0
    )
    frame_interval_s: float = parameter(
        30.0,
        'Least time between camera frames in the bag; those the failure rests on always are',
        unit='s',
        low=0.0,
        high=3600.0,
    )
