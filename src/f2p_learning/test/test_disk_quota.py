# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What goes first when runs and failures take too much."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from f2p_core.files import read_failure
from f2p_learning.disk_quota import Kept, make_room
from f2p_learning.library import FailureLibrary
from f2p_learning.run_directory import RunDirectory

EXAMPLE = read_failure(Path(__file__).parents[3] / 'examples' / 'failure_filled_carry.json')
NOTHING = Kept()


def stamp(path: Path, time_s: int) -> None:
    os.utime(path, (time_s, time_s))


@pytest.fixture
def library(tmp_path: Path) -> FailureLibrary:
    """Holds, oldest first, the failures b (learned), a (not learned) and c (learned)."""
    made = FailureLibrary(tmp_path / 'runs' / 'failures')
    for time_s, name in enumerate(('b', 'a', 'c')):
        path = made.add(EXAMPLE.model_copy(update={'failure_id': name}))
        stamp(path, time_s)
        if name != 'a':
            path.with_suffix('.safetensors').write_bytes(bytes(1000))
        (path.parent / name).mkdir()
        (path.parent / name / 'failure.mcap').write_bytes(bytes(2000))
    return made


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Holds, oldest first, the finished runs 2 and 1, and the unfinished run 0."""
    directory = tmp_path / 'runs'
    for time_s, name in enumerate(('2', '1')):
        run = RunDirectory(directory / name)
        run.write_json('generation.json', ['x' * 1000])
        stamp(run.write_json('result.json', {}), time_s)
    RunDirectory(directory / '0').write_json('run.json', {})
    return directory


def names(removed: tuple[Path, ...]) -> list[str]:
    return [path.name for path in removed]


def total(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob('*') if path.is_file())


def test_within_the_quota_nothing_goes(runs: Path, library: FailureLibrary) -> None:
    assert make_room(runs, library, NOTHING, total(runs)) == ()


def test_the_oldest_run_goes_first_and_no_more_than_needed(
    runs: Path, library: FailureLibrary
) -> None:
    assert names(make_room(runs, library, NOTHING, total(runs) - 1)) == ['2']


def test_runs_go_first_then_bags_then_learned_failures_then_the_others(
    runs: Path, library: FailureLibrary
) -> None:
    removed = names(make_room(runs, library, NOTHING, 1))
    pairs = ['b.json', 'b.safetensors', 'c.json', 'c.safetensors']
    assert removed == ['2', '1', 'b', 'a', 'c', *pairs, 'a.json']
    assert [path.name for path in runs.iterdir() if path.name != 'failures'] == ['0']


def test_what_the_active_model_came_from_stays(runs: Path, library: FailureLibrary) -> None:
    removed = names(make_room(runs, library, Kept('2', frozenset({'b'})), 1))
    assert removed == ['1', 'a', 'c', 'c.json', 'c.safetensors', 'a.json']
    assert library.ids() == ('b',)


def test_failures_elsewhere_count_as_well(tmp_path: Path, runs: Path) -> None:
    elsewhere = FailureLibrary(tmp_path / 'elsewhere')
    bag = elsewhere.add(EXAMPLE).with_suffix('')
    bag.mkdir()
    (bag / 'failure.mcap').write_bytes(bytes(2000))
    both = total(runs) + total(tmp_path / 'elsewhere')
    assert make_room(runs, elsewhere, NOTHING, both) == ()
    assert names(make_room(runs, elsewhere, NOTHING, both - 1)) == ['2']
