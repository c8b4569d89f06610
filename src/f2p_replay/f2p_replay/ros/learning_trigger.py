# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Asking the learner to learn from a recorded failure, once."""

from __future__ import annotations

import threading
from typing import Any

from f2p_msgs.msg import ErrorCode
from f2p_msgs.srv import RequestLearning
from rclpy.node import Node
from rclpy.serialization import deserialize_message

from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import DeadlineError, wait_until
from f2p_replay.contract import FAILURE
from f2p_replay.ros.topics import message_class

_ANSWER_S = 30.0
"""For the learner to answer [s]: it does at once unless it hangs."""

_RETRY_S = 2.0
"""Time until a learner that is not active yet is asked again [s]."""

_PATIENCE_S = 120.0
"""How long a learner may take to become active: player and learner are started together [s]."""


class LearningTrigger:
    """Hands failures to ``request_learning`` by value, each in the background and only once.

    Args:
        node: The asking node.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._caller = ServiceCaller(node, RequestLearning, 'request_learning')
        self._asked: set[str] = set()
        self._pause = threading.Event()
        self._control = Control(should_stop=self._is_over)

    def request(self, data: bytes) -> None:
        """Asks for learning from a serialized failure, unless it was asked for before."""
        failure = deserialize_message(data, message_class(FAILURE))
        if failure.failure_id not in self._asked:
            self._asked.add(failure.failure_id)
            threading.Thread(target=self._ask, args=(failure,), daemon=True).start()

    def _ask(self, failure: Any) -> None:
        """Asks until the learner is there and active, for a while."""
        logger = self._node.get_logger()
        request = RequestLearning.Request(failure=failure)
        answers: list[Any] = []

        def answered() -> bool:
            answer = self._call(request)
            if answer is None or answer.error_code == ErrorCode.LEARNER_INACTIVE:
                self._pause.wait(_RETRY_S)
                return False
            answers.append(answer)
            return True

        try:
            wait_until(answered, _PATIENCE_S, 'an active learner', self._control)
        except DeadlineError as error:
            logger.error(f'nothing is learned: {error}')
        except CancelledError:
            return
        else:
            if answers[0].error_code == ErrorCode.NONE:
                logger.info(f'learning is requested: run {answers[0].run_id}')
            else:
                logger.error(
                    f'nothing is learned: {answers[0].error_code}: {answers[0].error_msg}'
                )

    def _call(self, request: Any) -> Any | None:
        try:
            return self._caller.call(request, timeout_s=_ANSWER_S, control=self._control)
        except DeadlineError:
            return None

    def _is_over(self) -> bool:
        return not self._node.context.ok()
