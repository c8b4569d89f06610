# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Processes end together: after the block, on an error, and when the parent is killed."""

from __future__ import annotations

import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest

from f2p_bringup.errors import BringupError
from f2p_bringup.processes import (
    child_environment,
    Command,
    ProcessGroup,
    REFUSED_STATUS,
    RESTART_DELAY_S,
    RESTART_LIMIT,
    STOP_STEPS,
)

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
    quick = tuple((number, 0.2) for number, _ in STOP_STEPS)
    monkeypatch.setattr('f2p_bringup.processes.STOP_STEPS', quick)
    with ProcessGroup([Command('a', STUBBORN)], child_environment(), tmp_path) as group:
        wait_until(lambda: 'ready' in (tmp_path / 'a.log').read_text(), 'the process')
        pid = group.pids['a']
    assert not is_alive(pid)


def test_one_that_ends_is_reported_with_its_output(tmp_path: Path) -> None:
    dying = Command('a', (sys.executable, '-c', 'print("no such model"); raise SystemExit(3)'))
    with ProcessGroup([dying], child_environment(), tmp_path) as group:
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


def test_one_that_is_killed_starts_again_after_a_pause(tmp_path: Path) -> None:
    told: list[str] = []
    with ProcessGroup([Command('a', SLEEP)], child_environment(), tmp_path) as group:
        killed = group.pids['a']
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: not is_alive(killed), 'the end')
        group.revive(told.append, 100.0)
        group.revive(told.append, 100.0 + RESTART_DELAY_S / 2)
        assert group.pids['a'] == killed
        group.revive(told.append, 100.0 + RESTART_DELAY_S)
        revived = group.pids['a']
        group.check()
        assert is_alive(revived)
    assert told == [f'a died with status -9; starts again in {RESTART_DELAY_S:g} s']
    assert not is_alive(revived)


def test_one_that_dies_again_and_again_is_given_up_with_its_output(tmp_path: Path) -> None:
    dying = Command('a', (sys.executable, '-c', 'print("no disk"); raise SystemExit(1)'))
    told: list[str] = []
    with ProcessGroup([dying], child_environment(), tmp_path) as group:

        def await_end_and_revive(now_s: float) -> None:
            pid = group.pids['a']
            wait_until(lambda: not is_alive(pid), 'the end')
            group.revive(told.append, now_s)

        for i in range(2 * RESTART_LIMIT):  # each time it is first told, then started
            await_end_and_revive(1000.0 * i)
        with pytest.raises(BringupError, match=r'a ended with status 1.*\n*.*no disk'):
            await_end_and_revive(1e9)
    pauses = [float(sentence.split()[-2]) for sentence in told]
    assert pauses == [RESTART_DELAY_S * 2**i for i in range(RESTART_LIMIT)]


def test_one_that_refuses_its_parameters_is_not_started_again(tmp_path: Path) -> None:
    refusing = Command('a', (sys.executable, '-c', f'raise SystemExit({REFUSED_STATUS})'))
    with ProcessGroup([refusing], child_environment(), tmp_path) as group:
        pid = group.pids['a']
        wait_until(lambda: not is_alive(pid), 'the end')
        with pytest.raises(BringupError, match='a ended with status 2'):
            group.revive(lambda _: None, 0.0)


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
