# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest

from f2p_core.batch import stack_scenes
from f2p_core.clouds import batch_clouds
from f2p_core.errors import InvalidInputError
from f2p_core.files import parse_document
from f2p_core.geometry.distance import pair_distance, surface_points
from f2p_core.geometry.parts import dimensions_of, shape_from_dimensions, shape_parts
from f2p_core.geometry.shape_kind import Length, PartArrays, Size, stack_parts
from f2p_core.geometry.shapes import Box, Shape, ShapeKind, SHAPES, ShapeValue, Table
from f2p_core.pose import upright_pose
from f2p_core.relations import relation_margins
from f2p_core.scene import Scene, SceneObject
from f2p_core.supports import support_tree


class Tee(ShapeValue):
    """A kind of somebody else: a plate of size (x, y, z) across a stem of that height."""

    kind: Literal['tee'] = 'tee'
    plate_m: Size
    stem_m: Length


def tee_half(d: Any) -> Any:
    return stack_parts([('box', _half(d), _half(d), 0.0)]).half_m[..., 0, :]


def tee_parts(d: Any) -> PartArrays:
    x, y, z = _half(d)
    o, plate = 0.0 * z, d[..., 2] / 2
    return stack_parts(
        [
            ('box', [o, o, z - plate], [x, y, plate], 0.0),
            ('cylinder', [o, o, -plate], [y / 2, y / 2, z - plate], 0.0),
        ]
    )


def _half(d: Any) -> list[Any]:
    return [d[..., 0] / 2, d[..., 1] / 2, (d[..., 2] + d[..., 3]) / 2]


TEE = ShapeKind(
    name='tee',
    shape=Tee,
    half_extents=tee_half,
    parts=tee_parts,
    hull='box',
    usual_m=(0.1, 0.05, 0.02, 0.08),
    fold=2,
)


@pytest.fixture
def tee(monkeypatch: pytest.MonkeyPatch) -> Tee:
    """A kind that came with another package, for the time of a test."""
    monkeypatch.setattr(SHAPES, '_definitions', {d.name: d for d in SHAPES} | {'tee': TEE})
    return Tee(plate_m=(0.1, 0.05, 0.02), stem_m=0.08)


def scene_with(shape: Shape) -> Scene:
    return Scene(
        objects=(
            SceneObject(
                object_id='table',
                shape=Table(size_m=(0.8, 0.6, 0.4)),
                pose_map=upright_pose(0.0, 0.0, 0.2),
                fixed=True,
            ),
            SceneObject(
                object_id='thing', shape=shape, pose_map=upright_pose(0.1, 0.0, 0.45, 0.3)
            ),
            SceneObject(
                object_id='cube',
                shape=Box(size_m=(0.04, 0.04, 0.04)),
                pose_map=upright_pose(0.1, 0.0, 0.52, 0.3),
            ),
        )
    )


def test_somebody_elses_shape_is_written_and_read_in_full(tee: Tee) -> None:
    scene = scene_with(tee)
    text = scene.model_dump_json()
    assert '"shape":{"kind":"tee","plate_m":[0.1,0.05,0.02],"stem_m":0.08}' in text
    assert parse_document(Scene, text.encode(), 'text') == scene
    assert Scene.model_validate(scene.model_dump()) == scene
    with pytest.raises(InvalidInputError, match=r'objects\[1\]\.shape\.stem_m: '):
        parse_document(Scene, text.replace('0.08', '-1').encode(), 'text')


def test_dimensions_are_named_and_go_both_ways(tee: Tee) -> None:
    assert TEE.dimensions == ('plate_x_m', 'plate_y_m', 'plate_z_m', 'stem_m')
    assert dimensions_of(tee) == (0.1, 0.05, 0.02, 0.08, 0.0)
    assert shape_from_dimensions('tee', dimensions_of(tee)) == tee
    assert [part.kind for part in shape_parts(tee)] == ['box', 'cylinder']


def test_geometry_of_somebody_elses_shape_comes_from_its_parts(tee: Tee) -> None:
    scene = scene_with(tee)
    batch = stack_scenes([scene])
    distance = pair_distance(batch)[0]
    assert distance[0, 1] == pytest.approx(0.0, abs=1e-6)
    assert distance[1, 2] == pytest.approx(0.0, abs=1e-6)
    assert distance[0, 2] == pytest.approx(0.1, abs=1e-3)
    assert support_tree(scene) == {'table': None, 'thing': 'table', 'cube': 'thing'}
    above = relation_margins(batch, ('above',))[0, 0]
    assert above[2, 1] > 0
    points = surface_points('tee', np.array(dimensions_of(tee)), 64)
    assert np.abs(points).max(axis=0) == pytest.approx([0.05, 0.025, 0.05])
    clouds = batch_clouds(batch, np.array([1.0, 0.0, 1.0]), 50, 0.0, np.random.default_rng(0))
    assert clouds.shape == (1, 3, 50, 3)


def test_without_its_record_a_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind 'tee'; known: box, cylinder"):
        scene_with(Tee(plate_m=(0.1, 0.05, 0.02), stem_m=0.08))


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'name': 'other'}, "Tee.kind is 'tee', not 'other'"),
        ({'usual_m': (0.1,)}, 'has 4 dimensions and 1 usual ones'),
        ({'wall': 'wall_m'}, "has no dimension 'wall_m'; it has: plate_x_m, "),
    ],
)
def test_record_that_does_not_fit_its_class_is_refused(
    change: dict[str, Any], message: str
) -> None:
    values = {f: getattr(TEE, f) for f in ('name', 'shape', 'parts', 'hull', 'usual_m')}
    with pytest.raises(InvalidInputError, match=message):
        ShapeKind(half_extents=tee_half, **values | change)


@pytest.mark.parametrize('kind', SHAPES.names)
def test_half_extents_and_parts_are_linear_in_the_dimensions(kind: str) -> None:
    record = SHAPES[kind]
    dimensions = np.array(record.padded(record.usual_m))
    assert record.half_extents(dimensions) == pytest.approx(record.half_matrix @ dimensions)
    once, twice = record.parts(dimensions), record.parts(dimensions * 2)
    body = once.centre_m[..., 2] <= record.half_extents(dimensions)[2]
    assert 2 * once.centre_m[body] == pytest.approx(twice.centre_m[body])
    assert 2 * once.half_m[body] == pytest.approx(twice.half_m[body])
    assert once.kinds == record.part_kinds
