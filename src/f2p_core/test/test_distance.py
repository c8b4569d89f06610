# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable
from itertools import combinations_with_replacement

from core_batches import as_torch, RandomBatch
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
import torch

from f2p_core.batch import SceneBatch
from f2p_core.geometry.distance import (
    pair_distance,
    SELF_DISTANCE_M,
    signed_distance,
    surface_points,
)
from f2p_core.geometry.shapes import SHAPES


def two(
    kinds: tuple[str, str],
    dimensions: tuple[list[float], list[float]],
    offset: tuple[float, float, float],
    roll_rad: float = 0.0,
) -> float:
    """Distance of an object at the origin to one at an offset, turned about x."""
    d = np.array([[v + [0.0] * (5 - len(v)) for v in dimensions]])
    rotation = np.stack([np.eye(3), np.eye(3)])[None]
    c, s = np.cos(roll_rad), np.sin(roll_rad)
    rotation[0, 1, 1:, 1:] = [[c, -s], [s, c]]
    position = np.array([[[0.0, 0.0, 0.0], list(offset)]])
    batch = SceneBatch(('a', 'b'), kinds, (False,) * 2, position, rotation, d)
    return float(pair_distance(batch)[0, 0, 1])


@pytest.mark.parametrize(
    ('kinds', 'dimensions', 'offset', 'roll', 'expected'),
    [
        (('box', 'box'), ([0.1] * 3, [0.1] * 3), (0.13, 0.0, 0.0), 0.0, 0.03),
        (('box', 'box'), ([0.1] * 3, [0.1] * 3), (0.13, 0.14, 0.0), 0.0, 0.05),
        (('box', 'box'), ([0.1] * 3, [0.1] * 3), (0.09, 0.0, 0.0), 0.0, -0.01),
        (('sphere', 'sphere'), ([0.03], [0.02]), (0.0, 0.06, 0.0), 0.0, 0.01),
        (('sphere', 'box'), ([0.03], [0.1] * 3), (0.0, 0.0, 0.079), 1.2, None),
        (('cylinder', 'table'), ([0.03, 0.1], [0.6, 0.8, 0.7]), (0.0, 0.0, -0.4), 0.0, 0.0),
        # A cylinder that lies on a table touches it along a line.
        (('table', 'cylinder'), ([0.6, 0.8, 0.7], [0.03, 0.1]), (0, 0.1, 0.38), np.pi / 2, 0.0),
        (('cylinder', 'cylinder'), ([0.03, 0.1], [0.02, 0.1]), (0.04, 0.03, 0.02), 0.0, 0.0),
        (('cylinder', 'cylinder'), ([0.03, 0.1], [0.02, 0.1]), (0.06, 0.08, 0.02), 0.0, 0.05),
        # Content of an open box touches its floor, not the table below.
        (('open_box', 'box'), ([0.3, 0.2, 0.1, 0.006, 0.1], [0.04] * 3), (0, 0, -0.024), 0.0, 0.0),
        (('open_box', 'box'), ([0.3, 0.2, 0.1, 0.006], [0.04] * 3), (0, 0, 0.02), 0.0, 0.044),
        # Two bars crossing over each other: the nearest places are in the middle of long edges.
        (('box', 'box'), ([0.02, 0.3, 0.02], [0.3, 0.02, 0.02]), (0.05, 0.03, 0.04), 0.0, 0.02),
    ],
)
def test_known_distances(
    kinds: tuple[str, str],
    dimensions: tuple[list[float], list[float]],
    offset: tuple[float, float, float],
    roll: float,
    expected: float | None,
) -> None:
    if expected is None:
        expected = float(
            signed_distance(
                'box',
                np.array([0.1, 0.1, 0.1, 0.0, 0.0]),
                np.array([[0.0, 0.079 * -np.sin(1.2), 0.079 * -np.cos(1.2)]]),
            )[0]
            - 0.03
        )
    assert two(kinds, dimensions, offset, roll) == pytest.approx(expected, abs=3e-4)


@pytest.mark.parametrize('kinds', list(combinations_with_replacement(SHAPES.names, 2)))
def test_distance_agrees_with_dense_sampling_of_both_surfaces(
    kinds: tuple[str, str], random_batch: RandomBatch
) -> None:
    batch = random_batch(kinds, 100, seed=11, spread_m=0.15, rotations='yaw')
    found = pair_distance(batch)[:, 0, 1]
    dense = np.full(100, np.inf)
    for a, b in ((0, 1), (1, 0)):
        points = surface_points(kinds[a], batch.dimensions[:, a], 500)
        points = points @ np.swapaxes(batch.rotation[:, a], -1, -2) + batch.position_m[:, a, None]
        local = (points - batch.position_m[:, b, None]) @ batch.rotation[:, b]
        distance = signed_distance(kinds[b], batch.dimensions[:, b], local)
        dense = np.minimum(dense, distance.min(axis=1))
    apart, deep = dense > 1e-3, dense < -1e-3
    excess = found - dense
    # Dense points miss the nearest place by up to their spacing, never the other way round.
    both_hollow = all(SHAPES[kind].hollow for kind in kinds)
    assert np.quantile(excess[apart], 0.9) < (6e-3 if both_hollow else 1.5e-3)
    assert excess[apart].min() > -0.04
    assert (found[deep] < 1e-3).mean() > 0.8


