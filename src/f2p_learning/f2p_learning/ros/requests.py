# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``request_learning``: a goal the learner sends to its own action, and returns at once."""

from __future__ import annotations

import uuid

from f2p_msgs.action import LearnFromFailure
from rclpy.node import Node
from unique_identifier_msgs.msg import UUID

from f2p_core.ros.action_client import LockedActionClient
from f2p_core.ros.waiting import wait_for_future, wait_until

LEARN_ACTION = 'learn_from_failure'
_ACCEPT_S = 5.0


class SelfRequests:
    """Starts runs as goals of the learner's own action.

    So there is one queue and one way to watch a run: its id is the UUID of the goal, by which
    anybody can ask the action for the result, follow its feedback, or cancel it.

    Args:
        node: The learner.
    """

    def __init__(self, node: Node) -> None:
        self._client = LockedActionClient(node, LearnFromFailure, LEARN_ACTION)

    def start(self, failure_id: str, seed: int) -> str:
        """Queues a failure of the library and returns the run's id.

        Raises:
            DeadlineError: If the action does not accept the goal in time.
        """
        run_id = uuid.uuid4()
        goal = LearnFromFailure.Goal(failure_ids=[failure_id], seed=seed, publish=True)
        wait_until(self._client.server_is_ready, _ACCEPT_S, f'the action {LEARN_ACTION}')
        sent = self._client.send_goal_async(goal, goal_uuid=UUID(uuid=list(run_id.bytes)))
        wait_for_future(sent, _ACCEPT_S, f'the answer of {LEARN_ACTION}')
        return str(run_id)
