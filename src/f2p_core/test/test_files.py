# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from f2p_core import files
from f2p_core.errors import DamagedError, InvalidInputError, MissingFileError
from f2p_core.failure import Correction, Failure
from f2p_core.files import (
    ForbiddenPathError,
    open_regular,
    parse_document,
    path_below,
    read_failure,
    read_regular,
    read_scene,
    write_failure,
    write_scene,
)
from f2p_core.geometry.parts import dimensions_of, shape_from_dimensions
from f2p_core.geometry.shapes import SHAPES
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_tasks.transport import transport_scene

Change = tuple[str, Any]


def changed(document: dict[str, Any], path: str, value: Any) -> bytes:
    """The document as JSON with one entry replaced, added (value) or removed (...)."""
    target: Any = document
    *steps, last = [int(s) if s.isdigit() else s for s in path.split('/')]
    for step in steps:
        target = target[step]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return json.dumps(document).encode()


@pytest.fixture
def scene_document() -> dict[str, Any]:
    scene = transport_scene(1, np.random.default_rng(3))
    return dict(json.loads(scene.model_dump_json()))


def test_scene_survives_the_round_trip_exactly(tmp_path: Path) -> None:
    scene = transport_scene(4, np.random.default_rng(5))
    write_scene(tmp_path / 'scene.json', scene)
    assert read_scene(tmp_path / 'scene.json') == scene


@given(
    kind=st.sampled_from(SHAPES.names),
    size=st.tuples(*[st.floats(0.05, 5.0)] * 3),
    position=st.tuples(*[st.floats(-1e3, 1e3)] * 3),
    yaw=st.floats(-3.1, 3.1),
)
def test_every_shape_and_pose_survives_the_round_trip(
    kind: str,
    size: tuple[float, float, float],
    position: tuple[float, float, float],
    yaw: float,
) -> None:
    shape = shape_from_dimensions(
        kind, (*size[:2], 0.01, 0.01, 0.1) if kind == 'cup' else (*size, 0.01, 0.1)
    )
    x, y, z = position
    item = SceneObject(object_id='a', shape=shape, pose_map=upright_pose(x, y, z, yaw))
    scene = Scene(objects=(item,))
    assert parse_document(Scene, scene.model_dump_json().encode(), 'text') == scene
    assert shape_from_dimensions(kind, dimensions_of(shape)) == shape


def test_failure_survives_the_round_trip_exactly(tmp_path: Path, failure: Failure) -> None:
    write_failure(tmp_path / 'failure.json', failure)
    again = read_failure(tmp_path / 'failure.json')
    assert again.model_dump_json() == failure.model_dump_json()
    assert again.before.clouds_map[1].shape == (0, 3)
    assert again.kind is failure.kind


