# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Exceptions of this package; a motion that fails raises ``f2p_sim.errors.SkillError``."""

from __future__ import annotations

from f2p_core.errors import F2PError, InvalidInputError

STOP_FAILED = 'stop_failed'
"""Reason of an ``UnsafeError`` after which the robot may still be moving."""


class MoveItError(F2PError):
    """Root of the errors of ``f2p_moveit``."""


class RobotFileError(MoveItError, InvalidInputError):
    """A robot file, or the description it names, cannot be used."""


class UnsafeError(MoveItError):
    """The robot must not move on before a person has looked at it.

    The message is a reason as of a ``SkillError``, ``snake_case: detail``: ``force_limit``,
    ``force_unknown``, ``protective_stop``, ``joints_unknown``, ``base_unknown``, ``stop_failed``
    or ``not_recovered``.
    """
