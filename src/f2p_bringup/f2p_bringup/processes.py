# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Processes that start together and end together, and start again when they die."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
import math
import os
from pathlib import Path
import signal
import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import NamedTuple

from f2p_bringup.errors import BringupError
from f2p_bringup.logs import rotate
from f2p_bringup.supervision import Action, how_it_ended, Supervisor, WITHOUT_IT
from f2p_core.control import Clock

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

CHECK_S = 1.0
"""Time between two looks at the processes [s]."""

STOP_S = 10.0
"""Time to end after SIGINT [s]; on a quiet machine three are enough, a busy one swaps."""

_FIRMER_STEPS = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0))
"""What follows after that: signal, and the time given to obey [s]."""


class Command(NamedTuple):
    """One process.

    Attributes:
        name: Its name, also of its log.
        arguments: Its command line.
        is_needed: Whether the others are of no use without it.
    """

    name: str
    arguments: Sequence[str]
    is_needed: bool = True


class ProcessGroup:
    """Starts processes and takes all of them down when the ``with`` block ends.

    Each runs in a session of its own, so that Ctrl-C in a terminal reaches only the caller, who
    then ends them in order; should the caller be killed, the system ends them (Linux).

    Args:
        commands: What to start.
        environment: Variables of the processes.
        log_directory: Where each one's output goes, as ``<name>.log``; see ``logs.rotate``.
        stop_s: Time they get to end after SIGINT before they are asked more firmly [s].
        clock: Steady clock.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        environment: Mapping[str, str],
        log_directory: Path,
        *,
        stop_s: float = STOP_S,
        clock: Clock = time.monotonic,
    ) -> None:
        self._commands = {command.name: command for command in commands}
        self._environment = dict(environment)
        self._log_directory = log_directory
        self._stop_s = stop_s
        self._clock = clock
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._supervisors: dict[str, Supervisor] = {}
        self._due_s: dict[str, float] = {}

    def __enter__(self) -> ProcessGroup:
        self._log_directory.mkdir(parents=True, exist_ok=True)
        try:
            for name, command in self._commands.items():
                self._log_of(name).unlink(missing_ok=True)
                self._supervisors[name] = Supervisor(name, command.is_needed, self._clock())
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

    def check(self) -> frozenset[str]:
        """Returns the names of those that have ended and without which the others go on.

        Raises:
            BringupError: If one that is needed has ended; with the last lines of its output.
        """
        ended = [n for n, process in self._processes.items() if process.poll() is not None]
        for name in ended:
            if self._commands[name].is_needed:
                raise self._death(name, how_it_ended(name, self._processes[name].returncode))
        return frozenset(ended)

    def revive(self, on_death: Callable[[str], None]) -> None:
        """Starts processes that died again, as their supervisors say; keeps their logs small.

        Args:
            on_death: Told in a sentence what died and what is done about it.

        Raises:
            BringupError: If one that is needed died too often, or refused to start; with its last
                output.
        """
        for name in self._commands:
            rotate(self._log_of(name))
            status = self._processes[name].poll()
            if status is None:
                continue
            if name not in self._due_s:
                self._due_s[name] = self._judged(name, status, on_death)
            elif self._clock() >= self._due_s[name]:
                del self._due_s[name]
                self._start(self._commands[name])

    def _judged(self, name: str, status: int, on_death: Callable[[str], None]) -> float:
        """Returns when a process that ended is due to start again [s]."""
        now_s = self._clock()
        verdict = self._supervisors[name].ended(status, now_s)
        if verdict.action is Action.END:
            raise self._death(name, verdict.sentence)
        if verdict.action is Action.LEAVE:
            on_death(verdict.sentence)
            return math.inf
        on_death(f'{verdict.sentence}; starts again in {verdict.pause_s:.0f} s')
        return now_s + verdict.pause_s

    def _log_of(self, name: str) -> Path:
        return self._log_directory / f'{name}.log'

    def _death(self, name: str, sentence: str) -> BringupError:
        log = self._log_of(name)
        lines = log.read_text(encoding='utf-8', errors='replace').splitlines()
        tail = '\n'.join(lines[-_LOG_LINES:])
        return BringupError(f'{sentence}; its output is in {log.resolve()}:\n{tail}')

    def _start(self, command: Command) -> None:
        program = command.arguments[0]
        if not os.access(program, os.X_OK):
            raise BringupError(f'{command.name} cannot be started: {program} is no executable')
        with self._log_of(command.name).open('ab') as log:
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
            for number, patience_s in ((signal.SIGINT, self._stop_s), *_FIRMER_STEPS):
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
def interruptible(number: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    """Makes a signal end the block as Ctrl-C does, by a ``KeyboardInterrupt``."""

    def interrupt(_: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(number, interrupt)
    try:
        yield
    finally:
        signal.signal(number, before)


@contextmanager
def watched(group: ProcessGroup, say: Callable[[str], None]) -> Iterator[None]:
    """Ends the block when a process dies that is needed, and tells of one that is not.

    The block is interrupted as by Ctrl-C (by SIGUSR1, since SIGINT may be ignored), so it belongs
    into the main thread.

    Args:
        group: The processes.
        say: Told in a sentence about a process that is not needed.

    Raises:
        BringupError: If one that is needed has ended; with the last lines of its output.
    """
    deaths: list[BringupError] = []
    is_over = threading.Event()

    def watch() -> None:
        missing: frozenset[str] = frozenset()
        while not is_over.wait(CHECK_S):
            try:
                ended = group.check()
            except BringupError as error:
                deaths.append(error)
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
                return
            for name in sorted(ended - missing):
                say(f'{name} has ended; {WITHOUT_IT}')
            missing = ended

    thread = threading.Thread(target=watch, name='watch processes')
    with interruptible(signal.SIGUSR1):
        thread.start()
        try:
            yield
        except KeyboardInterrupt:
            if deaths:
                raise deaths[0] from None
            raise
        finally:
            is_over.set()
            thread.join()


def child_environment(**changes: str) -> dict[str, str]:
    """Returns this process's variables with some changed."""
    return {**os.environ, **changes}
