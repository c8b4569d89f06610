# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The root of every exception this project raises on purpose."""

from __future__ import annotations


class F2PError(Exception):
    """Root of all Fail2Progress errors.

    A message names the thing, the value it had and what mends it, so that it can be shown to a
    user as it is. Each package derives its own root from this one.
    """


class CancelledError(F2PError):
    """Work stopped because its caller asked for it; nothing half-done is left behind."""


class InvalidInputError(F2PError):
    """A value from outside (file, message, argument) was refused."""


class DamagedError(InvalidInputError):
    """A record does not have the digest it states."""


class OverLimitError(InvalidInputError):
    """More was asked for than the owner allows (``f2p_core.limits``)."""


class WeakerError(InvalidInputError):
    """A goal would make a check weaker that it may only make stricter."""


class MissingFileError(InvalidInputError):
    """There is no file of that name."""


class StorageError(F2PError):
    """A file could not be written: no room, no permission, or a disk that is read-only."""
