# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Goals that the learner refuses, the code of its answer, and words of it."""

from __future__ import annotations

from typing import Any

from f2p_msgs.msg import ErrorCode
from learner_bench import FAILURE, integer, real
from rcl_interfaces.msg import Parameter, ParameterValue

from f2p_core.ros.conversions.failure import failure_to_msg

CROWDED = failure_to_msg(FAILURE)
"""A failure of several objects, so that a large batch of it is over the limit."""

BAD_GOALS: list[tuple[dict[str, Any], int, str]] = [
    ({}, ErrorCode.LEARNER_INVALID_FAILURE, 'no failure'),
    ({'failure_ids': ['nobody']}, ErrorCode.LEARNER_UNKNOWN_FAILURE, "'nobody'"),
    ({'bag': '/no/such/bag'}, ErrorCode.LEARNER_FORBIDDEN_PATH, '/no/such/bag lies outside'),
    (
        {'overrides': [integer('tuning.steps', 0)]},
        ErrorCode.LEARNER_INVALID_GOAL,
        'steps = 0 is outside [1, 100000]',
    ),
    (
        {'overrides': [integer('tuning.steeps', 1)]},
        ErrorCode.LEARNER_INVALID_GOAL,
        "'tuning.steeps' is not a parameter",
    ),
    (
        {'overrides': [integer('max_runs_per_hour', 1000)]},
        ErrorCode.LEARNER_INVALID_GOAL,
        "override 'max_runs_per_hour' is the owner's alone; a goal may set: learning.",
    ),
    (
        {'overrides': [Parameter(name='tuning.steps', value=ParameterValue(type=255))]},
        ErrorCode.LEARNER_INVALID_GOAL,
        'override tuning.steps has the parameter type 255',
    ),
    (
        {'overrides': [real('learning.min_family_accuracy', 0.0)]},
        ErrorCode.LEARNER_MAY_NOT_WEAKEN,
        'override learning.min_family_accuracy = 0 would make the check weaker; the owner has '
        '0.9, and a goal may set it only higher',
    ),
    (
        {'overrides': [real('learning.max_f1_drop', 0.02)]},
        ErrorCode.LEARNER_MAY_NOT_WEAKEN,
        'a goal may set it only lower',
    ),
    (
        {'overrides': [real('learning.max_position_error_increase_m', 0.006)]},
        ErrorCode.LEARNER_MAY_NOT_WEAKEN,
        'a goal may set it only lower',
    ),
    (
        {
            'overrides': [
                integer('learning.n_scenes', 1000),
                integer('learning.n_calls', 1000),
                integer('learning.max_rounds', 10),
            ]
        },
        ErrorCode.LEARNER_OVER_LIMIT,
        'the number of executions of a run is 10002000; at most 20000 is allowed',
    ),
    (
        {'overrides': [integer('tuning.batch_size', 4096)], 'failures': [CROWDED]},
        ErrorCode.LEARNER_OVER_LIMIT,
        'tuning.batch_size times pairs of objects is',
    ),
    (
        {'failure_ids': ['nobody'] * 21},
        ErrorCode.LEARNER_OVER_LIMIT,
        'the length of failure_ids is 21; at most 20 is allowed (limits.failures)',
    ),
]
