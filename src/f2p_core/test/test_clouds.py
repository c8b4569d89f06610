# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from core_batches import RandomBatch
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from f2p_core.clouds import batch_clouds, farthest_point_sample, visible_cloud
from f2p_core.errors import InvalidInputError
from f2p_core.geometry.distance import signed_distance
from f2p_core.geometry.parts import dimensions_of, part_arrays
from f2p_core.geometry.shapes import Box, Cup, Cylinder, OpenBox, Shape, SHAPES, Sphere, Table
from f2p_core.pose import Pose
from f2p_core.scene import SceneObject

CAMERA = np.array([0.1, -0.2, 1.5])
TILTED = Pose(position_m=(0.7, 0.3, 0.4), quaternion_xyzw=(0.1, 0.3, -0.2, 0.927362))
EXAMPLES: list[Shape] = [
    Box(size_m=(0.05, 0.08, 0.1)),
    Cylinder(radius_m=0.03, height_m=0.1),
    Sphere(radius_m=0.04),
    Cup(radius_m=0.04, height_m=0.1, wall_m=0.004),
    OpenBox(size_m=(0.34, 0.28, 0.1), wall_m=0.006, handle_height_m=0.12),
    Table(size_m=(0.6, 0.8, 0.7)),
]


def placed(shape: Shape, pose: Pose = TILTED) -> SceneObject:
    return SceneObject(object_id='item', shape=shape, pose_map=pose)


def in_frame(item: SceneObject, points: np.ndarray) -> np.ndarray:
    return item.pose_map.to_child(points)


@pytest.mark.parametrize('shape', EXAMPLES, ids=lambda s: s.kind)
def test_seen_points_are_on_the_surface_and_nothing_hides_them(shape: Shape) -> None:
    item = placed(shape)
    cloud = visible_cloud(item, CAMERA, 200, 0.0, np.random.default_rng(1))
    assert cloud.shape == (200, 3)
    points, camera = in_frame(item, cloud), in_frame(item, CAMERA)
    dimensions = np.array(dimensions_of(shape))
    assert np.abs(signed_distance(shape.kind, dimensions, points)).max() < 1e-9
    # March from each point to the camera: material on the way would be in front of it.
    way = np.concatenate([np.geomspace(1e-4, 0.05, 60), np.linspace(0.051, 0.9, 200)])
    ray = camera - points
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    marched = points[:, None] + way[:, None] * ray[:, None]
    depth = signed_distance(shape.kind, dimensions, marched.reshape(-1, 3))
    assert depth.min() > -1e-5


@pytest.mark.parametrize('shape', EXAMPLES, ids=lambda s: s.kind)
def test_every_visible_region_is_covered(shape: Shape) -> None:
    item = placed(shape)
    dense = visible_cloud(item, CAMERA, 3000, 0.0, np.random.default_rng(2))
    sparse = visible_cloud(item, CAMERA, 300, 0.0, np.random.default_rng(3))
    gap = np.linalg.norm(dense[:, None] - sparse[None], axis=-1).min(axis=1)
    size = np.ptp(dense, axis=0).max()
    assert gap.max() < 0.16 * size


def test_cube_seen_from_a_corner_shows_three_faces_alike_and_from_above_one() -> None:
    cube = placed(Box(size_m=(0.1, 0.1, 0.1)), Pose(position_m=(0, 0, 0)))
    corner = visible_cloud(cube, np.array([2.0, 2.0, 2.0]), 300, 0.0, np.random.default_rng(4))
    for axis in range(3):
        assert np.isclose(corner[:, axis], 0.05).sum() == pytest.approx(100, abs=2)
    above = visible_cloud(cube, np.array([0.0, 0.0, 2.0]), 300, 0.0, np.random.default_rng(4))
    assert np.allclose(above[:, 2], 0.05)
    assert np.allclose(above.mean(axis=0)[:2], 0.0, atol=0.003)


def test_ball_shows_the_cap_its_tangents_bound() -> None:
    ball = placed(Sphere(radius_m=0.1), Pose(position_m=(0, 0, 0)))
    cloud = visible_cloud(ball, np.array([0.2, 0.0, 0.0]), 4000, 0.0, np.random.default_rng(5))
    # Tangents from twice the radius touch at half of it; a cap's points are even along its axis.
    assert cloud[:, 0].min() == pytest.approx(0.05, abs=1e-3)
    assert cloud[:, 0].mean() == pytest.approx(0.075, abs=1e-3)


