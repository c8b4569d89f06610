# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Processes that start together and end together, whatever becomes of their parent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
import ctypes
import os
from pathlib import Path
import signal
import subprocess
import time
from types import TracebackType
from typing import NamedTuple

from f2p_bringup.errors import BringupError

_PR_SET_PDEATHSIG = 1
_LOG_LINES = 15
_LIBC = ctypes.CDLL(None)

STOP_STEPS = ((signal.SIGINT, 10.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0))
"""How processes are asked to end: signal, and the time given to obey [s]."""


class Command(NamedTuple):
    """One process: its name (also of its log) and its command line."""

    name: str
    arguments: Sequence[str]


class ProcessGroup:
    """Starts processes and takes all of them down when the ``with`` block ends.

    Each runs in a session of its own, so that Ctrl-C in a terminal reaches only the caller, who
    then ends them in order; should the caller be killed, the system ends them (Linux).

    Args:
        commands: What to start.
        environment: Variables of the processes.
        log_directory: Where each one's output goes, as ``<name>.log``.
    """

    def __init__(
        self, commands: Sequence[Command], environment: Mapping[str, str], log_directory: Path
    ) -> None:
        self._commands = commands
        self._environment = dict(environment)
        self._log_directory = log_directory
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> ProcessGroup:
        self._log_directory.mkdir(parents=True, exist_ok=True)
        try:
            for command in self._commands:
                self._start(command)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name."""
        return {name: process.pid for name, process in self._processes.items()}

    def check(self) -> None:
        """Raises if a process has ended.

        Raises:
            BringupError: With the last lines of its output.
        """
        for name, process in self._processes.items():
            if process.poll() is not None:
                log = self._log_directory / f'{name}.log'
                lines = log.read_text(encoding='utf-8', errors='replace').splitlines()
                tail = '\n'.join(lines[-_LOG_LINES:])
                raise BringupError(
                    f'{name} ended with status {process.returncode}; '
                    f'its output is in {log}:\n{tail}'
                )

    def _start(self, command: Command) -> None:
        log = (self._log_directory / f'{command.name}.log').open('wb')
        with log:
            try:
                self._processes[command.name] = subprocess.Popen(
                    list(command.arguments),
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread runs yet
                )
            except OSError as error:
                raise BringupError(f'{command.name} cannot be started: {error}') from error

    def _stop(self) -> None:
        before = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}
        for number in before:  # a second Ctrl-C must not leave processes behind
            signal.signal(number, signal.SIG_IGN)
        try:
            for number, patience_s in STOP_STEPS:
                self._signal_all(number, patience_s)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _signal_all(self, number: int, patience_s: float) -> None:
        alive = [p for p in self._processes.values() if p.poll() is None]
        for process in alive:
            process.send_signal(number)
        deadline = time.monotonic() + patience_s
        for process in alive:
            try:
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue


def _end_with_parent() -> None:
    """Runs in the child: if the caller is killed, so is the child."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def interruptible() -> Iterator[None]:
    """Makes SIGTERM end the block as Ctrl-C does, by a ``KeyboardInterrupt``."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def child_environment(**changes: str) -> dict[str, str]:
    """Returns this process's variables with some changed."""
    return {**os.environ, **changes}
