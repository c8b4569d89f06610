# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Fits of primitives: exact data give exact shapes, free space bounds what is not seen."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from f2p_core.geometry.distance import surface_points
from f2p_core.geometry.rigid import about_z, of_rotation_vectors
from f2p_perception.fitting import fit, Fits, Hypotheses, Measurements, resting_z

SIZES: dict[str, list[float]] = {
    'box': [0.04, 0.05, 0.07, 0, 0],
    'cylinder': [0.022, 0.06, 0, 0, 0],
    'sphere': [0.03, 0, 0, 0, 0],
    'cup': [0.035, 0.08, 0.006, 0, 0],
    'open_box': [0.34, 0.28, 0.1, 0.006, 0.12],
}

PLACE_M = np.array([0.8, 0.5, 0.735])


def measurements(points: np.ndarray, free: np.ndarray, support_z: float = 0.7) -> Measurements:
    return Measurements(
        points[None],
        np.ones((1, len(points))),
        free[None],
        np.ones((1, len(free))),
        np.array([support_z]),
    )


def start(kind: str, dimensions: np.ndarray, yaw: float = 0.0) -> Hypotheses:
    d = dimensions[None]
    xy = np.array([[0.8, 0.5]])
    return Hypotheses(kind, xy, about_z(np.array([yaw])), d, d, np.full((1, 5), 0.05))


def fitted(kind: str, points: np.ndarray, yaw: float, guess: np.ndarray) -> Fits:
    axes = (2,) if kind in ('box', 'open_box') else ()
    far = np.full((1, 3), 5.0)
    return fit(measurements(points, far), start(kind, guess, yaw), 0.003, axes)


@pytest.mark.parametrize('kind', list(SIZES))
def test_points_all_round_give_the_shape_back(kind: str) -> None:
    dimensions = np.array(SIZES[kind])
    rotation = about_z(np.array(0.4))
    z = 0.7 + float(resting_z(kind, rotation, dimensions))
    where = np.array([0.807, 0.494, z])
    points = surface_points(kind, dimensions, 400) @ rotation.T + where
    guess = dimensions * 0.95  # thin walls must begin too low: inside them nothing pulls
    guess[[2, 3]] = np.where(kind in ('cup', 'open_box'), dimensions[[2, 3]], guess[[2, 3]])
    found = fitted(kind, points, 0.3, guess)
    np.testing.assert_allclose(found.position_m[0], where, atol=1.5e-3)
    np.testing.assert_allclose(found.dimensions[0], dimensions, atol=2.5e-3)
    assert found.misfit[0] < 0.05


def test_stray_points_hardly_matter() -> None:
    dimensions = np.array(SIZES['box'])
    points = surface_points('box', dimensions, 200) + PLACE_M
    stray = np.random.default_rng(0).uniform(-0.2, 0.2, (30, 3)) + PLACE_M
    found = fitted('box', np.concatenate([points, stray]), 0.1, dimensions * 1.1)
    np.testing.assert_allclose(found.dimensions[0, :3], dimensions[:3], atol=3e-3)


def test_free_space_bounds_what_is_not_seen() -> None:
    """Half a top face is seen; only the free points tell that the box ends behind it."""
    dimensions = np.array(SIZES['box'])
    points = surface_points('box', dimensions, 400)
    points = points[(points[:, 2] > 0.034) & (points[:, 0] < 0.0)] + [0.8, 0.5, 0.735]
    behind = np.random.default_rng(1).uniform(
        [0.8 + 0.021, 0.48, 0.74], [0.8 + 0.06, 0.52, 0.77], (200, 3)
    )
    guess = np.array([0.055, 0.05, 0.07, 0, 0])
    guess_at = start('box', guess)._replace(xy_m=np.array([[0.8075, 0.5]]))
    far = np.full((1, 3), 5.0)
    unbounded = fit(measurements(points, far), guess_at, 0.003)
    bounded = fit(measurements(points, behind), guess_at, 0.003)
    end = [f.position_m[0, 0] + f.dimensions[0, 0] / 2 for f in (unbounded, bounded)]
    assert end[0] > 0.83
    assert end[1] < 0.824


def test_what_is_not_seen_is_uncertain() -> None:
    dimensions = np.array(SIZES['box'])
    points = surface_points('box', dimensions, 400) + PLACE_M
    whole = fitted('box', points, 0.0, dimensions)
    near_side = fitted('box', points[points[:, 0] < 0.79], 0.0, dimensions)
    assert near_side.sigma[0, 3] > 2 * whole.sigma[0, 3]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3))
def test_rotation_vectors_give_rotations(vector: list[float]) -> None:
    matrix = of_rotation_vectors(np.array(vector))
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(matrix @ vector, vector, atol=1e-9)
    assert np.linalg.det(matrix) == pytest.approx(1.0)


@pytest.mark.parametrize('kind', ['box', 'cylinder', 'sphere'])
def test_resting_height_is_that_of_the_lowest_surface_point(kind: str) -> None:
    rng = np.random.default_rng(3)
    dimensions = np.array(SIZES[kind])
    for vector in rng.normal(size=(10, 3)):
        turned = surface_points(kind, dimensions, 2000) @ of_rotation_vectors(vector).T
        lowest = -float(resting_z(kind, of_rotation_vectors(vector), dimensions))
        assert lowest - 1e-9 <= turned[:, 2].min() < lowest + 2e-3