@pytest.mark.parametrize(
    ('path', 'value', 'message'),
    [
        ('colour', 'red', "colour: unknown field (value 'red'); remove it"),
        ('objects/2/shape/radius_m', 0.1, 'objects[2].shape.radius_m: unknown field (value 0.1)'),
        ('objects', ..., 'objects: missing; add it'),
        ('objects/0/pose_map', ..., 'objects[0].pose_map: missing; add it'),
        ('objects/0/shape/kind', 'cone', "objects[0].shape: unknown kind 'cone'; known: box, "),
        ('objects/0/shape', {}, 'objects[0].shape: kind is missing; add one of box, '),
        ('objects/0/shape/size_m', [1.0, 2.0], 'objects[0].shape.size_m[2]: missing; add it'),
        (
            'objects/0/shape/size_m',
            [1.0, 2.0, -3.0],
            'shape.size_m[2]: Input should be',
        ),
        ('objects/0/mass_kg', float('nan'), 'objects[0].mass_kg: Input should be a finite number'),
        (
            'objects/0/mass_kg',
            '1',
            "mass_kg: Input should be a valid number (value '1')",
        ),
        (
            'objects/0/pose_map/position_m',
            [0, 0, float('inf')],
            'pose_map.position_m[2]',
        ),
        ('objects/0/pose_map/quaternion_xyzw', [0, 0, 0, 2], 'has norm 2.0000; it must be 1'),
        ('objects/0/object_id', 'table_b', "'table_b' is used twice"),
        ('objects/0/object_id', '../x', 'objects[0].object_id'),
        ('objects/0/fixed', 1, 'objects[0].fixed: Input should be a valid boolean (value 1)'),
        ('schema_version', 1, 'schema_version: it is 1; this software reads version 2: convert'),
        ('schema_version', 3, 'schema_version: it is 3; this software reads version 2: update'),
        ('schema_version', ..., 'schema_version is missing'),
        ('objects/2/shape/wall_m', 5.0, 'leaves no cavity'),
    ],
)
def test_what_is_wrong_with_a_scene_is_named(
    scene_document: dict[str, Any], path: str, value: Any, message: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_document(Scene, changed(scene_document, path, value), 'scene.json')
    assert str(caught.value).startswith('scene.json: ')
    assert message in str(caught.value)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    ('path', 'value', 'message'),
    [
        ('before/clouds_map/0/0/0', float('nan'), 'before.clouds_map[0]: holds NaN or infinity'),
        ('before/clouds_map/0/0', [0.0, 1.0], 'before.clouds_map[0]: must be nested lists'),
        ('before/clouds_map/0', [[0.0, 1.0]], 'a cloud has shape (1, 2); it must be (P, 3)'),
        ('before/clouds_map/0', None, 'before.clouds_map[0]: must be nested lists of numbers'),
        ('before/clouds_map/0', {'a': 1}, 'before.clouds_map[0]: must be nested lists of numbers'),
        ('before/clouds_map/0', [['1', '2', '3']], 'must be nested lists of numbers'),
        ('after/seen', [True], 'after: seen has 1 entries for 5 objects'),
        ('relations_before/margin', [[[0.0]]], 'margin has shape (1, 1, 1)'),
        ('relations_before/observed/0/0/0', 0.5, 'must be nested lists of true and false'),
        ('relations_before/probability/0/0/0', 1.5, 'outside [0, 1]'),
        ('violated', [], 'violated: '),
        ('kind', 'bad_luck', 'kind: '),
        ('call/skill', 'throw', "call: unknown skill 'throw'; known: pick_place, push"),
        ('call/parameters', [9.0, 0.0, 0.0], 'x_m = 9 is outside [-0.6, 0.6]'),
        ('call/object_id', 'ghost', "'ghost', which is not in the scene before"),
        ('commanded/position', [[1.0, 2.0]], 'commanded: position has shape (1, 2)'),
        ('before/scene/schema_version', 9, 'before.scene.schema_version: it is 9;'),
        ('schema_version', 1, 'it is 1; this software reads version 2: convert it with `f2p bag'),
        ('call/parameters', [0.1, 0.0, 0.0], 'it was changed or cut'),
        ('digest', 'abc', 'the record states the digest'),
        ('failure_id', '../../etc', 'failure_id: '),
        ('goal', ..., 'goal: missing; add it'),
    ],
)
def test_what_is_wrong_with_a_failure_is_named(
    failure: Failure, path: str, value: Any, message: str
) -> None:
    document = json.loads(failure.model_dump_json())
    with pytest.raises(InvalidInputError) as caught:
        parse_document(Failure, changed(document, path, value), 'failure.json')
    assert message in str(caught.value)


@pytest.mark.parametrize(
    'text',
    [b'', b'{', b'[]', b'null', b'\xff\xfe', b'{"schema_version": 2, "objects": [}', b'[' * 5000],
)
def test_no_json_is_no_scene(text: bytes) -> None:
    with pytest.raises(InvalidInputError, match=r'^text: '):
        parse_document(Scene, text, 'text')


@given(text=st.binary(max_size=200))
def test_no_bytes_raise_anything_else(text: bytes) -> None:
    with pytest.raises(InvalidInputError):
        parse_document(Scene, text, 'text')


