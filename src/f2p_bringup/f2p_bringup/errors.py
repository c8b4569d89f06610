# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Errors of bringing the system up."""

from __future__ import annotations

from f2p_core.errors import F2PError


class BringupError(F2PError):
    """A part of the system is not installed, did not start, or ended."""
