# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``ros2 launch`` from outside: start, a goal, its cancel, the end, orphans, exit codes.

Runs where launch and the ros2 tools are importable: on a machine with ROS, or with their sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
import re
import shlex
import shutil
import signal
import subprocess
import sys
from typing import NamedTuple

import psutil
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')
pytest.importorskip('ros2launch')
pytest.importorskip('ros2action')

from lifecycle_msgs.srv import GetState
from rclpy.node import Node

from f2p_bringup.node_table import Robot, stack_of
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.waiting import DeadlineError, wait_until

ROOT = Path(__file__).parents[3]
ROS2 = [sys.executable, '-c', 'import sys; from ros2cli.cli import main; sys.exit(main())']
START_S = 120.0
GOAL_S = 120.0
STOP_S = 30.0


class Launched(NamedTuple):
    """A running launch: its process, its output, and a node of ours in its network."""

    process: subprocess.Popen[bytes]
    output: Path
    node: Node

    def said(self, words: str) -> bool:
        return words in self.output.read_text()

    def interrupt(self) -> int:
        """Sends Ctrl-C and returns the exit status; nothing of it may be left."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(STOP_S)
        assert not [child for child in children if child.is_running()], self.output.read_text()
        return status


@contextmanager
def launched(directory: Path, file: str, *arguments: str) -> Iterator[Launched]:
    """Runs ``ros2 launch`` on a launch file of ours."""
    output = directory / 'output.txt'
    command = [*ROS2, 'launch', 'f2p_bringup', file, *arguments]
    with own_network(), BackgroundNode('onlooker') as node, output.open('wb') as out:
        process = subprocess.Popen(command, cwd=directory, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield Launched(process, output, node)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_S)


def goal_of_the_readme() -> list[str]:
    """Returns the arguments of the first ``achieve_goal`` that the README prints."""
    text = (ROOT / 'README.md').read_text()
    (found, *_) = re.findall(r'^ros2 (action send_goal --feedback /achieve_goal .*?}")', text,
                             re.MULTILINE | re.DOTALL)  # fmt: skip
    return shlex.split(found)


def is_active(node: Node, name: str) -> bool:
    caller = ServiceCaller(node, GetState, f'{name}/get_state')
    try:
        return bool(caller.call(GetState.Request(), timeout_s=5.0).current_state.id == 3)
    except DeadlineError:
        return False


def test_a_goal_of_the_readme_is_taken_up_and_cancelled_and_ctrl_c_ends_all(
    tmp_path: Path,
) -> None:
    shutil.copytree(ROOT / 'models', tmp_path / 'models')
    places = [f'{name}:={tmp_path / name}' for name in ('models', 'runs')]
    with launched(tmp_path, 'mobile_manipulator.launch.py', *places) as it:
        wanted = {spec.executable for spec in stack_of(Robot.SIMULATED)}
        wait_until(lambda: wanted <= set(it.node.get_node_names()), START_S, 'all nodes')
        for name in ('planner', 'failure_detector'):
            wait_until(lambda n=name: is_active(it.node, n), START_S, name)
        skills = '/execute_skill/_action/send_goal'
        wait_until(lambda: it.node.count_services(skills) > 0, START_S, 'the robot')
        feedback = tmp_path / 'goal.txt'
        with feedback.open('wb') as out:
            goal = subprocess.Popen([*ROS2, *goal_of_the_readme()], stdout=out, stderr=out)
            wait_until(
                lambda: 'stage: executing' in feedback.read_text(), GOAL_S, 'the first skill'
            )
            goal.send_signal(signal.SIGINT)
            goal.wait(GOAL_S)
        wait_until(lambda: it.said('cancelled'), GOAL_S, 'the cancel')
        assert it.interrupt() == 0
    assert 'Traceback' not in (tmp_path / 'output.txt').read_text()


def test_a_node_that_cannot_start_ends_the_launch_with_a_status(tmp_path: Path) -> None:
    bad = tmp_path / 'bad.yaml'
    bad.write_text('/**/perception:\n  ros__parameters: {max_range_m: -1.0}\n')
    with launched(tmp_path, 'perception.launch.py', f'params_file:={bad}') as it:
        assert it.process.wait(START_S) == 1
        assert it.said('perception ended with status 2')
        assert not it.said('starts again')


@pytest.mark.skipif(find_spec('moveit') is not None, reason='MoveIt is installed')
def test_a_real_robot_without_moveit_ends_the_launch_with_a_status(tmp_path: Path) -> None:
    with launched(tmp_path, 'robot.launch.py', 'sim:=none') as it:
        assert it.process.wait(START_S) == 1
        assert it.said('executor ended with status 2')


def test_a_node_that_nobody_needs_ends_nothing(tmp_path: Path) -> None:
    bad = tmp_path / 'bad.yaml'
    bad.write_text('/**/recorder:\n  ros__parameters: {window_s: -1.0}\n')
    with launched(tmp_path, 'robot.launch.py', f'params_file:={bad}') as it:
        words = 'recorder ended with status 2; everything else goes on without it'
        wait_until(lambda: it.said(words), START_S, 'the end of the recorder')
        wait_until(lambda: 'world' in it.node.get_node_names(), START_S, 'the world')
        assert it.process.poll() is None
        assert it.interrupt() == 0
        assert it.output.read_text().count('process started') == 2
