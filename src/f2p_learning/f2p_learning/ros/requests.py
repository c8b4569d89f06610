# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``request_learning``: a goal the learner sends to its own action, and returns at once."""

from __future__ import annotations

from collections import deque
from pathlib import Path
import uuid

from f2p_msgs.action import LearnFromFailure
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from unique_identifier_msgs.msg import UUID

from f2p_core.ros.action_client import LockedActionClient
from f2p_core.ros.waiting import DeadlineError, wait_for_future, wait_until
from f2p_learning.pending import PendingRequest, PendingRequests

LEARN_ACTION = 'learn_from_failure'
PENDING_FILE = 'pending_requests.json'
_ACCEPT_S = 5.0
"""For the node's own action to answer [s]: it is in the same process."""


class SelfRequests:
    """Starts runs as goals of the learner's own action.

    So there is one queue and one way to watch a run: its id is the UUID of the goal, by which
    anybody can ask the action for the result, follow its feedback, or cancel it. Until its run has
    ended a request is also on disk, so that the next process takes it up under the same id.

    Args:
        node: The learner.
        directory: Where they are kept, in ``pending_requests.json``.

    Raises:
        HeldElsewhereError: If another learner keeps its requests there.
        StorageError: If nothing can be written there.
    """

    def __init__(self, node: Node, directory: Path) -> None:
        self._node = node
        self._pending = PendingRequests(directory / PENDING_FILE)
        self._inherited = deque(self._pending.to_do())
        for request in self._pending.set_apart():
            node.get_logger().error(_apart(request))
        self._client = LockedActionClient(
            node, LearnFromFailure, LEARN_ACTION, callback_group=ReentrantCallbackGroup()
        )

    def start(self, failure_id: str, seed: int) -> str:
        """Queues a failure of the library and returns the run's id.

        Raises:
            DeadlineError: If the action does not accept the goal in time.
        """
        request = PendingRequest(run_id=str(uuid.uuid4()), failure_id=failure_id, seed=seed)
        self._pending.add(request)
        try:
            self._send(request)
        except DeadlineError:
            self._pending.remove(request.run_id)
            raise
        return request.run_id

    def take_up(self) -> None:
        """Queues again what was accepted before this process began.

        Raises:
            DeadlineError: If the action does not accept a goal in time; call it again.
        """
        while self._inherited:
            request = self._inherited.popleft()
            try:
                self._send(request)
            except DeadlineError:
                self._inherited.appendleft(request)
                raise
            self._node.get_logger().info(
                f'run {request.run_id} for failure {request.failure_id} is taken up again: it had '
                'been accepted and had not ended'
            )

    @property
    def count(self) -> int:
        """How many accepted requests have not ended."""
        return len(self._pending.to_do())

    @property
    def set_apart(self) -> str:
        """Which requests are not tried again, and what to do about them; empty: none."""
        return '; '.join(_apart(request) for request in self._pending.set_apart())

    @property
    def failure_ids(self) -> tuple[str, ...]:
        """The failures of accepted requests that have not ended."""
        return tuple(request.failure_id for request in self._pending.all())

    def begun(self, run_id: str) -> None:
        """Notes that a run has its turn: if the process dies now, that counts against it."""
        self._pending.begin(run_id)

    def ended(self, run_id: str) -> None:
        """Forgets the request of a run, unless it was the end of the process that ended it."""
        if self._node.context.ok():
            self._pending.remove(run_id)
        else:
            self._pending.interrupt(run_id)

    def survived(self, failure_id: str) -> None:
        """Notes that a run about a failure came to its end: requests for it are harmless."""
        self._pending.forgive(failure_id)

    def _send(self, request: PendingRequest) -> None:
        goal = LearnFromFailure.Goal(
            failure_ids=[request.failure_id], seed=request.seed, publish=True
        )
        goal_id = UUID(uuid=list(uuid.UUID(request.run_id).bytes))
        wait_until(self._client.server_is_ready, _ACCEPT_S, f'the action {LEARN_ACTION}')
        sent = self._client.send_goal_async(goal, goal_uuid=goal_id)
        wait_for_future(sent, _ACCEPT_S, f'the answer of {LEARN_ACTION}')


def _apart(request: PendingRequest) -> str:
    return (
        f'run {request.run_id} for failure {request.failure_id} is not tried again by itself: '
        f'{request.begun} learners died of it; send {LEARN_ACTION} with this failure id to try'
    )
