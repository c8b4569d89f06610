# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The services by which a human has the last word: on models, and on failures."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any

from f2p_msgs.msg import ErrorCode, ModelVersion
from f2p_msgs.srv import CorrectFailure, ReviewModel
from rclpy.node import Node

from f2p_core.limits import Limits
from f2p_core.ros.conversions.failure import correction_to_msg, msg_to_correction
from f2p_core.ros.errors import NodeError
from f2p_core.ros.services import serve_service
from f2p_effects.errors import EffectsError
from f2p_effects.store import ModelStore
from f2p_learning.library import FailureLibrary
from f2p_learning.ros.codes import ERRORS
from f2p_learning.ros.results import version_to_msg


class HumanWords:
    """Serves ``review_model`` and ``correct_failure``.

    Args:
        node: The learner.
        store: Its models.
        library: Its failures.
        limits: The owner's, of what may be said.
        on_reviewed: Called after a word on a model.
    """

    def __init__(
        self,
        node: Node,
        store: ModelStore,
        library: FailureLibrary,
        limits: Limits,
        on_reviewed: Callable[[], object],
    ) -> None:
        self._node = node
        self._store = store
        self._library = library
        self._on_reviewed = on_reviewed
        self._decide = {
            ReviewModel.Request.APPROVE: store.activate,
            ReviewModel.Request.REJECT: store.reject,
            ReviewModel.Request.ROLL_BACK: store.roll_back,
        }
        serve_service(node, ReviewModel, 'review_model', self._review, ERRORS, limits)
        serve_service(node, CorrectFailure, 'correct_failure', self._correct, ERRORS, limits)

    def _review(self, request: Any) -> Any:
        if request.decision not in self._decide:
            raise NodeError(
                ErrorCode.LEARNER_INVALID_GOAL,
                f'decision is {request.decision}; known: 1 approve, 2 reject, 3 roll back',
            )
        if not any(letter.isalpha() for letter in request.who):
            raise NodeError(
                ErrorCode.LEARNER_INVALID_GOAL, f'who is {request.who!r}; say who decides'
            )
        previous = self._active_or_none()
        self._decide[request.decision](request.version, who=request.who, why=request.why)
        self._on_reviewed()
        return ReviewModel.Response(
            reviewed=version_to_msg(self._store, request.version),
            previous=previous,
            active=self._active_or_none(),
        )

    def _active_or_none(self) -> ModelVersion:
        """The active version; where that is damaged, none: a word of a human mends it."""
        try:
            return version_to_msg(self._store, self._store.active_version() or 0)
        except EffectsError:
            return version_to_msg(self._store, 0)

    def _correct(self, request: Any) -> Any:
        word = msg_to_correction(request.correction)
        if word is not None:
            word = word.model_copy(update={'stamp_ns': time.time_ns()})
        previous = self._library.correct(request.failure_id, word)
        said = 'nothing any more' if word is None else f'{word.kind or "withdrawn"} by {word.who}'
        self._node.get_logger().info(f'failure {request.failure_id} is corrected: {said}')
        return CorrectFailure.Response(
            previous=correction_to_msg(previous),
            learned=self._library.is_learned(request.failure_id),
        )
