# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Work in a child process that shares what is loaded already, and can be killed at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
import signal
import sys
import traceback

import torch

Step = Callable[[], object]
"""Tells the parent that one more step is done."""


@contextmanager
def child(work: Callable[[Step], object], steps: int) -> Iterator[int]:
    """Begins work in a forked process and yields its id after so many steps; kills it at the end.

    Args:
        work: What it does; it is handed what it calls after each step.
        steps: How many steps to wait for; if the work ends before, so does the wait.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _work_and_leave(work, writing)
    os.close(writing)
    try:
        while steps > 0 and (done := os.read(reading, steps)):
            steps -= len(done)
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reading)


def _work_and_leave(work: Callable[[Step], object], writing: int) -> None:
    """Never returns: nothing of the test's own runs on in the child."""
    try:
        torch.set_num_threads(1)
        work(lambda: os.write(writing, b'.'))
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(1)
