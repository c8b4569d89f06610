# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Error codes and feedback states of the learner."""

from __future__ import annotations

import math

from f2p_msgs.action import FineTune, LearnFromFailure
from f2p_msgs.msg import ErrorCode

from f2p_core.bags import BagError
from f2p_core.errors import DamagedError, InvalidInputError, OverLimitError, WeakerError
from f2p_core.files import ForbiddenPathError
from f2p_core.ros.action_server import Policy
from f2p_core.ros.errors import ErrorMap
from f2p_core.ros.waiting import ServerLostError
from f2p_effects.errors import DamagedStoreError, DecisionError, EffectsError
from f2p_effects.tuning import FINE_TUNE_STAGE
from f2p_learning.errors import FailureIdTakenError, LibraryError, WithdrawnError
from f2p_learning.rate_limit import RateLimitError
from f2p_learning.turnstile import QUEUED_STAGE, QueueFullError

_FOR_EVER_S = math.inf
"""How long the client of a run may be gone [s]: what is learned is in the store, for everybody."""

# Codes come in blocks of a hundred per server (f2p_msgs/ErrorCode).
_GENERATOR_BLOCK = ErrorCode.GENERATOR_UNKNOWN // 100
_SIMULATOR_BLOCK = ErrorCode.SIMULATOR_UNKNOWN // 100

ERRORS = ErrorMap(
    ErrorCode.LEARNER_UNKNOWN,
    {
        ForbiddenPathError: ErrorCode.LEARNER_FORBIDDEN_PATH,
        DamagedError: ErrorCode.LEARNER_DAMAGED,
        OverLimitError: ErrorCode.LEARNER_OVER_LIMIT,
        WeakerError: ErrorCode.LEARNER_MAY_NOT_WEAKEN,
        InvalidInputError: ErrorCode.LEARNER_INVALID_FAILURE,
        FailureIdTakenError: ErrorCode.LEARNER_INVALID_FAILURE,
        WithdrawnError: ErrorCode.LEARNER_WITHDRAWN,
        LibraryError: ErrorCode.LEARNER_UNKNOWN_FAILURE,
        BagError: ErrorCode.LEARNER_INVALID_BAG,
        DecisionError: ErrorCode.LEARNER_NOT_DECIDABLE,
        DamagedStoreError: ErrorCode.LEARNER_DAMAGED,
        EffectsError: ErrorCode.LEARNER_NO_MODEL,
        QueueFullError: ErrorCode.LEARNER_QUEUE_FULL,
        RateLimitError: ErrorCode.LEARNER_RATE_LIMITED,
        ServerLostError: ErrorCode.LEARNER_SERVER_LOST,
    },
    of_servers={
        _GENERATOR_BLOCK: ErrorCode.LEARNER_GENERATION_FAILED,
        _SIMULATOR_BLOCK: ErrorCode.LEARNER_SIMULATION_FAILED,
    },
)
_Learn = LearnFromFailure.Feedback
LEARN_POLICY = Policy(
    errors=ERRORS,
    cancelled=ErrorCode.LEARNER_CANCELLED,
    busy=None,
    states={
        QUEUED_STAGE: _Learn.QUEUED,
        'simulate': _Learn.SIMULATING,
        FINE_TUNE_STAGE: _Learn.TRAINING,
        'gate': _Learn.GATING,
        'publish': _Learn.STORING,
    },
    default_state=_Learn.GENERATING,
    absence_s=_FOR_EVER_S,
)
_Tune = FineTune.Feedback
FINE_TUNE_POLICY = Policy(
    errors=ERRORS,
    cancelled=ErrorCode.LEARNER_CANCELLED,
    busy=None,
    states={QUEUED_STAGE: _Tune.QUEUED, 'gate': _Tune.GATING, 'publish': _Tune.STORING},
    default_state=_Tune.TRAINING,
    absence_s=_FOR_EVER_S,
)
