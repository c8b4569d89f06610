# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Logs of processes that run for months: bounded in size, the end is kept."""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path
import shutil

LOG_BYTES = 10_000_000
"""Size from which a log begins anew [bytes]; two of them are a day of a node that complains."""


def rotate(log: Path, limit_bytes: int = LOG_BYTES) -> None:
    """Moves the content of a log that has grown too long to ``<name>.1``; older content goes.

    The process that writes it keeps its open file, so that is copied and then emptied; what is
    written in between is lost. The process must append (``O_APPEND``).

    Args:
        log: The file; none there is no error.
        limit_bytes: Size from which it is too long.
    """
    if log.exists() and log.stat().st_size > limit_bytes:
        with suppress(OSError):  # of a full disk: emptying makes room, which matters more
            shutil.copyfile(log, log.with_name(f'{log.name}.1'))
        os.truncate(log, 0)
