# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node recorder over real DDS: bags by themselves, and what it does where it cannot write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rclpy.node import Node
from ros_robot import FAILURE, Robot, TIMEOUT_S, wait_for_log
from rosbags.highlevel import AnyReader

from f2p_core.bags import Bag, failures_in_bag
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.testing import node_process, stop_process
from f2p_core.ros.waiting import wait_until
from f2p_replay.check import check_bag
from f2p_replay.ros.snapshot import is_installed

RECORDER = ('-m', 'f2p_replay.ros.recorder_node')
BEFORE_NS, AFTER_NS = FAILURE.before.stamp_ns, FAILURE.after.stamp_ns
SECOND_NS = 10**9
SECOND = FAILURE.model_copy(update={'failure_id': 'second'})


@pytest.fixture
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        yield node


def run_robot(node: Node) -> Robot:
    """A robot that looked around before and after a skill that failed."""
    robot = Robot(node)
    robot.wait_for_listeners()
    robot.announce()
    for stamp_ns in (BEFORE_NS - 2 * SECOND_NS, BEFORE_NS, AFTER_NS, AFTER_NS + 2 * SECOND_NS):
        robot.look(stamp_ns)
    robot.wait_until_received()
    return robot


def wait_for_bag(path: Path) -> None:
    """Waits until a bag is complete."""
    wait_until((path / 'metadata.yaml').exists, TIMEOUT_S, f'the bag {path}')


def test_a_failure_becomes_a_bag(client: Node, tmp_path: Path) -> None:
    with node_process(RECORDER, library_directory=tmp_path, tail_s=5.0) as process:
        robot = run_robot(client)
        robot.fail()
        bag = tmp_path / FAILURE.failure_id
        wait_for_bag(bag)
        robot.fail(SECOND)
        wait_for_bag(tmp_path / 'second')
        status, _ = stop_process(process)
    assert status == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([FAILURE.failure_id, 'second'])
    (found,) = failures_in_bag(bag)
    assert found.digest == FAILURE.digest
    report = check_bag(bag)
    assert report.problems == ()
    counts = {t.name: t.messages for t in report.topics}
    # The two frames the failure rests on, and none within 30 s of them.
    assert [counts[n] for n in ('/depth', '/labels', '/camera_info', '/scene')] == [2] * 4
    assert [counts[n] for n in ('/tf', '/joint_states', '/failure')] == [4, 4, 1]
    with Bag(bag) as opened:
        frames = [opened.decode(m).header.stamp for m in opened.messages(['/depth'])]
    assert [s.sec * SECOND_NS + s.nanosec for s in frames] == [BEFORE_NS, AFTER_NS]
    assert decoded_by_rosbags(bag) == decoded_by_mcap(bag) == sum(counts.values())


def decoded_by_rosbags(bag: Path) -> int:
    with AnyReader([bag]) as reader:
        messages = [reader.deserialize(data, c.msgtype) for c, _, data in reader.messages()]
    return len(messages)


def decoded_by_mcap(bag: Path) -> int:
    with (bag / f'{bag.name}.mcap').open('rb') as stream:
        reader = make_reader(stream, decoder_factories=[DecoderFactory()])
        return sum(1 for _ in reader.iter_decoded_messages())


def test_a_folder_that_cannot_be_written_is_one_error(client: Node, tmp_path: Path) -> None:
    blocked = tmp_path / 'failures'
    blocked.write_text('a file where the folder should be')
    with node_process(RECORDER, library_directory=blocked, tail_s=0.0) as process:
        robot = run_robot(client)
        robot.fail()
        wait_for_log(process, 'kept in the library of the learner')
        blocked.unlink()
        robot.fail(SECOND)  # the node lives on
        wait_for_bag(blocked / 'second')


def test_a_failure_that_cannot_be_read_is_one_error(client: Node, tmp_path: Path) -> None:
    with node_process(RECORDER, library_directory=tmp_path, tail_s=0.0) as process:
        robot = run_robot(client)
        robot.fail(FAILURE.model_copy(update={'failure_id': '../outside'}))
        wait_for_log(process, 'cannot be recorded')
        robot.fail(SECOND)
        wait_for_bag(tmp_path / 'second')


def test_a_bag_is_not_written_twice(client: Node, tmp_path: Path) -> None:
    """A recorder that is started anew hears of the latched failure again."""
    robot = Robot(client)
    robot.fail()
    bag = tmp_path / FAILURE.failure_id
    bag.mkdir()
    with node_process(RECORDER, library_directory=tmp_path, tail_s=0.0):
        robot.wait_for_listeners()
        robot.fail(SECOND)
        wait_for_bag(tmp_path / 'second')
    assert not any(bag.iterdir())


def test_a_killed_recorder_leaves_all_but_the_last_second(client: Node, tmp_path: Path) -> None:
    """Nothing needs to be mended: the bag is read up to there."""
    with node_process(RECORDER, library_directory=tmp_path, tail_s=60.0) as process:
        robot = run_robot(client)
        robot.fail()
        path = tmp_path / FAILURE.failure_id
        wait_for_log(process, 'its bag follows')
        last_ns = AFTER_NS + 3 * SECOND_NS
        robot.look(last_ns)
        wait_until(lambda: last_ns in transforms_ns(path), TIMEOUT_S, 'what came after')
        process.kill()
        process.wait(TIMEOUT_S)
    assert [f.name for f in path.iterdir()] == [f'{path.name}.mcap']
    (found,) = failures_in_bag(path)
    assert found.digest == FAILURE.digest
    assert last_ns in transforms_ns(path)
    (problem,) = check_bag(path).problems
    assert 'was not finished: it is read up to byte ' in problem


def transforms_ns(path: Path) -> list[int]:
    """The stamps of the transforms that are in a bag by now."""
    with Bag(path) as bag:
        stamps = [
            t.header.stamp for m in bag.messages(['/tf']) for t in bag.decode(m).transforms
        ]
    return [s.sec * SECOND_NS + s.nanosec for s in stamps]


def test_what_is_pending_is_written_at_the_end(client: Node, tmp_path: Path) -> None:
    with node_process(RECORDER, library_directory=tmp_path, tail_s=60.0) as process:
        robot = run_robot(client)
        robot.fail()
        wait_for_log(process, 'its bag follows')
        status, _ = stop_process(process)
    assert status == 0
    assert failures_in_bag(tmp_path / FAILURE.failure_id)


def test_rosbag2_must_be_installed_to_be_the_black_box(tmp_path: Path) -> None:
    if is_installed():
        pytest.skip('rosbag2 is installed here')
    with own_network(), node_process(RECORDER, black_box='rosbag2') as process:
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2
    assert 'rosbag2_interfaces is not installed' in errors
