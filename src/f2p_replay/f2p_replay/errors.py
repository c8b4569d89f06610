# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Errors of recording and replay."""

from __future__ import annotations

from f2p_core.errors import F2PError


class ReplayError(F2PError):
    """Root of the errors of recording and replay."""


class RecordingError(ReplayError):
    """A bag could not be written."""
