# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Error codes of ``execute_skill`` for the reasons why a motion failed."""

from __future__ import annotations

from f2p_msgs.msg import ErrorCode

from f2p_sim.grounding import NOT_THERE

_CODES = {
    'unknown_object': ErrorCode.EXECUTOR_INVALID_CALL,
    'unknown_skill': ErrorCode.EXECUTOR_INVALID_CALL,
    'not_movable': ErrorCode.EXECUTOR_INVALID_CALL,
    'not_graspable': ErrorCode.EXECUTOR_INVALID_CALL,
    NOT_THERE: ErrorCode.EXECUTOR_NO_GRASP,
    'grasp_missed': ErrorCode.EXECUTOR_NO_GRASP,
    'dropped': ErrorCode.EXECUTOR_NO_GRASP,
    'push_missed': ErrorCode.EXECUTOR_NO_GRASP,
    'misplaced': ErrorCode.EXECUTOR_NO_GRASP,
    'in_collision': ErrorCode.EXECUTOR_NO_PATH,
    'blocked': ErrorCode.EXECUTOR_NO_PATH,
    'ik_unreachable': ErrorCode.EXECUTOR_OUT_OF_REACH,
    'timeout': ErrorCode.EXECUTOR_TIMED_OUT,
    'server_lost': ErrorCode.EXECUTOR_SERVER_LOST,
    'cancelled': ErrorCode.EXECUTOR_CANCELLED,
}


def skill_code(reason: str) -> int:
    """Returns the code of a reason, ``snake_case: detail``; ``NONE`` for an empty one."""
    if not reason:
        return int(ErrorCode.NONE)
    return int(_CODES.get(reason.partition(':')[0], ErrorCode.EXECUTOR_UNKNOWN))
