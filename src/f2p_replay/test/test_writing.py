# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bags are written whole or not at all, and read back byte by byte."""

from __future__ import annotations

from pathlib import Path
import resource

from bag_material import bag_of, complete, image, model_version, transform
import pytest
from rosbags.interfaces import QosDurability, QosReliability

from f2p_core.bags import Bag, BagMessage, message_types
from f2p_replay.contract import CONTRACT, resolved
from f2p_replay.errors import RecordingError
from f2p_replay.writing import qos_of, write_bag


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_is_read(tmp_path: Path) -> None:
    messages = [model_version(1, 1.0), *complete(20.0), transform('/tf', 20.5)]
    path = bag_of(tmp_path / 'bag', messages, '/r1')
    with Bag(path) as bag:
        read = list(bag.messages([t.name for t in bag.topics]))
        assert bag.foreign_types({m.topic.type_name for m in messages}) == ()
        assert bag.has_checksums
        assert bag.remarks() == ()
        assert bag.start_ns == 10**9
    assert read == [
        BagMessage(resolved(m.topic, '/r1'), m.topic.type_name, m.time_ns, m.data)
        for m in messages
    ]
    assert names(tmp_path) == ['bag']
    assert names(path) == ['bag.mcap', 'metadata.yaml']


def test_the_hashes_are_those_of_ros(tmp_path: Path) -> None:
    with Bag(bag_of(tmp_path / 'bag', complete())) as bag:
        for topic in bag.topics:
            assert topic.type_hash == message_types().hash_rihs01(topic.type_name)


def test_a_bag_is_not_overwritten(tmp_path: Path) -> None:
    path = bag_of(tmp_path / 'bag', complete())
    before = (path / 'bag.mcap').read_bytes()
    with pytest.raises(RecordingError, match='there already'):
        write_bag(path, complete(30.0))
    assert (path / 'bag.mcap').read_bytes() == before


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """A bound on the size of files stands for it: the writer gets an error in its middle."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(RecordingError, match='cannot be written'):
            write_bag(tmp_path / 'bag', [*complete(), *complete(21.0)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert names(tmp_path) == []
    write_bag(tmp_path / 'bag', complete())


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    with pytest.raises(RecordingError, match='file'):
        write_bag(tmp_path / 'file' / 'bag', complete())


def test_what_a_killed_process_left_does_not_matter(tmp_path: Path) -> None:
    left = tmp_path / '.bag.part' / 'bag'
    left.mkdir(parents=True)
    (left / 'bag.mcap').write_bytes(b'half')
    write_bag(tmp_path / 'bag', [image('depth', 1.0)])
    assert names(tmp_path) == ['bag']


def test_qos_is_that_of_the_contract() -> None:
    for topic in CONTRACT:
        qos = qos_of(topic)
        assert qos.depth == topic.delivery.depth
        assert (qos.reliability is QosReliability.RELIABLE) == topic.delivery.reliable
        assert (qos.durability is QosDurability.TRANSIENT_LOCAL) == topic.delivery.latched
