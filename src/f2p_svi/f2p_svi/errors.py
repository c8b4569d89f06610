# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The root of the errors this package raises on purpose."""

from __future__ import annotations

from f2p_core.errors import F2PError


class SviError(F2PError):
    """Inference could not be set up or found nothing; the message says why and what mends it."""
