# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Errors of the learning loop."""

from __future__ import annotations

from f2p_core.errors import F2PError


class LearningError(F2PError):
    """Root of the learning loop's errors."""


class LibraryError(LearningError):
    """The failure library or a run directory could not be read or written."""


class FailureIdTakenError(LibraryError):
    """The library keeps another failure with the same id."""


class WithdrawnError(LibraryError):
    """A human said that it was no failure: nothing is learned from it."""
