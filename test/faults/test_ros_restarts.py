# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A node of the real stack dies six times within minutes: it comes back, nothing else ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import re
import shutil
import signal
import subprocess
import sys
import threading

import psutil
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from lifecycle_msgs.srv import GetState
from rclpy.node import Node

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import DeadlineError, wait_until

ROOT = Path(__file__).parents[2]
UP = 'import sys; from f2p_bringup.cli import main; sys.exit(main())'
START_S = 120.0
RESTART_S = 120.0
"""For a dead node to be started again [s]: its longest pause is a minute."""

NODE = 'scene_generator'
DEATHS = 6
STOP_S = 30.0


@contextmanager
def up(directory: Path) -> Iterator[tuple[subprocess.Popen[str], list[str], Node]]:
    """Runs ``f2p up`` on a copy of the models; yields it, what it says, and a node beside it."""
    shutil.copytree(ROOT / 'models', directory / 'models')
    places = ['--models', str(directory / 'models'), '--out', str(directory / 'out')]
    command = [sys.executable, '-c', UP, 'up', *places]
    said: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        domain = None
        for line in process.stdout:
            if found := re.search(r'ROS_DOMAIN_ID=(\d+)', line):
                domain = int(found.group(1))
                break
        assert domain is not None, process.wait(STOP_S)
        reader = threading.Thread(target=said.extend, args=[process.stdout])
        reader.start()
        try:
            with BackgroundNode('onlooker', domain_id=domain) as node:
                yield process, said, node
        finally:
            process.terminate()
            process.wait(STOP_S)
            reader.join(STOP_S)


def node_process(parent: int, name: str) -> psutil.Process | None:
    """Returns the process of a node; none while it is dead."""
    for child in psutil.Process(parent).children():
        if child.status() != psutil.STATUS_ZOMBIE and f'/{name}' in ' '.join(child.cmdline()):
            return child
    return None


def is_active(node: Node, name: str) -> bool:
    caller = ServiceCaller(node, GetState, f'{name}/get_state')
    try:
        return bool(caller.call(GetState.Request(), timeout_s=5.0).current_state.label == 'active')
    except DeadlineError:
        return False


@pytest.mark.long
def test_a_node_that_dies_six_times_comes_back_each_time(tmp_path: Path) -> None:
    with up(tmp_path) as (process, said, node):
        others = {p.pid for p in psutil.Process(process.pid).children()}
        for _ in range(DEATHS):
            found = node_process(process.pid, NODE)
            assert found is not None
            others.discard(found.pid)
            found.kill()

            def is_another(dead: psutil.Process = found) -> bool:
                return node_process(process.pid, NODE) not in (None, dead)

            wait_until(is_another, RESTART_S, f'another {NODE}')
        wait_until(lambda: is_active(node, NODE), START_S, 'the last one to be active')
        assert process.poll() is None
        alive = {p.pid for p in psutil.Process(process.pid).children()}
        assert others <= alive
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_S) == 130
    told = [line for line in said if f'{NODE} was ended by signal 9' in line]
    pauses = [float(line.split()[-2]) for line in told]
    assert pauses == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0]
