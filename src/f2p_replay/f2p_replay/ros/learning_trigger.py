# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Asking the learner to learn from a recorded failure, once."""

from __future__ import annotations

import threading

from f2p_msgs.msg import ErrorCode
from f2p_msgs.srv import RequestLearning
from rclpy.node import Node
from rclpy.serialization import deserialize_message

from f2p_core.errors import CancelledError
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import DeadlineError
from f2p_replay.contract import FAILURE
from f2p_replay.ros.topics import message_class

_ANSWER_S = 30.0


class LearningTrigger:
    """Hands failures to ``request_learning`` by value, each in the background and only once.

    Args:
        node: The asking node.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._caller = ServiceCaller(node, RequestLearning, 'request_learning')
        self._asked: set[str] = set()

    def request(self, data: bytes) -> None:
        """Asks for learning from a serialized failure, unless it was asked for before."""
        failure = deserialize_message(data, message_class(FAILURE))
        if failure.failure_id not in self._asked:
            self._asked.add(failure.failure_id)
            threading.Thread(target=self._ask, args=(failure,), daemon=True).start()

    def _ask(self, failure: object) -> None:
        request = RequestLearning.Request(failure=failure)
        logger = self._node.get_logger()
        try:
            answer = self._caller.call(
                request, timeout_s=_ANSWER_S, should_stop=lambda: not self._node.context.ok()
            )
        except DeadlineError as error:
            logger.error(f'nothing is learned: {error}')
        except CancelledError:
            return
        else:
            if answer.error_code == ErrorCode.NONE:
                logger.info(f'learning is requested: run {answer.run_id}')
            else:
                logger.error(f'nothing is learned: {answer.error_code}: {answer.error_msg}')