def test_noise_has_the_asked_size() -> None:
    table = placed(Table(size_m=(1.0, 1.0, 0.5)), Pose(position_m=(0, 0, 0)))
    camera = np.array([0.0, 0.0, 3.0])
    cloud = visible_cloud(table, camera, 4000, 0.003, np.random.default_rng(6))
    assert np.std(cloud[:, 2]) == pytest.approx(0.003, rel=0.05)


def test_same_seed_same_cloud() -> None:
    first, second = (
        visible_cloud(placed(EXAMPLES[4]), CAMERA, 64, 0.002, np.random.default_rng(7))
        for _ in range(2)
    )
    assert np.array_equal(first, second)


def test_camera_inside_is_refused() -> None:
    with pytest.raises(InvalidInputError, match='inside'):
        visible_cloud(
            placed(EXAMPLES[0]), np.array(TILTED.position_m), 8, 0.0, np.random.default_rng(0)
        )


def test_batch_is_in_the_frames_of_the_objects(random_batch: RandomBatch) -> None:
    batch = random_batch(SHAPES.names, 300, seed=8)
    clouds = batch_clouds(batch, np.array([0.0, 0.0, 2.0]), 48, 0.0, np.random.default_rng(9))
    assert clouds.shape == (300, 7, 48, 3)
    assert clouds.dtype == np.float32
    for i, kind in enumerate(SHAPES.names):
        points = clouds[:, i].astype(np.float64)
        distance = np.abs(signed_distance(kind, batch.dimensions[:, i], points))
        assert distance.max() < 1e-6
    centre = part_arrays('sphere', batch.dimensions[:, 2]).centre_m
    towards = np.einsum(
        'sj,sji->si', [0.0, 0.0, 2.0] - batch.position_m[:, 2], batch.rotation[:, 2]
    )
    side = np.einsum('spi,si->sp', clouds[:, 2] - centre, towards)
    assert (side > 0).all()


def test_batch_takes_one_camera_per_scene(random_batch: RandomBatch) -> None:
    batch = random_batch(('box',), 2, seed=10, rotations='none')
    camera = np.array([[0.0, 0.0, 3.0], [0.0, 0.0, -3.0]])
    clouds = batch_clouds(batch, camera, 64, 0.0, np.random.default_rng(11))
    top = batch.dimensions[:, 0, 2] / 2
    assert np.isclose(clouds[0, 0, :, 2], top[0]).any()
    assert not np.isclose(clouds[0, 0, :, 2], -top[0]).any()
    assert np.isclose(clouds[1, 0, :, 2], -top[1]).any()
    assert not np.isclose(clouds[1, 0, :, 2], top[1]).any()


@given(seed=st.integers(0, 10**6), count=st.integers(1, 80), n=st.integers(1, 100))
def test_farthest_points_are_distinct_points_of_the_cloud(seed: int, count: int, n: int) -> None:
    points = np.random.default_rng(seed).normal(size=(count, 3))
    chosen = farthest_point_sample(points, n)
    assert chosen.shape == (n, 3)
    rows = {tuple(p) for p in chosen}
    assert rows <= {tuple(p) for p in points}
    assert len(rows) == min(n, count)


@given(seed=st.integers(0, 10**6))
def test_farthest_points_cover_the_cloud_as_well_as_they_are_spread(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(size=(200, 3))
    chosen = farthest_point_sample(points, 20)
    apart = np.linalg.norm(chosen[:, None] - chosen[None], axis=-1)
    spread = apart[~np.eye(20, dtype=bool)].min()
    cover = np.linalg.norm(points[:, None] - chosen[None], axis=-1).min(axis=1).max()
    # Each next point was the worst covered one: nothing is farther than the closest two.
    assert cover <= spread + 1e-12


def test_farthest_points_of_an_empty_cloud_are_refused() -> None:
    with pytest.raises(InvalidInputError, match='0 points'):
        farthest_point_sample(np.zeros((0, 3)), 4)
