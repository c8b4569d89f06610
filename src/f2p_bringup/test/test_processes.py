# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Processes end together: after the block, on an error, and when the parent is killed."""

from __future__ import annotations

import os
from pathlib import Path
import signal
import subprocess
import sys
import threading
import time

import pytest

from f2p_bringup.errors import BringupError
from f2p_bringup.logs import rotate
from f2p_bringup.processes import child_environment, Command, ProcessGroup, watched
from f2p_bringup.supervision import FIRST_PAUSE_S

SLEEP = (sys.executable, '-c', 'import threading; threading.Event().wait()')
STUBBORN = (
    sys.executable,
    '-c',
    'import signal, threading\n'
    'for s in (signal.SIGINT, signal.SIGTERM): signal.signal(s, signal.SIG_IGN)\n'
    'print("ready", flush=True)\n'
    'threading.Event().wait()',
)
DEADLINE_S = 20.0


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f'/proc/{pid}/stat').read_text().split(')')[1].split()[0] != 'Z'


def wait_until(condition: object, what: str) -> None:
    assert callable(condition)
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, what
        os.sched_yield()


def test_all_end_with_the_block(tmp_path: Path) -> None:
    commands = [Command('a', SLEEP), Command('b', SLEEP)]
    with ProcessGroup(commands, child_environment(), tmp_path) as group:
        group.check()
        pids = group.pids
        assert all(is_alive(p) for p in pids.values())
    assert not any(is_alive(p) for p in pids.values())


def test_one_that_ignores_signals_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = ((signal.SIGTERM, 0.2), (signal.SIGKILL, 5.0))
    monkeypatch.setattr('f2p_bringup.processes._FIRMER_STEPS', quick)
    command = Command('a', STUBBORN)
    with ProcessGroup([command], child_environment(), tmp_path, stop_s=0.2) as group:
        wait_until(lambda: 'ready' in (tmp_path / 'a.log').read_text(), 'the process')
        pid = group.pids['a']
    assert not is_alive(pid)


def test_one_that_ends_is_reported_with_its_output(tmp_path: Path) -> None:
    command = Command('a', dying('no such model', 3))
    with ProcessGroup([command], child_environment(), tmp_path) as group:
        pid = group.pids['a']
        wait_until(lambda: not is_alive(pid), 'the end')
        with pytest.raises(BringupError, match=r'a ended with status 3.*\n*.*no such model'):
            group.check()


def test_a_command_that_does_not_exist_takes_the_others_down(tmp_path: Path) -> None:
    group = ProcessGroup(
        [Command('a', SLEEP), Command('b', ('/no/such/file',))], child_environment(), tmp_path
    )
    with pytest.raises(BringupError, match='b cannot be started'), group:
        pass
    assert not is_alive(group.pids['a'])


class HandClock:
    """A steady clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def dying(words: str, status: int) -> tuple[str, ...]:
    return (sys.executable, '-c', f'print({words!r}); raise SystemExit({status})')


def await_end(group: ProcessGroup, name: str) -> None:
    pid = group.pids[name]
    wait_until(lambda: not is_alive(pid), 'the end')


def test_one_that_is_killed_starts_again_after_a_pause(tmp_path: Path) -> None:
    told: list[str] = []
    clock = HandClock()
    command = Command('a', SLEEP)
    with ProcessGroup([command], child_environment(), tmp_path, clock=clock) as group:
        killed = group.pids['a']
        os.kill(killed, signal.SIGKILL)
        await_end(group, 'a')
        for now_s in (100.0, 100.0 + FIRST_PAUSE_S / 2):
            clock.now_s = now_s
            group.revive(told.append)
        assert group.pids['a'] == killed
        clock.now_s = 100.0 + FIRST_PAUSE_S
        group.revive(told.append)
        revived = group.pids['a']
        assert group.check() == frozenset()
        assert is_alive(revived)
    assert told == ['a was ended by signal 9; starts again in 2 s']
    assert not is_alive(revived)


def test_one_that_never_comes_up_ends_all_with_its_output(tmp_path: Path) -> None:
    commands = [Command('a', dying('no robot', 1)), Command('b', SLEEP)]
    with ProcessGroup(commands, child_environment(), tmp_path) as group:
        await_end(group, 'a')
        with pytest.raises(BringupError, match=r'a ended with status 1.*\n*.*no robot'):
            group.revive(lambda _: None)


def test_one_that_nobody_needs_never_ends_the_others(tmp_path: Path) -> None:
    told: list[str] = []
    commands = [Command('a', dying('no disk', 2), is_needed=False), Command('b', SLEEP)]
    clock = HandClock()
    with ProcessGroup(commands, child_environment(), tmp_path, clock=clock) as group:
        await_end(group, 'a')
        dead = group.pids['a']
        for _ in range(5):
            clock.now_s += 1e5
            group.revive(told.append)
        assert group.check() == {'a'}
        assert group.pids['a'] == dead
        assert is_alive(group.pids['b'])
    assert told == ['a ended with status 2; everything else goes on without it']


def test_logs_begin_anew_when_they_are_too_long(tmp_path: Path) -> None:
    log = tmp_path / 'a.log'
    with log.open('ab') as writer:  # as a process that lives on
        for line in ('first\n', 'second\n', 'third\n'):
            writer.write(line.encode())
            writer.flush()
            rotate(log, limit_bytes=10)
    assert log.read_text() == 'third\n'
    assert log.with_name('a.log.1').read_text() == 'first\nsecond\n'
    rotate(tmp_path / 'none.log')


def test_a_death_interrupts_who_waits_and_says_whose(tmp_path: Path) -> None:
    commands = [Command('a', SLEEP), Command('b', SLEEP, is_needed=False)]
    told: list[str] = []
    with ProcessGroup(commands, child_environment(), tmp_path) as group:

        def wait_for_the_end_of_b_and_kill_a() -> None:
            with watched(group, told.append):
                os.kill(group.pids['b'], signal.SIGKILL)
                wait_until(lambda: bool(told), 'a word about b')
                os.kill(group.pids['a'], signal.SIGKILL)
                threading.Event().wait(DEADLINE_S)

        with pytest.raises(BringupError, match='a was ended by signal 9; its output is in /'):
            wait_for_the_end_of_b_and_kill_a()
    assert told == ['b has ended; everything else goes on without it']


def test_a_killed_parent_leaves_nothing_behind(tmp_path: Path) -> None:
    code = (
        'import sys, threading\n'
        'from pathlib import Path\n'
        'from f2p_bringup.processes import *\n'
        f'group = ProcessGroup([Command("a", {SLEEP!r})], child_environment(), '
        f'Path({str(tmp_path)!r}))\n'
        'with group:\n'
        '    print(group.pids["a"], flush=True)\n'
        '    threading.Event().wait()\n'
    )
    with subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        pid = int(it.stdout.readline())
        assert is_alive(pid)
        it.send_signal(signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), 'the child to end with its parent')
