# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What is said of good bags, and of every kind of bad one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import shutil
import tracemalloc

from bag_material import bag_of, BAGS, complete, failure, image, recorded, SECOND_NS, transform
import pytest
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_types_from_msg, get_typestore, Stores

from f2p_core.bags import BagError, failures_in_bag, message_types
from f2p_replay.check import check_bag, report_lines
from f2p_replay.contract import FAILURE
from f2p_replay.window import Recorded


def test_a_complete_bag(tmp_path: Path) -> None:
    report = check_bag(bag_of(tmp_path / 'bag', complete()))
    assert report.problems == ()
    assert {t.name: t.messages for t in report.topics} == dict.fromkeys(
        ('/tf', '/depth', '/labels', '/camera_info', '/failure'), 1
    )
    assert list(report_lines(report))[-1] == 'a complete failure bag'


@pytest.mark.parametrize('path', BAGS, ids=lambda p: p.name)
def test_shipped_bags_are_complete(path: Path) -> None:
    report = check_bag(path)
    assert report.problems == ()
    (found,) = report.failures
    assert found.kind == 'incorrect_symbolic_prediction'
    size = sum(file.stat().st_size for file in path.iterdir())
    assert size < 2.5 * 2**20


def test_there_are_three_shipped_bags() -> None:
    assert len(BAGS) >= 3
    assert len({check_bag(path).failures[0].digest for path in BAGS}) == len(BAGS)


@pytest.mark.parametrize('name', ['/tf', 'depth', 'labels', 'camera_info', 'failure'])
def test_a_missing_topic_is_named(tmp_path: Path, name: str) -> None:
    messages = [m for m in complete() if m.topic.name != name]
    (problem,) = check_bag(bag_of(tmp_path / 'bag', messages)).problems
    assert problem.startswith('no message on ')
    assert name in problem


def of_a_later_version(path: Path) -> None:
    metadata = path / 'metadata.yaml'
    metadata.write_text(metadata.read_text().replace('version: 9', 'version: 99', 1))


def emptied(path: Path) -> None:
    (path / f'{path.name}.mcap').write_bytes(b'')


@pytest.mark.parametrize(
    'damage', [of_a_later_version, emptied, shutil.rmtree]
)
def test_a_bag_that_cannot_be_read(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = bag_of(tmp_path / 'bag', complete())
    damage(path)
    problem = check_bag(path).problems[0]
    assert problem.startswith(f'the bag {path} cannot be read: ')
    assert len(problem) > len(f'the bag {path} cannot be read: ')
    with pytest.raises(BagError, match='cannot be read'):
        failures_in_bag(path)


def test_what_was_not_finished_is_a_problem(tmp_path: Path) -> None:
    path = bag_of(tmp_path / 'bag', complete())
    file = path / 'bag.mcap'
    file.write_bytes(file.read_bytes()[:-100])
    (problem,) = check_bag(path).problems
    assert problem.startswith('bag.mcap was not finished: it is read up to byte ')
    assert problem.endswith('last message at 20.000 s')
    assert len(failures_in_bag(path)) == 1


def test_topics_of_something_else_are_passed_over_by_name(tmp_path: Path) -> None:
    store = get_typestore(Stores.ROS2_JAZZY)
    path = tmp_path / 'bag'
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        writer.add_connection('/cmd_vel', 'std_msgs/msg/String', typestore=store)
    assert 'passed over, not of a failure bag: /cmd_vel' in check_bag(path).notes


def test_foreign_definitions_are_named(tmp_path: Path) -> None:
    """A bag of a version whose failures had other fields."""
    store = get_typestore(Stores.ROS2_JAZZY)
    store.register(get_types_from_msg('string failure_id\nuint8 kind', FAILURE.type_name))
    message = store.types[FAILURE.type_name](failure_id='a', kind=1)
    path = tmp_path / 'bag'
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        connection = writer.add_connection('/failure', FAILURE.type_name, typestore=store)
        writer.write(connection, 1, store.serialize_cdr(message, FAILURE.type_name))
    report = check_bag(path)
    assert any(
        FAILURE.type_name in p and 'another definition' in p for p in report.problems
    ), report.problems
    assert report.failures == ()
    with pytest.raises(BagError, match=f'another definition of {FAILURE.type_name}'):
        failures_in_bag(path)


def test_a_failure_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    store = message_types()
    message = store.deserialize_cdr(failure(20.0).data, FAILURE.type_name)
    message.schema_version = 9  # type: ignore[attr-defined]
    newer = recorded(FAILURE, message, 20.0)
    report = check_bag(bag_of(tmp_path / 'bag', [*complete()[:-1], newer]))
    (problem,) = report.problems
    assert 'schema_version is 9' in problem


def test_a_bag_without_a_failure_teaches_nothing(tmp_path: Path) -> None:
    path = bag_of(tmp_path / 'bag', [transform('/tf', 1.0)])
    with pytest.raises(BagError, match='holds no message of type f2p_msgs/msg/Failure'):
        failures_in_bag(path)


def test_memory_stays_flat(tmp_path: Path) -> None:
    """80 MB of frames are read with far less than that in memory."""
    pixels, count = 2**20, 80
    first = image('depth', 1.0, pixels=pixels)
    path = bag_of(
        tmp_path / 'bag',
        [Recorded(first.topic, (i + 1) * SECOND_NS, first.data) for i in range(count)],
    )
    tracemalloc.start()
    try:
        report = check_bag(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.topics[0].messages == count
    assert peak < 20 * pixels
