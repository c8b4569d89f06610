# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Support surfaces: known furniture is measured, unknown tables are found."""

from __future__ import annotations

import numpy as np
import pytest

from f2p_core.geometry.shapes import Table
from f2p_perception.errors import PerceptionCode, PerceptionError
from f2p_perception.surfaces import find_tables, level, measure_surfaces, over
from f2p_tasks.tabletop import tables


def board(y: float, z: float, tilt: float = 0.0, seed: int = 0) -> np.ndarray:
    """Noisy points on a 0.6 × 0.8 m board at x = 0.8."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform([-0.3, -0.4], [0.3, 0.4], (6000, 2))
    height = z + tilt * xy[:, 0] + rng.normal(scale=0.002, size=6000)
    return np.column_stack([np.add(xy, [0.8, y]), height])


def test_height_and_tilt_of_a_known_table_are_measured() -> None:
    points = board(0.55, 0.71, tilt=0.01)
    a, b = measure_surfaces(points, tables(), 0.05)
    assert a.measured
    assert not b.measured
    assert a.offset[0] == pytest.approx(0.01, abs=1e-3)
    levelled = level(points, a)
    assert levelled[:, 2].mean() == pytest.approx(0.7, abs=5e-4)
    assert np.std(levelled[:, 2]) == pytest.approx(0.002, rel=0.1)


def test_things_on_the_table_do_not_pull_the_plane() -> None:
    clutter = board(0.55, 0.78)[:1500] * [0.5, 0.5, 1] + [0.4, 0.3, 0]
    (a, _) = measure_surfaces(np.concatenate([board(0.55, 0.7), clutter]), tables(), 0.05)
    assert a.offset[2] + 0.8 * a.offset[0] + 0.55 * a.offset[1] == pytest.approx(0, abs=5e-4)


@pytest.mark.parametrize(('z', 'tilt'), [(0.77, 0.0), (0.7, 0.2)])
def test_a_table_at_the_wrong_height_or_tilted_means_a_wrong_transform(
    z: float, tilt: float
) -> None:
    with pytest.raises(PerceptionError) as raised:
        measure_surfaces(board(0.55, z, tilt), tables(), 0.05)
    assert raised.value.code == PerceptionCode.NO_SUPPORT
    assert 'table_a' in str(raised.value)


def test_a_cloud_without_the_furniture_means_a_wrong_transform() -> None:
    with pytest.raises(PerceptionError, match='no support surface of table_a, table_b'):
        measure_surfaces(np.add(board(0.55, 0.7), [3.0, 0, 0]), tables(), 0.05)


def test_unknown_tables_are_found_and_reach_the_floor() -> None:
    floor = np.column_stack([np.random.default_rng(1).uniform(-2, 2, (9000, 2)), np.zeros(9000)])
    rim = board(0.55, 0.8, seed=2)
    rim = rim[np.abs(rim[:, 0] - 0.8) > 0.27]  # two strips: a rim, not a table
    points = np.concatenate([board(0.55, 0.7), board(-0.55, 0.72, seed=3), floor, rim])
    found = find_tables(points)
    assert len(found) == 2
    middle = sorted(t.pose_map.position_m[1] for t in found)
    np.testing.assert_allclose(middle, [-0.55, 0.55], atol=0.02)
    for table in found:
        assert isinstance(table.shape, Table)
        np.testing.assert_allclose(table.shape.size_m[:2], (0.6, 0.8), atol=0.03)
        assert table.pose_map.position_m[2] == pytest.approx(table.shape.size_m[2] / 2)


def test_no_table_anywhere_is_an_error() -> None:
    with pytest.raises(PerceptionError, match='no horizontal surface'):
        find_tables(np.random.default_rng(0).uniform(0.3, 2, (5000, 3)))


def test_over_follows_the_outline_of_the_furniture() -> None:
    a, _ = measure_surfaces(board(0.55, 0.7), tables(), 0.05)
    points = np.array([[0.8, 0.55, 2.0], [1.09, 0.94, 0.0], [1.12, 0.55, 0.7]])
    np.testing.assert_array_equal(over(points, a, 0.0), [True, True, False])
    np.testing.assert_array_equal(over(points, a, 0.05), [True, True, True])
