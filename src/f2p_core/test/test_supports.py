# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.errors import InvalidInputError
from f2p_core.geometry.fit import (
    goes_inside,
    placement_bounds,
    PLACEMENT_CLEARANCE_M,
    resting_height,
)
from f2p_core.geometry.shapes import (
    Box,
    Cup,
    Cylinder,
    OpenBox,
    Shape,
    SHAPES,
    Shelf,
    Sphere,
    Table,
)
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import call_bounds
from f2p_core.supports import (
    contents,
    penetrating_pairs,
    require_no_penetration,
    root_support,
    support_closure,
    support_parents,
    support_tree,
)
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

TABLE = Table(size_m=(0.6, 0.8, 0.7))
TRAY = OpenBox(size_m=(0.34, 0.28, 0.1), wall_m=0.006, handle_height_m=0.12)
CUP = Cup(radius_m=0.04, height_m=0.1, wall_m=0.004)
CAPSULE = Cylinder(radius_m=0.01, height_m=0.03)
BLOCK = Box(size_m=(0.05, 0.05, 0.05))
SHELF = Shelf(size_m=(0.3, 0.6, 0.4), wall_m=0.015)


def item(
    name: str, shape: Shape, x: float, y: float, z: float, yaw: float = 0.0, fixed: bool = False
) -> SceneObject:
    return SceneObject(
        object_id=name, shape=shape, pose_map=upright_pose(x, y, z, yaw), fixed=fixed
    )


def on(
    name: str, shape: Shape, target: SceneObject, x: float = 0.0, y: float = 0.0
) -> SceneObject:
    """The object put down on or in a target, by the same rule as the skills."""
    place = np.array([x, y, resting_height(shape, target.shape)])
    return item(name, shape, *target.pose_map.to_parent(place).tolist())


table = item('table', TABLE, 0.8, 0.5, 0.35, fixed=True)
other = item('other', TABLE, 0.8, -0.5, 0.35, fixed=True)


def test_chain_of_supports_from_capsule_to_table() -> None:
    tray = on('tray', TRAY, table)
    cup = on('cup', CUP, tray, 0.08, 0.05)
    capsule = on('capsule', CAPSULE, cup)
    lid = on('lid', Box(size_m=(0.05, 0.05, 0.01)), on('block', BLOCK, other))
    scene = Scene(objects=(capsule, table, cup, other, tray, on('block', BLOCK, other), lid))
    tree = support_tree(scene)
    assert tree == {
        'capsule': 'cup',
        'cup': 'tray',
        'tray': 'table',
        'lid': 'block',
        'block': 'other',
        'table': None,
        'other': None,
    }
    assert root_support(scene, 'capsule') == 'table'
    assert root_support(scene, 'other') == 'other'
    assert contents(scene, 'tray') == ('capsule', 'cup')
    assert contents(scene, 'table') == ('capsule', 'cup', 'tray')
    assert contents(scene, 'lid') == ()


def test_object_in_the_air_is_over_its_support_and_one_on_the_floor_has_none() -> None:
    lifted = item('lifted', BLOCK, 0.8, 0.5, 1.2)
    floor = item('floor', BLOCK, -0.5, 0.0, 0.025)
    outside = item('outside', BLOCK, 0.0, 0.0, 0.9)
    scene = Scene(objects=(table, lifted, floor, outside))
    tree = support_tree(scene)
    assert tree['lifted'] == 'table'
    assert tree['floor'] is None
    assert tree['outside'] is None
    assert root_support(scene, 'floor') is None


def test_thin_things_under_a_container_or_on_each_other_make_no_circle() -> None:
    mat = on('mat', Box(size_m=(0.2, 0.2, 0.01)), table)
    sheet = on('sheet', Box(size_m=(0.18, 0.18, 0.01)), mat)
    tray = on('tray', TRAY, sheet)
    tree = support_tree(Scene(objects=(tray, sheet, mat, table)))
    assert tree == {'tray': 'sheet', 'sheet': 'mat', 'mat': 'table', 'table': None}


