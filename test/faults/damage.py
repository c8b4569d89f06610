# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Damaging what is read, and bounds on what reading it may cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import resource
import signal
from types import FrameType

import numpy as np
import psutil

SECONDS = 5.0
"""What the refusal of one damaged input may take [s]."""

MEMORY_BYTES = 2_000_000_000
"""What it may allocate beyond what the process has already [bytes]."""


def damaged(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Returns ``count`` damaged copies: one bit flipped in most, every fourth cut off short.

    Args:
        data: What is damaged, not empty.
        count: How many copies.
        seed: Same seed, same damage.
    """
    rng = np.random.default_rng(seed)
    for i in range(count):
        if i % 4 == 3:
            yield data[: int(rng.integers(len(data)))]
            continue
        copy = bytearray(data)
        copy[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        yield bytes(copy)


@contextmanager
def bounded(seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> Iterator[None]:
    """Fails the test when the block takes too long, and lets it allocate no more than allowed.

    Raises:
        TimeoutError: After ``seconds``.
        MemoryError: Of the allocation that is over the bound.
    """

    def too_long(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f'not refused within {seconds:g} s')

    before = resource.getrlimit(resource.RLIMIT_AS)
    allowed = psutil.Process().memory_info().vms + memory_bytes
    handler = signal.signal(signal.SIGALRM, too_long)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, before[1]))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        resource.setrlimit(resource.RLIMIT_AS, before)
        signal.signal(signal.SIGALRM, handler)
