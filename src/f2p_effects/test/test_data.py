# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from f2p_core.batch import stack_scenes
from f2p_core.geometry.rigid import of_quaternions
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.data import (
    concatenate,
    ExecutionDataset,
    load_dataset,
    save_dataset,
    split_by_seed,
    summary,
)  # fmt: skip
from f2p_effects.errors import EffectsError
from f2p_effects.evaluate import relations_after
from f2p_effects.executions import execution_from_rollout
from f2p_effects.kind_groups import kind_groups, margins_of


def same(a: ExecutionDataset, b: ExecutionDataset) -> bool:
    return all(
        np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a)
    )


def test_a_file_gives_back_what_was_written(tmp_path: Path, small_data: ExecutionDataset) -> None:
    path = tmp_path / 'deep' / 'data.safetensors'
    save_dataset(small_data, path)
    assert same(load_dataset(path), small_data)
    assert [p.name for p in path.parent.iterdir()] == ['data.safetensors']


def test_bad_files_are_named_with_their_mend(tmp_path: Path, small_data: ExecutionDataset) -> None:
    path = tmp_path / 'data.safetensors'
    with pytest.raises(EffectsError, match=r'No such file .*make it anew'):
        load_dataset(path)
    save_dataset(small_data, path)
    content = path.read_bytes()
    for keep in (0, 5, 100, len(content) - 1):
        path.write_bytes(content[:keep])
        with pytest.raises(EffectsError, match=r'data\.safetensors'):
            load_dataset(path)
    path.write_bytes(content)
    arrays = load_file(path)
    save_file(arrays, path)
    with pytest.raises(EffectsError, match='another program wrote it'):
        load_dataset(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(EffectsError, match='is a folder'):
        load_dataset(path)


def test_a_changed_value_is_refused_and_its_array_is_named(
    tmp_path: Path, small_data: ExecutionDataset
) -> None:
    path = tmp_path / 'data.safetensors'
    save_dataset(small_data, path)
    content = path.read_bytes()
    at = content.index(small_data.seed.tobytes())
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    with pytest.raises(EffectsError, match=r'data\.safetensors: its array seed does not have'):
        load_dataset(path)
    path.write_bytes(content.replace(b'pick_place', b'pick_plase'))
    with pytest.raises(EffectsError, match=r'its description: it does not have the SHA-256'):
        load_dataset(path)


@pytest.mark.parametrize(
    ('name', 'value', 'problem'),
    [
        ('skill', 2, r'skill is in \[0, 2\], not in \[0, 1\]'),
        ('object_index', -1, r'object_index is in \[-1, '),
        ('target_index', 99, r'target_index is in \[0, 99\]'),
        ('kind', 99, r'kind is in \[-1, 99\]'),
        ('after_position_m', np.nan, 'after_position_m holds NaN'),
    ],
)
def test_values_out_of_range_are_refused(
    tmp_path: Path, small_data: ExecutionDataset, name: str, value: float, problem: str
) -> None:
    array = getattr(small_data, name).copy()
    array.reshape(-1)[0] = value
    path = tmp_path / 'data.safetensors'
    save_dataset(dataclasses.replace(small_data, **{name: array}), path)
    with pytest.raises(EffectsError, match=problem):
        load_dataset(path)


def test_arrays_of_a_wrong_shape_are_refused(tmp_path: Path, small_data: ExecutionDataset) -> None:
    path = tmp_path / 'data.safetensors'
    save_dataset(dataclasses.replace(small_data, parameters=small_data.parameters[:, :2]), path)
    with pytest.raises(EffectsError, match=r'parameters has shape \(200, 2\), not \(200, 3\)'):
        load_dataset(path)


def test_joining_pads_and_keeps_every_execution(small_data: ExecutionDataset) -> None:
    narrow = small_data.take(small_data.present.sum(axis=1) <= 6)
    width = int(narrow.present.sum(axis=1).max())
    small = dataclasses.replace(
        narrow,
        **{
            name: getattr(narrow, name)[:, :width]
            for name in (
                'before_position_m', 'before_rotation', 'after_position_m', 'after_rotation',
                'dimensions', 'kind', 'fixed', 'labelled',
            )
        },
        contact=narrow.contact[:, :width, :width],
    )  # fmt: skip
    joined = concatenate([small, small_data])
    assert len(joined) == len(small) + len(small_data)
    assert same(joined.take(np.arange(len(small))), narrow)
    assert (joined.present.sum(axis=1)[: len(small)] == small.present.sum(axis=1)).all()
    with pytest.raises(EffectsError, match='at least one'):
        concatenate([])


def test_parts_of_a_split_share_no_scene(small_data: ExecutionDataset) -> None:
    twice = dataclasses.replace(small_data, seed=small_data.seed // 4)
    train, held_out = split_by_seed(twice, 0.25, 1)
    assert not set(train.seed.tolist()) & set(held_out.seed.tolist())
    assert len(train) + len(held_out) == len(twice)
    assert 0.15 < len(held_out) / len(twice) < 0.35
    assert same(split_by_seed(twice, 0.25, 1).held_out, held_out)


def test_a_summary_counts(small_data: ExecutionDataset) -> None:
    counts = summary(small_data)
    assert counts['executions'] == counts['scenes'] == 200
    assert sum(counts['executions_by_skill'].values()) == 200
    assert sum(counts['executions_by_objects'].values()) == 200
    assert counts['motions_succeeded'] == small_data.succeeded.sum()


def test_an_execution_holds_what_the_rollout_did(transport: Scene) -> None:
    call = SkillCall(
        skill='push', object_id='object_2', target_id='table_a', parameters=(0.5, 0.1, 0.01)
    )
    margins = relation_margins(stack_scenes([transport]))[0]
    outcome = _End(transport, margins)
    seen = [True, True, True, False, True, True]
    row = execution_from_rollout(transport, call, outcome, seed=9, labelled=seen)
    assert row.contact[0].tolist() == (margins[RELATION_NAMES.index('contact')] >= 0).tolist()
    assert (row.object_index[0], row.target_index[0], row.seed[0]) == (4, 0, 9)
    assert row.labelled[0].tolist() == seen
    assert row.before_position_m[0, 4] == pytest.approx(
        transport.object('object_2').pose_map.position_m
    )
    fewer = transport.model_copy(update={'objects': transport.objects[:-1]})
    with pytest.raises(EffectsError, match='differ'):
        execution_from_rollout(transport, call, _End(fewer, margins))


class _End:
    motion_succeeded = True

    relation_names = RELATION_NAMES

    def __init__(self, end_scene: Scene, margins: np.ndarray) -> None:
        self.end_scene = end_scene
        self.margins = margins


def test_margins_of_mixed_kinds_are_those_of_each_scene(
    small_data: ExecutionDataset, transport: Scene
) -> None:
    call = SkillCall(
        skill='push', object_id='object_2', target_id='table_a', parameters=(0.5, 0.1, 0.01)
    )
    expected = relation_margins(stack_scenes([transport]))[0]
    row = execution_from_rollout(transport, call, _End(transport, expected))
    mixed = concatenate([small_data.take(np.arange(20)), row])
    margins = margins_of(
        mixed,
        mixed.before_position_m.astype(float),
        of_quaternions(mixed.before_rotation.astype(np.float64)),
        RELATION_NAMES,
    )
    n = len(transport.objects)
    assert margins[-1, :n, :n] == pytest.approx(np.moveaxis(expected, 0, -1), abs=1e-5)
    assert (margins[-1, n:] < 0).all()
    held = relations_after(mixed, RELATION_NAMES)[-1, :n, :n]
    clear = np.abs(np.moveaxis(expected, 0, -1)) > 1e-4
    assert (held == (np.moveaxis(expected, 0, -1) >= 0))[clear].all()


def test_groups_cover_every_object_once(small_data: ExecutionDataset) -> None:
    count = np.zeros_like(small_data.kind, dtype=int)
    for group in kind_groups(small_data):
        assert (group.gather(small_data.kind) == group.kinds).all()
        assert (group.gather(small_data.fixed) == group.fixed).all()
        np.add.at(count, (group.rows[:, None], group.columns), 1)
    assert (count == small_data.present).all()