def test_cut_short_file_is_refused_at_every_length(failure: Failure) -> None:
    whole = failure.model_dump_json().encode()
    for length in np.linspace(0, len(whole) - 1, 40, dtype=int).tolist():
        with pytest.raises(InvalidInputError):
            parse_document(Failure, whole[:length], 'failure.json')


def test_missing_folder_and_large_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInputError, match='cannot be read: No such file'):
        read_scene(tmp_path / 'none.json')
    with pytest.raises(InvalidInputError, match='is a folder; name a file'):
        read_scene(tmp_path)
    monkeypatch.setattr(files, 'MAX_FILE_BYTES', 100)
    (tmp_path / 'large.json').write_bytes(b' ' * 101)
    with pytest.raises(InvalidInputError, match='101 bytes is more than'):
        read_scene(tmp_path / 'large.json')


def test_only_what_lies_below_a_folder_is_named(tmp_path: Path) -> None:
    inside, outside = tmp_path / 'in', tmp_path / 'out'
    inside.mkdir()
    outside.mkdir()
    (inside / 'link').symlink_to(outside)
    folders = [str(inside)]
    assert path_below(inside / 'bag' / '..' / 'bag', folders) == inside.resolve() / 'bag'
    for named in (outside, inside / '..' / 'out', inside / 'link' / 'bag', tmp_path / 'inner'):
        with pytest.raises(ForbiddenPathError, match='lies outside the readable folders'):
            path_below(named, folders)
    with pytest.raises(ForbiddenPathError, match='none'):
        path_below(inside, [])
    (inside / 'loop').symlink_to(inside / 'loop')
    for odd in (inside / 'loop', f'{inside}/a\0b'):
        with pytest.raises(ForbiddenPathError, match='is no path of a file'):
            path_below(odd, folders)


def test_only_regular_files_are_opened_and_nothing_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / 'file').write_bytes(b'content')
    (tmp_path / 'link').symlink_to(tmp_path / 'file')
    assert read_regular(tmp_path / 'link', 7) == b'content'
    with open_regular(tmp_path / 'file', 7) as stream:
        assert stream.read(3) == b'con'
    os.mkfifo(tmp_path / 'fifo')
    (tmp_path / 'loop').symlink_to(tmp_path / 'loop')
    (tmp_path / 'nowhere').symlink_to(tmp_path / 'none')
    for name, problem in {
        'fifo': 'is a FIFO',
        '': 'is a folder',
        'loop': 'Too many levels',
        'a\0b': 'cannot hold NUL',
        'x' * 300: 'name too long',
        'file/below': 'Not a directory',
    }.items():
        with pytest.raises(InvalidInputError, match=problem):
            read_regular(f'{tmp_path}/{name}', 7)
    with pytest.raises(InvalidInputError, match='7 bytes is more than it may have'):
        read_regular(tmp_path / 'file', 6)
    with pytest.raises(InvalidInputError, match='is a FIFO, socket or device'):
        read_regular('/dev/zero', 6)
    with pytest.raises(MissingFileError):
        read_regular(tmp_path / 'nowhere', 7)


def test_no_bit_of_a_kept_failure_can_change(tmp_path: Path, failure: Failure) -> None:
    said = Correction(kind=None, who='Ada', note='the cat', stamp_ns=1)
    path = tmp_path / 'failure.json'
    write_failure(path, failure.model_copy(update={'correction': said}))
    assert read_failure(path).correction == said
    whole = path.read_bytes()
    at = whole.index(b'the cat')
    path.write_bytes(whole[:at] + b'The' + whole[at + 3 :])
    with pytest.raises(DamagedError, match=r'failure\.json: it does not have the SHA-256'):
        read_failure(path)
    path.write_bytes(b'{' + whole[whole.index(b'"schema') :])
    with pytest.raises(DamagedError, match='convert it with `f2p bag convert'):
        read_failure(path)
