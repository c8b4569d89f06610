# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The whole demo, as a user starts it, with an onlooker that is not of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import re
import signal
import subprocess
import sys
import threading

from action_msgs.msg import GoalStatus
from f2p_msgs.action import LearnFromFailure
import psutil
from rclpy.action import ActionClient
from rclpy.node import Node

from f2p_bringup.node_table import Robot, stack_of
from f2p_bringup.ros.demo import NOT_AS_TOLD
from f2p_core.files import read_failure
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.waiting import wait_for_future, wait_until

ROOT = Path(__file__).resolve().parent.parent
F2P = Path(sys.executable).with_name('f2p')
STORY_S = 900.0
ANSWER_S = 60.0
NODES = {spec.executable for spec in stack_of(Robot.SIMULATED)}
ACTIONS = (
    'achieve_goal', 'execute_skill', 'learn_from_failure', 'fine_tune', 'generate_scenes',
    'simulate_skills',
)  # fmt: skip
SERVICES = ('check_effect', 'request_learning', 'review_model', 'correct_failure')
TOPICS = ('points', 'scene', 'relations', 'plan', 'prediction', 'failure', 'model_version')
FIGURES = {
    'task', 'objects', 'seed', 'failure_kind', 'violated_relations', 'success_before',
    'success_after', 'success_recovered', 'acts', 'model_version', 'seconds_total',
    'seconds_by_stage',
}  # fmt: skip


class Demo:
    """A running demo: its process and what it has told so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.told = ''
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, pattern: str, timeout_s: float) -> re.Match[str]:
        """Waits until the demo tells something."""
        wait_until(lambda: re.search(pattern, self.told) is not None, timeout_s, pattern)
        found = re.search(pattern, self.told)
        assert found
        return found

    def wait(self) -> int:
        """Waits for the end and returns the exit status."""
        status = self.process.wait(STORY_S)
        self._reader.join()
        return status

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.told += line


@contextmanager
def running_demo(out: Path) -> Iterator[Demo]:
    command = [F2P, 'demo', '--seed', '0', '--models', ROOT / 'models', '--out', out]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield Demo(process)
        finally:
            process.kill()


def join(demo: Demo) -> BackgroundNode:
    return BackgroundNode('onlooker', int(demo.wait_for(r'ROS_DOMAIN_ID=(\d+)', ANSWER_S)[1]))


def test_story_is_told_and_others_can_look_in_and_learn(tmp_path: Path) -> None:
    """How often it ends well is for the table over seeds to say: no two runs are alike."""
    out = tmp_path / 'run'
    with running_demo(out) as demo:
        with join(demo) as onlooker:
            sees_the_graph(onlooker)
            sends_and_cancels_a_goal(onlooker)
        status = demo.wait()
    assert status in (0, NOT_AS_TOLD), demo.told
    summary = json.loads(demo.told.splitlines()[-1])
    assert summary.keys() >= FIGURES
    assert summary['failure_kind'] == 'incorrect_symbolic_prediction'
    assert not summary['success_before']
    assert not summary['acts']['T2 before']
    assert summary['success_after'] == (status == 0)
    assert summary['model_version'] >= 2
    assert summary['seconds_total'] > 0.0
    assert (out / 'report.html').stat().st_size > 0


def test_ctrl_c_takes_everything_down(tmp_path: Path) -> None:
    with running_demo(tmp_path / 'run') as demo:
        demo.wait_for('executing: ', ANSWER_S)
        nodes = psutil.Process(demo.process.pid).children(recursive=True)
        assert len(nodes) >= len(NODES)
        demo.process.send_signal(signal.SIGINT)
        assert demo.wait() != 0
        assert not [p for p in nodes if p.is_running()]


def sees_the_graph(onlooker: Node) -> None:
    def all_there() -> bool:
        topics = {name for name, _ in onlooker.get_topic_names_and_types()}
        services = {name for name, _ in onlooker.get_service_names_and_types()}
        return (
            set(onlooker.get_node_names()) >= NODES
            and {f'/{name}' for name in TOPICS} <= topics
            and {f'/{name}' for name in SERVICES} <= services
            and {f'/{name}/_action/send_goal' for name in ACTIONS} <= services
        )

    wait_until(all_there, ANSWER_S, 'the whole graph')


def sends_and_cancels_a_goal(onlooker: Node) -> None:
    client = ActionClient(onlooker, LearnFromFailure, 'learn_from_failure')
    failure = failure_to_msg(read_failure(ROOT / 'examples' / 'failure_filled_carry.json'))
    heard = threading.Event()
    sent = client.send_goal_async(
        LearnFromFailure.Goal(failures=[failure], publish=True), lambda _: heard.set()
    )
    wait_for_future(sent, ANSWER_S, 'the answer')
    assert heard.wait(ANSWER_S)
    handle = sent.result()
    wait_for_future(handle.cancel_goal_async(), ANSWER_S, 'the cancelling')
    end = handle.get_result_async()
    wait_for_future(end, ANSWER_S, 'the end')
    assert end.result().status == GoalStatus.STATUS_CANCELED
    assert not end.result().result.learned
