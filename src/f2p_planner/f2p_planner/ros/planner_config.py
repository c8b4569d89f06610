# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the nodes ``planner`` and ``failure_detector``."""

from __future__ import annotations

from f2p_core.limits import Limits
from f2p_core.parameters import parameter
from f2p_core.ros.lifecycle import ManagedConfig
from f2p_planner.judge import JudgeConfig
from f2p_planner.pursuit_types import PursuitConfig


class PlannerNodeConfig(ManagedConfig):
    """Parameters of the node ``planner``."""

    models_directory: str = parameter('models', 'Model store; the planner only reads it')
    pursuit: PursuitConfig = PursuitConfig()
    auto_learn: bool = parameter(
        True,
        'Request learning by itself where a prediction was wrong; false: avoid the call; of goals '
        'that begin after it is set',
        live=True,
    )
    threads: int = parameter(1, 'Threads of the numeric library', low=1, high=64)
    scene_timeout_s: float = parameter(
        30.0, 'Deadline of an observation', unit='s', low=0.1, high=3600.0
    )
    skill_timeout_s: float = parameter(
        300.0, 'Deadline of one skill', unit='s', low=1.0, high=36000.0
    )
    verdict_timeout_s: float = parameter(
        300.0, 'Deadline of a verdict, with replays', unit='s', low=1.0, high=36000.0
    )
    learning_timeout_s: float = parameter(
        3600.0, 'Deadline of a learning run, with its wait', unit='s', low=1.0, high=360000.0
    )
    limits: Limits = Limits()


class DetectorConfig(ManagedConfig):
    """Parameters of the node ``failure_detector``."""

    judge: JudgeConfig = JudgeConfig()
    settle_s: float = parameter(
        0.3, 'Time after a skill before observations count', unit='s', low=0.0, high=60.0
    )
    scene_timeout_s: float = parameter(
        30.0, 'Deadline of an observation', unit='s', low=0.1, high=3600.0
    )
    posterior_scenes: int = parameter(
        40, 'Scenes like the one before a failure to replay it in', low=1, high=1000
    )
    generate_timeout_s: float = parameter(
        120.0, 'Deadline of the scene generator', unit='s', low=1.0, high=36000.0
    )
    simulate_timeout_s: float = parameter(
        120.0, 'Deadline of the simulator', unit='s', low=1.0, high=36000.0
    )
    limits: Limits = Limits()