@given(seed=st.integers(0, 10**6))
def test_distance_is_symmetric_and_independent_of_the_frame(
    seed: int, random_batch_of_all: Callable[[int], SceneBatch]
) -> None:
    batch = random_batch_of_all(seed)
    distance = pair_distance(batch)
    assert (distance == np.swapaxes(distance, 1, 2)).all()
    assert (np.diagonal(distance, axis1=1, axis2=2) == SELF_DISTANCE_M).all()
    turn = batch.rotation[:, :1]
    moved = batch._replace(
        position_m=(turn @ batch.position_m[..., None])[..., 0] + [0.3, -2.0, 1.0],
        rotation=turn @ batch.rotation,
    )
    assert np.allclose(pair_distance(moved), distance, atol=1e-9)


@pytest.fixture(scope='module')
def random_batch_of_all() -> Callable[[int], SceneBatch]:
    def make(seed: int) -> SceneBatch:
        rng = np.random.default_rng(seed)
        q, _ = np.linalg.qr(rng.standard_normal((2, 4, 3, 3)))
        q *= np.linalg.det(q)[..., None, None]
        dimensions = np.array(
            [
                [0.05, 0.08, 0.1, 0.0, 0.0],
                [0.03, 0.1, 0.0, 0.0, 0.0],
                [0.04, 0.0, 0.0, 0.0, 0.0],
                [0.3, 0.2, 0.1, 0.006, 0.1],
            ]
        )
        return SceneBatch(
            ('a', 'b', 'c', 'd'),
            ('box', 'cylinder', 'sphere', 'open_box'),
            (False,) * 4,
            rng.uniform(-0.2, 0.2, (2, 4, 3)),
            q,
            np.broadcast_to(dimensions, (2, 4, 5)).copy(),
        )

    return make


def test_torch_and_numpy_agree(random_batch: RandomBatch) -> None:
    batch = random_batch(SHAPES.names, 20, seed=12)
    expected = torch.tensor(pair_distance(batch))
    assert torch.allclose(pair_distance(as_torch(batch)), expected, atol=1e-12)
    single = pair_distance(as_torch(batch, torch.float32))
    assert single.dtype == torch.float32
    assert ((single.double() - expected).abs() < 1e-5).double().mean() > 0.99


def test_scenes_do_not_influence_each_other(random_batch: RandomBatch) -> None:
    batch = random_batch(('box', 'cup', 'sphere'), 6, seed=13)
    together = pair_distance(batch)
    for i in range(6):
        alone = SceneBatch(*batch[:3], *(a[i : i + 1] for a in batch[3:]))
        assert np.allclose(pair_distance(alone)[0], together[i], atol=1e-12)


def test_gradient_is_that_of_the_distance(random_batch: RandomBatch) -> None:
    batch = as_torch(random_batch(('box', 'cylinder', 'open_box', 'sphere'), 30, seed=14))
    arrays = [batch.position_m, batch.dimensions]

    def value(position: torch.Tensor, dimensions: torch.Tensor) -> torch.Tensor:
        moved = batch._replace(position_m=position, dimensions=dimensions)
        distance: torch.Tensor = pair_distance(moved)
        return distance

    for which, step in ((0, 1e-6), (1, 1e-6)):
        direction = torch.randn(arrays[which].shape, generator=torch.Generator().manual_seed(1))
        direction = direction.double() * (arrays[which] != 0)
        leaves = [a.clone().requires_grad_(i == which) for i, a in enumerate(arrays)]
        output = value(*leaves)
        plus, minus = list(arrays), list(arrays)
        plus[which] = arrays[which] + step * direction
        minus[which] = arrays[which] - step * direction
        numeric = (value(*plus) - value(*minus)) / (2 * step)
        apart = (output > 1e-3) & ~torch.eye(4, dtype=torch.bool)
        for s in range(0, 30, 6):
            for a, b in torch.argwhere(apart[s]).tolist():
                (gradient,) = torch.autograd.grad(
                    output[s, a, b], leaves[which], retain_graph=True
                )
                assert torch.isfinite(gradient).all()
                assert (gradient * direction).sum() == pytest.approx(
                    float(numeric[s, a, b]), abs=0.02
                )


def test_gradient_pushes_penetrating_objects_apart() -> None:
    position = torch.tensor([[[0.0, 0.0, 0.0], [0.04, 0.0, 0.01]]], requires_grad=True)
    dimensions = torch.tensor([[[0.05, 0.05, 0.05, 0.0, 0.0], [0.03, 0.1, 0.0, 0.0, 0.0]]])
    rotation = torch.eye(3).expand(1, 2, 3, 3)
    kinds = ('box', 'cylinder')
    batch = SceneBatch(('a', 'b'), kinds, (False,) * 2, position, rotation, dimensions)
    distance = pair_distance(batch)[0, 0, 1]
    assert distance < 0
    (gradient,) = torch.autograd.grad(distance, position)
    assert gradient[0, 1, 0] > 0.5
    assert gradient[0, 0, 0] < -0.5


def test_one_object_has_only_itself(random_batch: RandomBatch) -> None:
    assert pair_distance(random_batch(('cup',), 3, seed=15)).tolist() == [[[1.0]]] * 3