def test_object_in_a_shelf_belongs_to_it_and_one_beside_a_turned_tray_to_the_table() -> None:
    shelf = item('shelf', SHELF, 1.0, 0.0, 0.6, fixed=True)
    cup = on('cup', CUP, shelf, 0.05, 0.1)
    assert support_tree(Scene(objects=(shelf, cup)))['cup'] == 'shelf'
    tray = item('tray', TRAY, 0.8, 0.5, 0.75, yaw=0.8)
    x, y, _ = tray.pose_map.to_parent(np.array([0.1, 0.19, 0.0])).tolist()
    beside = item('beside', BLOCK, x, y, 0.725)
    assert support_tree(Scene(objects=(table, tray, beside)))['beside'] == 'table'


def test_random_scenes_stand_where_they_were_put_and_do_not_penetrate() -> None:
    for seed in range(30):
        config = TabletopConfig(inside=seed % 6, on_a=2, on_b=1)
        scene = sample_tabletop(config, np.random.default_rng(seed))
        tree = support_tree(scene)
        inside = [i for i, support in tree.items() if support == 'container']
        assert len(inside) == seed % 6
        assert set(contents(scene, 'container')) == set(inside)
        assert tree['container'] == 'table_a'
        assert sum(s == 'table_b' for s in tree.values()) == 1
        assert penetrating_pairs(scene, tolerance_m=1e-6) == ()


def noisy_layouts(noise_m: float) -> list[tuple[SceneBatch, list[str | None]]]:
    """Layouts of all kinds with what stands on what, and 40 views of each that err in z."""
    rng = np.random.default_rng(3)
    found = []
    for seed in range(12):
        config = TabletopConfig(inside=1 + seed % 6, on_a=2, on_b=1)
        tabletop = sample_tabletop(config, np.random.default_rng(seed))
        shelf = item('shelf', SHELF, 0.4, 0.0, 0.6, fixed=True)
        cup = on('cup', CUP, tabletop.object('table_b'), 0.25, 0.3)
        more = (shelf, on('mug', CUP, shelf, 0.05, 0.1), cup, on('pill', CAPSULE, cup))
        ball = on('ball', Sphere(radius_m=0.02), on('block', BLOCK, shelf, 0.0, -0.1))
        scene = Scene(
            objects=(*tabletop.objects, *more, on('block', BLOCK, shelf, 0.0, -0.1), ball)
        )
        batch = stack_scenes([scene] * 40)
        movable = ~np.array(batch.fixed)
        position = batch.position_m.copy()
        position[..., 2] += noise_m * rng.standard_normal(position.shape[:2]) * movable
        found.append((batch._replace(position_m=position), list(support_tree(scene).values())))
    return found


@pytest.mark.parametrize(('noise_m', 'most_wrong'), [(0.0, 0.0), (0.005, 0.0), (0.01, 0.02)])
def test_supports_are_found_in_noise(noise_m: float, most_wrong: float) -> None:
    wrong, count = 0, 0
    for batch, expected in noisy_layouts(noise_m):
        ids = (*batch.object_ids, None)
        for row in support_parents(batch):
            wrong += sum(ids[p] != e for p, e in zip(row, expected, strict=True))
            count += len(expected)
    assert wrong <= most_wrong * count


def test_supports_of_many_scenes_are_those_of_each(
    random_batch: Callable[..., SceneBatch],
) -> None:
    for seed, rotations in enumerate(('none', 'yaw', 'any')):
        batch = random_batch((*SHAPES.names, 'box', 'cup'), 60, seed, rotations=rotations)
        batch = batch._replace(fixed=tuple(kind == 'table' for kind in batch.kinds))
        together = support_parents(batch)
        assert (together >= 0).any()
        for i in range(60):
            alone = SceneBatch(*batch[:3], *(array[i : i + 1] for array in batch[3:]))
            assert support_parents(alone)[0].tolist() == together[i].tolist()


