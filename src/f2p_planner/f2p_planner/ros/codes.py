# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Error codes of planner and failure detector."""

from __future__ import annotations

from f2p_msgs.msg import ErrorCode

from f2p_core.errors import InvalidInputError, OverLimitError
from f2p_core.ros.errors import ErrorMap
from f2p_core.ros.waiting import DeadlineError, ServerLostError
from f2p_effects.errors import DamagedStoreError, EffectsError
from f2p_planner.errors import PlannerError, PlannerErrorCode

_PLANNER_CODES = {
    PlannerErrorCode.UNKNOWN_OBJECT: ErrorCode.PLANNER_INVALID_GOAL,
    PlannerErrorCode.UNKNOWN_RELATION: ErrorCode.PLANNER_INVALID_GOAL,
    PlannerErrorCode.INVALID_INPUT: ErrorCode.PLANNER_INVALID_GOAL,
    PlannerErrorCode.NO_CALL_POSSIBLE: ErrorCode.PLANNER_NO_PLAN,
}
_DETECTOR_CODES = {
    PlannerErrorCode.NO_FRAMES: ErrorCode.DETECTOR_NO_SCENE,
    PlannerErrorCode.NO_REPLAY: ErrorCode.DETECTOR_NO_REPLAY,
}


class _ByKind(ErrorMap):
    """An error map that also looks at the kind of a ``PlannerError``."""

    def __init__(self, base: ErrorMap, kinds: dict[PlannerErrorCode, int], other: int) -> None:
        self._base = base
        self._kinds = kinds
        self._other = other

    def code_of(self, error: Exception) -> int:
        """Returns the error code for an exception."""
        if isinstance(error, PlannerError):
            return self._kinds.get(error.code, self._other)
        return self._base.code_of(error)


def _block(code: int) -> int:
    return code // 100


PLANNER_ERRORS = _ByKind(
    ErrorMap(
        ErrorCode.PLANNER_UNKNOWN,
        {
            InvalidInputError: ErrorCode.PLANNER_INVALID_GOAL,
            OverLimitError: ErrorCode.PLANNER_OVER_LIMIT,
            DamagedStoreError: ErrorCode.PLANNER_DAMAGED,
            EffectsError: ErrorCode.PLANNER_NO_MODEL,
            ServerLostError: ErrorCode.PLANNER_SERVER_LOST,
            DeadlineError: ErrorCode.PLANNER_UNKNOWN,
        },
        of_servers={
            _block(ErrorCode.EXECUTOR_UNKNOWN): ErrorCode.PLANNER_EXECUTION_FAILED,
            _block(ErrorCode.DETECTOR_UNKNOWN): ErrorCode.PLANNER_NO_VERDICT,
            _block(ErrorCode.LEARNER_UNKNOWN): ErrorCode.PLANNER_NOT_LEARNED,
        },
    ),
    _PLANNER_CODES,
    ErrorCode.PLANNER_UNKNOWN,
)
DETECTOR_ERRORS = _ByKind(
    ErrorMap(
        ErrorCode.DETECTOR_UNKNOWN,
        {
            InvalidInputError: ErrorCode.DETECTOR_INVALID_REQUEST,
            ServerLostError: ErrorCode.DETECTOR_SERVER_LOST,
            DeadlineError: ErrorCode.DETECTOR_NO_REPLAY,
        },
        of_servers={
            _block(ErrorCode.GENERATOR_UNKNOWN): ErrorCode.DETECTOR_NO_REPLAY,
            _block(ErrorCode.SIMULATOR_UNKNOWN): ErrorCode.DETECTOR_NO_REPLAY,
        },
    ),
    _DETECTOR_CODES,
    ErrorCode.DETECTOR_INVALID_REQUEST,
)
