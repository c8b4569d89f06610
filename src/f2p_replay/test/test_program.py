# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Inputs are played under their names, outputs beside those of the running nodes."""

from __future__ import annotations

from pathlib import Path

from bag_material import bag_of, BAGS, complete, transform
import pytest
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_types_from_msg, get_typestore, Stores

from f2p_core.bags import Bag, BagError, failures_in_bag
from f2p_core.files import read_failure, write_failure
from f2p_replay.contract import CONTRACT, Role
from f2p_replay.program import played_name, program_of


def test_names() -> None:
    for topic in CONTRACT:
        assert played_name(topic).startswith('recorded/') == (topic.role is Role.OUTPUT)
        assert played_name(topic).endswith(topic.name)


@pytest.mark.parametrize('namespace', ['', '/robot_1', '/a/b'])
def test_topics_of_any_namespace_are_found(tmp_path: Path, namespace: str) -> None:
    with Bag(bag_of(tmp_path / 'bag', complete(), namespace)) as bag:
        program = program_of(bag)
    assert {topic.name for topic in program.values()} == {
        '/tf', 'depth', 'labels', 'camera_info', 'failure'
    }  # fmt: skip


def test_other_topics_are_not_played(tmp_path: Path) -> None:
    store = get_typestore(Stores.ROS2_JAZZY)
    with Writer(tmp_path / 'bag', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        for name in ('/cmd_vel', '/tf'):
            writer.add_connection(name, 'std_msgs/msg/String', typestore=store)
    with Bag(tmp_path / 'bag') as bag, pytest.raises(BagError, match='no topic of a failure bag'):
        program_of(bag)


def test_foreign_definitions_are_not_played(tmp_path: Path) -> None:
    store = get_typestore(Stores.ROS2_JAZZY)
    store.register(get_types_from_msg('uint8 other', 'f2p_msgs/msg/SkillPlan'))
    with Writer(tmp_path / 'bag', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        writer.add_connection('/plan', 'f2p_msgs/msg/SkillPlan', typestore=store)
    with Bag(tmp_path / 'bag') as bag, pytest.raises(BagError, match='another definition'):
        program_of(bag)


def test_the_digest_is_that_of_the_content(tmp_path: Path) -> None:
    (failure,) = failures_in_bag(BAGS[0])
    write_failure(tmp_path / 'failure.json', failure)
    assert read_failure(tmp_path / 'failure.json').digest == failure.digest
    other = failure.model_copy(update={'stamp_ns': failure.stamp_ns + 1})
    assert other.digest != failure.digest


def test_a_transform_alone_is_played(tmp_path: Path) -> None:
    with Bag(bag_of(tmp_path / 'bag', [transform('/tf', 1.0)])) as bag:
        assert list(program_of(bag)) == ['/tf']
