# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Damaged bags are noticed, strange ones read, harmful ones refused within bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import json
from pathlib import Path
import shutil

from bag_attacks import METADATA, REFUSED
from bag_cases import (
    content,
    file_in,
    foreign_bag,
    no_metadata,
    READABLE,
    SHIPPED,
    shipped_messages,
    small_bag,
)
from damage import bounded, damaged
import pytest
from rosbags.rosbag2 import StoragePlugin

from f2p_core.bags import Bag, BagDamagedError, BagError, BagMessage, failures_in_bag
from f2p_core.bags.folder import files_of
from f2p_core.errors import F2PError
from f2p_core.files import ForbiddenPathError
from f2p_replay.check import check_bag, report_lines


def failures(path: Path, folders: Sequence[str] | None = None) -> list[str]:
    """The failures of a bag, each with all that it says."""
    return [f.model_dump_json() for f in failures_in_bag(path, folders)]


@pytest.fixture(scope='module')
def failure() -> str:
    """What every bag here holds."""
    return failures(SHIPPED)[0]


@pytest.fixture(scope='module')
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small bag of our recorder."""
    return small_bag(tmp_path_factory.mktemp('small') / 'bag', shipped_messages(40))


@pytest.fixture(scope='module')
def written(small: Path) -> list[BagMessage]:
    """What is in it."""
    return content(small)


def read(path: Path) -> list[BagMessage] | None:
    """What is read of a bag; ``None``: it was refused by an error of ours."""
    try:
        return content(path)
    except F2PError:
        return None


def test_no_damage_is_believed(
    small: Path, written: list[BagMessage], inputs: int, tmp_path: Path
) -> None:
    """Any bit of the file, and any length: noticed by the check, never read as something else."""
    bag = Path(shutil.copytree(small, tmp_path / 'bag'))
    file = file_in(bag)
    original = file.read_bytes()
    assert check_bag(bag).problems == ('no message on a camera: points, or depth with '
                                       'camera_info and labels',)  # fmt: skip
    for damage in damaged(original, inputs, seed=1):
        file.write_bytes(damage)
        with bounded():
            messages = read(bag)
            problems = check_bag(bag).problems
        assert len(problems) > 1 or 'camera' not in problems[0], 'not noticed'
        if messages is not None:
            whole = len(damage) == len(original)
            assert messages == (written if whole else written[: len(messages)])


def test_a_damaged_sqlite_bag_gives_the_failure_or_an_error(
    failure: str, inputs: int, tmp_path: Path
) -> None:
    """SQLite has no checksums: the digest of the failure, of single precision, stands for them."""
    bag = foreign_bag(tmp_path / 'bag', StoragePlugin.SQLITE3)
    file, digest = file_in(bag), json.loads(failure)['digest']
    for damage in damaged(file.read_bytes(), inputs, seed=2):
        file.write_bytes(damage)
        with bounded():
            report = check_bag(bag)
        assert [f.digest for f in report.failures] in ([digest], [])
        assert report.problems


def test_damaged_metadata_gives_the_bag_or_an_error(
    small: Path, written: list[BagMessage], inputs: int, tmp_path: Path
) -> None:
    bag = Path(shutil.copytree(small, tmp_path / 'bag'))
    metadata = bag / 'metadata.yaml'
    for damage in damaged(metadata.read_bytes(), inputs // 3, seed=3):
        metadata.write_bytes(damage)
        with bounded():
            assert read(bag) in (written, None)


@pytest.mark.parametrize('tail', [bytes(5000), b''], ids=['zeros', 'nothing'])
def test_what_a_power_cut_leaves_is_read(
    tail: bytes, small: Path, written: list[BagMessage], tmp_path: Path
) -> None:
    """A disk may know of a length before it has the content."""
    bag = Path(shutil.copytree(small, tmp_path / 'bag'))
    (bag / 'metadata.yaml').unlink()
    file = file_in(bag)
    original = file.read_bytes()
    for end in range(len(original) // 4, len(original), len(original) // 9):
        file.write_bytes(original[:end] + tail)
        messages = content(bag)
        assert messages == written[: len(messages)]
        assert 'was not finished' in check_bag(bag).problems[0]


def test_the_check_says_where(small: Path, tmp_path: Path) -> None:
    """File, chunk, bytes, topics and time; what is in the other chunks is still counted."""
    bag = Path(shutil.copytree(small, tmp_path / 'bag'))
    file = file_in(bag)
    damage = bytearray(file.read_bytes())
    damage[len(damage) // 4] ^= 16
    file.write_bytes(damage)
    report = check_bag(bag)
    (problem,) = (p for p in report.problems if ' is damaged: ' in p)
    assert problem.startswith('bag.mcap: chunk ')
    assert ' of 4 (bytes ' in problem
    assert '/failure' in problem
    assert ' s to ' in problem
    assert sum(t.messages for t in report.topics) > 0
    assert 'not a complete failure bag' in report_lines(report)
    with pytest.raises(BagDamagedError, match='is damaged: it'):
        failures_in_bag(bag)


@pytest.mark.parametrize('make', READABLE, ids=lambda m: str(m.__name__))
def test_a_failure_is_read_beside_whatever(
    make: Callable[[Path], Path], failure: str, tmp_path: Path
) -> None:
    bag = make(tmp_path / 'bag')
    with bounded():
        assert failures(bag) == [failure]
        report = check_bag(bag)
    assert [f.failure_id for f in report.failures] == [json.loads(failure)['failure_id']]
    assert all(p.startswith('no message on ') for p in report.problems), report.problems
    with Bag(bag) as opened:
        others = {t.name for t in opened.topics} - {'/failure'}
    assert all(any(name in note for note in report.notes) for name in others)


@pytest.mark.parametrize('make', REFUSED, ids=lambda m: str(m.__name__))
def test_a_bag_is_refused_in_one_sentence(make: Callable[[Path], Path], tmp_path: Path) -> None:
    bag = make(tmp_path / 'bag')
    with bounded():
        with pytest.raises(BagError) as refused:
            failures_in_bag(bag)
        check_bag(bag)
    assert '\n' not in str(refused.value)


@pytest.mark.parametrize('text', METADATA, ids=range(len(METADATA)))
def test_strange_metadata_is_refused(text: str, failure: str, tmp_path: Path) -> None:
    """And without it the bag is read, as the error says."""
    bag = foreign_bag(tmp_path / 'bag', StoragePlugin.MCAP)
    (bag / 'metadata.yaml').write_text(text)
    with bounded(), pytest.raises(BagError, match=r'metadata\.yaml|\.\. is neither') as refused:
        failures_in_bag(bag)
    assert '\n' not in str(refused.value)
    (bag / 'metadata.yaml').unlink()
    assert failures(bag) == [failure]


@pytest.mark.parametrize('name', ['bag.mcap', 'metadata.yaml'])
def test_a_link_out_of_the_readable_folders_is_not_followed(
    name: str, failure: str, tmp_path: Path
) -> None:
    bag = foreign_bag(tmp_path / 'readable' / 'bag', StoragePlugin.MCAP)
    outside = Path(shutil.move(bag / name, tmp_path / name))
    (bag / name).symlink_to(outside)
    assert failures(bag) == [failure]
    with pytest.raises(ForbiddenPathError, match='outside the readable folders'):
        failures_in_bag(bag, [str(tmp_path / 'readable')])


def test_files_without_metadata_are_read_in_their_order(failure: str, tmp_path: Path) -> None:
    bag = no_metadata(tmp_path / 'bag')
    for number in (10, 2):
        shutil.copy(file_in(foreign_bag(tmp_path / f'{number}', StoragePlugin.MCAP)),
                    bag / f'bag_{number}.mcap')  # fmt: skip
    assert [f.name for f in files_of(bag, None).paths] == ['bag.mcap', 'bag_2.mcap', 'bag_10.mcap']
    assert failures(bag) == [failure] * 3
