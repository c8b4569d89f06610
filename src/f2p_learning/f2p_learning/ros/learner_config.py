# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the node ``learner``."""

from __future__ import annotations

from f2p_core.limits import Limits
from f2p_core.parameters import parameter
from f2p_core.ros.lifecycle import ManagedConfig
from f2p_effects.tuning import FineTuneConfig
from f2p_learning.config import LearningConfig

BY_GOAL = ('learning', 'tuning')
"""What the overrides of a goal may set; all else is the owner's."""


class LearnerConfig(ManagedConfig):
    """Parameters of the node."""

    models_directory: str = parameter(
        'models', 'Model store, with the old executions beside it; the learner alone writes to it'
    )
    library_directory: str = parameter('runs/failures', 'Where every failure is kept')
    runs_directory: str = parameter('runs', 'Where each learning run gets a directory')
    learning: LearningConfig = LearningConfig()
    tuning: FineTuneConfig = FineTuneConfig()
    threads: int = parameter(1, 'Threads of the numeric library', low=1, high=64)
    max_waiting: int = parameter(3, 'Learning runs that may wait for their turn', low=0, high=4)
    require_approval: bool = parameter(
        False,
        'Store what was learned but let the owner activate it (review_model); of runs that begin '
        'after it is set',
        live=True,
    )
    max_runs_per_hour: int = parameter(
        30, 'Runs that request_learning may begin within an hour', low=1, high=1000
    )
    disk_quota_mb: float = parameter(
        2000.0, 'Size of runs, failures and models from which the oldest go',
        unit='MB',
        low=1.0,
        high=1e6,
    )
    readable_directories: tuple[str, ...] = parameter(
        ('.',), 'Folders below which files named in a goal may be read'
    )
    generate_timeout_s: float = parameter(
        300.0, 'Deadline of the scene generator', unit='s', low=1.0, high=36000.0
    )
    simulate_timeout_s: float = parameter(
        1200.0, 'Deadline of the simulator', unit='s', low=1.0, high=36000.0
    )
    limits: Limits = Limits()
