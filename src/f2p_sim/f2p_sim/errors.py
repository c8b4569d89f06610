# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Exceptions of this package."""

from __future__ import annotations

from f2p_core.errors import F2PError


class SimError(F2PError):
    """Root of the errors of ``f2p_sim``."""


class SkillError(SimError):
    """A skill cannot go on; the message is the reason a rollout reports.

    Attributes:
        code: ``snake_case`` word that programs may compare, for example ``ik_unreachable``.
        detail: What exactly, with values, for a reader.
    """

    def __init__(self, code: str, detail: str):
        super().__init__(f'{code}: {detail}')
        self.code = code
        self.detail = detail
