# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Errors of reading bags."""

from __future__ import annotations

from f2p_core.errors import F2PError


class BagError(F2PError):
    """A bag that cannot be read, or does not hold what is needed."""


class BagDamagedError(BagError):
    """A part of a bag does not have its checksum, or cannot be what was written."""
