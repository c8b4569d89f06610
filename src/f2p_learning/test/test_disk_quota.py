# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What goes first when runs and failures take too much."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path

import pytest

from f2p_core.disk import set_aside
from f2p_core.files import read_failure
from f2p_effects.config import ModelConfig
from f2p_effects.errors import EffectsError
from f2p_effects.model import new_model
from f2p_effects.store import ModelStore
from f2p_learning.disk_quota import DiskQuota
from f2p_learning.library import FailureLibrary
from f2p_learning.run_directory import RunDirectory

EXAMPLE = read_failure(Path(__file__).parents[3] / 'examples' / 'failure_filled_carry.json')
SMALL = ModelConfig(members=2, width=8, heads=2, hidden=8, cloud_width=8, cloud_latent=4)


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
def runs(tmp_path: Path) -> Iterator[Path]:
    """Holds, oldest first, the finished runs 2 and 1, the left run 3, and 0, which goes on."""
    directory = tmp_path / 'runs'
    for time_s, name in enumerate(('2', '1')):
        run = RunDirectory(directory / name)
        run.write_json('generation.json', ['x' * 1000])
        stamp(run.write_json('result.json', {}), time_s)
    RunDirectory(directory / '3').write_json('run.json', {})
    going_on = RunDirectory(directory / '0')
    going_on.write_json('run.json', {})
    yield directory
    assert going_on.path.exists()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """Six versions, each from the one before: 1 pretrained, 2 and 3 retired, 4 rejected, 5 active
    and from 3, 6 awaiting."""
    made = ModelStore(tmp_path / 'models')
    digests = [made.save(new_model(SMALL, 1)).digest]
    for seed, parent in ((2, 0), (3, 0), (4, 2), (5, 2), (6, 4)):
        made_by = {'run': '2', 'failure': 'b'} if seed == 5 else {}
        model = new_model(SMALL, seed)
        digests.append(made.save(model, parent=digests[parent], provenance=made_by).digest)
    made.activate(2)
    made.activate(3)
    made.reject(4, who='Ada')
    made.activate(5)
    return made


@pytest.fixture
def quota(runs: Path, library: FailureLibrary, store: ModelStore) -> DiskQuota:
    return DiskQuota(runs, library, store)


def names(removed: tuple[Path, ...]) -> list[str]:
    return [path.name for path in removed]


def total(*directories: Path) -> int:
    paths = (path for directory in directories for path in directory.rglob('*'))
    return sum(path.stat().st_size for path in paths if path.is_file())


def taken(runs: Path, store: ModelStore) -> int:
    return total(runs, *(store.folder_of(version) for version in store.versions()))


PAIRS = ['c.json', 'c.safetensors']


def test_within_the_quota_nothing_goes(quota: DiskQuota, runs: Path, store: ModelStore) -> None:
    assert quota.hold(taken(runs, store)) == ()


def test_the_oldest_run_goes_first_and_no_more_than_needed(
    quota: DiskQuota, runs: Path, store: ModelStore
) -> None:
    assert names(quota.hold(taken(runs, store) - 1)) == ['1']


def test_what_goes_in_which_order_and_what_stays(
    quota: DiskQuota, runs: Path, library: FailureLibrary, store: ModelStore
) -> None:
    set_aside(library.files_of('b')[1], 'a test')
    removed = names(quota.hold(1))
    runs_and_bags = ['1', '3', 'a', 'c', 'b.safetensors']
    assert removed == [*runs_and_bags, 'v0004', 'v0002', *PAIRS, 'a.json']
    assert store.versions() == (1, 3, 5, 6)
    assert store.load_active().version == 5
    assert library.ids() == ('b',)
    assert sorted(path.name for path in runs.iterdir()) == ['0', '2', 'failures']


def test_failures_whose_runs_are_still_to_come_stay(
    quota: DiskQuota, library: FailureLibrary
) -> None:
    quota.hold(1, {'a'})
    assert library.ids() == ('a', 'b')


def test_failures_elsewhere_count_as_well(
    tmp_path: Path, runs: Path, store: ModelStore
) -> None:
    elsewhere = FailureLibrary(tmp_path / 'elsewhere')
    bag = elsewhere.add(EXAMPLE).with_suffix('')
    bag.mkdir()
    (bag / 'failure.mcap').write_bytes(bytes(2000))
    quota = DiskQuota(runs, elsewhere, store)
    all_of_it = taken(runs, store) + total(tmp_path / 'elsewhere')
    assert quota.hold(all_of_it) == ()
    assert names(quota.hold(all_of_it - 1)) == ['1']


def test_nothing_goes_where_nobody_knows_what_is_in_use(
    quota: DiskQuota, runs: Path, store: ModelStore
) -> None:
    (store.directory / 'active.json').write_text('{')
    before = taken(runs, store)
    with pytest.raises(EffectsError, match=r'active\.json'):
        quota.hold(1)
    assert taken(runs, store) == before


def test_many_versions_stay_within_the_quota(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / 'models')
    quota = DiskQuota(tmp_path / 'runs', FailureLibrary(tmp_path / 'failures'), store)
    parent = store.save(new_model(SMALL, 0)).digest
    room = 4 * total(store.folder_of(1)) + 2000
    for seed in range(1, 12):
        record = store.save(new_model(SMALL, seed), parent=parent)
        store.activate(record.version)
        parent = record.digest
        quota.hold(room)
        assert total(store.directory) - (store.directory / 'active.json').stat().st_size <= room
    assert store.versions() == (1, 10, 11, 12)
