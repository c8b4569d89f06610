# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Processes that start together and end together, and start again when they die."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from types import TracebackType
from typing import NamedTuple

from f2p_bringup.errors import BringupError

_LOG_LINES = 15
"""Lines of a log that are shown when its process ended badly: a traceback's end."""

_END_WITH_PARENT = (
    'import ctypes, os, signal, sys\n'
    'ctypes.CDLL(None).prctl(1, signal.SIGKILL)\n'  # PR_SET_PDEATHSIG
    'if os.getppid() == int(sys.argv[1]):\n'
    '    os.execv(sys.argv[2], sys.argv[2:])\n'
)
"""If the caller is killed, so is the process. It asks for that itself: code of ours between fork
and exec (``preexec_fn``) is not safe once threads run, as they do when one is started again."""

REFUSED_STATUS = 2
"""Exit status of a node that refused its parameters: it would again."""

RESTART_LIMIT = 5
"""How often a process that died is started again."""

RESTART_DELAY_S = 2.0
"""Pause before a process is started again [s]; ``f2p up`` doubles it each time."""

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
        self._restarts: dict[str, int] = {}
        self._due_s: dict[str, float] = {}

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
        for command in self._commands:
            if self._processes[command.name].poll() is not None:
                raise self._death_of(command.name)

    def revive(self, on_death: Callable[[str], None], now_s: float) -> None:
        """Starts processes that died again, each after a pause that doubles every time.

        Args:
            on_death: Told in a sentence what died and what is done about it.
            now_s: Time on a steady clock [s].

        Raises:
            BringupError: If one died too often, or refused to start; with its last output.
        """
        for command in self._commands:
            name, status = command.name, self._processes[command.name].poll()
            if status is None:
                continue
            count = self._restarts.get(name, 0)
            if status == REFUSED_STATUS or count == RESTART_LIMIT:
                raise self._death_of(name)
            if name not in self._due_s:
                pause_s = RESTART_DELAY_S * 2**count
                self._due_s[name] = now_s + pause_s
                on_death(f'{name} died with status {status}; starts again in {pause_s:g} s')
            elif now_s >= self._due_s[name]:
                del self._due_s[name]
                self._restarts[name] = count + 1
                self._start(command)

    def _death_of(self, name: str) -> BringupError:
        log = self._log_directory / f'{name}.log'
        lines = log.read_text(encoding='utf-8', errors='replace').splitlines()
        tail = '\n'.join(lines[-_LOG_LINES:])
        status = self._processes[name].returncode
        return BringupError(f'{name} ended with status {status}; its output is in {log}:\n{tail}')

    def _start(self, command: Command) -> None:
        program = command.arguments[0]
        if not os.access(program, os.X_OK):
            raise BringupError(f'{command.name} cannot be started: {program} is no executable')
        mode = 'ab' if command.name in self._restarts else 'wb'
        with (self._log_directory / f'{command.name}.log').open(mode) as log:
            self._processes[command.name] = subprocess.Popen(
                # Isolated and without site: it sees nothing of what it starts, and is fast.
                [sys.executable, '-I', '-S', '-c', _END_WITH_PARENT, str(os.getpid()),
                 *command.arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

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
