# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A lifecycle node that counts: the smallest user of the node library, run as a process."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

from f2p_msgs.action import FineTune
from f2p_msgs.msg import ErrorCode
from f2p_msgs.srv import ReviewModel

from f2p_core.errors import InvalidInputError, OverLimitError, WeakerError
from f2p_core.parameters import ByGoal, Config, parameter
from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.errors import ErrorMap
from f2p_core.ros.lifecycle import ManagedConfig, ManagedNode
from f2p_core.ros.main import run_node
from f2p_core.ros.parameters import with_overrides
from f2p_core.ros.services import serve_service

ERRORS = ErrorMap(
    ErrorCode.LEARNER_UNKNOWN,
    {
        InvalidInputError: ErrorCode.LEARNER_INVALID_GOAL,
        OverLimitError: ErrorCode.LEARNER_OVER_LIMIT,
        WeakerError: ErrorCode.LEARNER_MAY_NOT_WEAKEN,
    },
)
POLICY = Policy(
    ERRORS,
    ErrorCode.LEARNER_CANCELLED,
    ErrorCode.LEARNER_QUEUE_FULL,
    {'train': FineTune.Feedback.TRAINING},
    FineTune.Feedback.STORING,
    overdue_s=1.0,
)


def never_returns() -> None:
    """As a definition of another package may."""
    while True:
        time.sleep(0.1)


class PaceConfig(Config):
    tick_s: float = parameter(
        0.01, 'Time between two counts', unit='s', low=0.0, high=1.0, live=True
    )


class CountingConfig(ManagedConfig):
    ticks: int = parameter(10, 'How far to count', low=1, high=10_000)
    strict: float = parameter(0.5, 'A check', low=0.0, high=1.0, by_goal=ByGoal.ONLY_HIGHER)
    pace: PaceConfig = PaceConfig()


class CountingNode(ManagedNode[CountingConfig]):
    def __init__(self) -> None:
        super().__init__('counter', CountingConfig, ErrorCode.LEARNER_INACTIVE)
        serve_action(self, FineTune, 'count', self.count, POLICY)
        serve_service(self, ReviewModel, 'refuse', self.refuse, ERRORS)

    def count(self, goal: Any, task: Task) -> Any:
        self.require_active()
        if goal.dataset == 'bug':
            raise RuntimeError('a bug')
        if goal.dataset == 'hang':
            never_returns()
        config = with_overrides(self.config, goal.overrides, ('ticks', 'strict', 'pace'))
        pause = threading.Event()
        for i in range(config.ticks):
            task.control.check('counting')
            task.control.report('train', i + 1, config.ticks)
            pause.wait(config.pace.tick_s)
        return FineTune.Result(run_id=str(config.ticks))

    def refuse(self, request: Any) -> Any:
        raise InvalidInputError(f'no model {request.version}')


if __name__ == '__main__':
    sys.exit(run_node(CountingNode))