def test_chains_of_supports_are_closed() -> None:
    on_what = support_closure(np.array([[1, 2, -1, 2]]))[0]
    assert np.argwhere(on_what).tolist() == [[0, 1], [0, 2], [1, 2], [3, 2]]


def test_empty_scene_has_no_supports() -> None:
    assert support_tree(Scene(objects=())) == {}
    assert penetrating_pairs(Scene(objects=())) == ()


def test_penetration_is_named_with_its_depth() -> None:
    sunk = item('sunk', BLOCK, 0.8, 0.5, 0.71)
    deeper = item('deeper', BLOCK, 0.6, 0.3, 0.705)
    scene = Scene(objects=(table, sunk, deeper))
    pairs = penetrating_pairs(scene)
    assert [pair[:2] for pair in pairs] == [('table', 'deeper'), ('table', 'sunk')]
    assert [pair[2] for pair in pairs] == pytest.approx([0.02, 0.015], abs=1e-6)
    with pytest.raises(InvalidInputError, match=r'table and deeper penetrate by 20\.0 mm'):
        require_no_penetration(scene)
    assert penetrating_pairs(scene, tolerance_m=0.03) == ()


@pytest.mark.parametrize(
    ('shape', 'target', 'height', 'inside'),
    [
        (BLOCK, TABLE, 0.375, False),
        (BLOCK, TRAY, -0.05 + 0.006 + 0.025, True),
        (CAPSULE, CUP, -0.05 + 0.004 + 0.015, True),
        (CUP, CUP, 0.1, False),
        (Box(size_m=(0.4, 0.05, 0.02)), TRAY, 0.06, False),
        (CUP, SHELF, -0.2 + 0.015 + 0.05, True),
        (Sphere(radius_m=0.02), BLOCK, 0.045, False),
        (TRAY, TABLE, 0.4, False),
    ],
)
def test_resting_heights(shape: Shape, target: Shape, height: float, inside: bool) -> None:
    assert resting_height(shape, target) == pytest.approx(height)
    assert goes_inside(shape, target) is inside


def test_object_placed_anywhere_in_the_bounds_stands_on_its_target() -> None:
    rng = np.random.default_rng(1)
    for shape, target in ((BLOCK, TABLE), (BLOCK, TRAY), (CAPSULE, CUP), (CUP, SHELF)):
        low, high = placement_bounds(shape, target)
        assert (low < high).all()
        base = item('base', target, 0.0, 0.0, 1.0, yaw=0.3)
        for _ in range(20):
            x, y = rng.uniform(low, high)
            yaw = rng.uniform(-np.pi, np.pi)
            place = base.pose_map.to_parent(np.array([x, y, resting_height(shape, target)]))
            x, y, z = place.tolist()
            scene = Scene(objects=(base, item('placed', shape, x, y, z, yaw=yaw)))
            assert support_tree(scene)['placed'] == 'base'
            assert penetrating_pairs(scene, tolerance_m=1e-6) == ()


def test_no_room_leaves_the_middle() -> None:
    low, high = placement_bounds(CUP, CUP)
    assert low.tolist() == high.tolist() == [0.0, 0.0]


def test_call_bounds_are_the_skills_cut_to_the_target() -> None:
    tray = on('tray', TRAY, table)
    scene = Scene(objects=(table, tray, on('block', BLOCK, table, 0.2, 0.3)))
    low, high = call_bounds(scene, 'pick_place', 'block', 'table')
    room = 0.3 - 0.025 * np.sqrt(2) - PLACEMENT_CLEARANCE_M
    assert high == pytest.approx([room, room + 0.1, np.pi])
    assert low == pytest.approx(-high)
    low, high = call_bounds(scene, 'push', 'block', 'table')
    assert low == pytest.approx([-np.pi, 0.02, -0.03])
    with pytest.raises(InvalidInputError, match='unknown skill'):
        call_bounds(scene, 'throw', 'block', 'table')
    with pytest.raises(InvalidInputError, match='no object'):
        call_bounds(scene, 'push', 'brick', 'table')
