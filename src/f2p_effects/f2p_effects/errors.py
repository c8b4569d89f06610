# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The exception root of this package."""

from __future__ import annotations

from f2p_core.errors import F2PError


class EffectsError(F2PError):
    """Effect model, data set or model store could not be used; the message says what mends it."""


class DamagedStoreError(EffectsError):
    """A file of the model store is not what was written there."""


class DecisionError(EffectsError):
    """A version of the model is not in a state in which this can be decided about it."""
