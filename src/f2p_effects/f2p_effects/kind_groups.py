# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Executions of mixed kinds of objects, group by group, for functions of one list of kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import SceneBatch
from f2p_core.clouds import batch_clouds
from f2p_core.geometry.rigid import of_quaternions
from f2p_core.geometry.shapes import SHAPES
from f2p_core.relations import relation_margins
from f2p_effects.data import ExecutionDataset
from f2p_effects.inputs import CAMERA_MAP_M

FloatArray = NDArray[np.float64]

ABSENT_MARGIN_M = -1.0
"""Margin of every relation with padding."""


class KindGroup(NamedTuple):
    """Executions of the same kinds and furniture once their columns are ordered by kind.

    Attributes:
        rows: Executions, shape (G,).
        columns: Per execution its columns ordered by kind, without padding, shape (G, M).
        kinds: Kind index per ordered column, shape (M,).
        fixed: Whether it is furniture, per ordered column, shape (M,), bool.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    kinds: NDArray[np.int64]
    fixed: NDArray[np.bool_]

    def gather(self, array: NDArray[Any]) -> NDArray[Any]:
        """Picks per-object values, (n, N, ...) → (G, M, ...)."""
        picked: NDArray[Any] = array[self.rows[:, None], self.columns]
        return picked

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Returns the index of per-pair values: array (n, N, N, ...)[pairs] is (G, M, M, ...)."""
        return self.rows[:, None, None], self.columns[:, :, None], self.columns[:, None, :]


def kind_groups(dataset: ExecutionDataset) -> Iterator[KindGroup]:
    """Yields the groups of a data set."""
    number = 2 * dataset.kind.astype(np.int64) + dataset.fixed
    order = np.argsort(number, axis=1, kind='stable')
    unique, inverse = np.unique(
        np.take_along_axis(number, order, axis=1), axis=0, return_inverse=True
    )
    for i, numbers in enumerate(unique):
        rows = np.flatnonzero(inverse.reshape(-1) == i)
        present = numbers >= 0
        kinds, fixed = np.divmod(numbers[present], 2)
        yield KindGroup(rows, order[rows][:, present], kinds, fixed == 1)


def group_batch(
    dataset: ExecutionDataset, group: KindGroup, position_m: FloatArray, rotation: FloatArray
) -> SceneBatch:
    """Returns the scenes of a group with given poses (n, N, 3) [m] and (n, N, 3, 3)."""
    return SceneBatch(
        tuple(f'object_{i}' for i in range(len(group.kinds))),
        tuple(SHAPES.names[k] for k in group.kinds.tolist()),
        tuple(group.fixed.tolist()),
        group.gather(position_m),
        group.gather(rotation),
        group.gather(dataset.dimensions).astype(np.float64),
    )


def margins_of(
    dataset: ExecutionDataset, position_m: FloatArray, rotation: FloatArray, names: tuple[str, ...]
) -> NDArray[np.float32]:
    """Returns relation margins of poses of the data set's objects.

    Args:
        dataset: Supplies kinds and dimensions.
        position_m: Shape (n, N, 3) [m].
        rotation: Shape (n, N, 3, 3).
        names: R relations to compute.

    Returns:
        Shape (n, N, N, R) [m]; ``ABSENT_MARGIN_M`` where one of the two is padding.
    """
    n, width = dataset.kind.shape
    result = np.full((n, width, width, len(names)), ABSENT_MARGIN_M, dtype=np.float32)
    for group in kind_groups(dataset):
        margins = relation_margins(group_batch(dataset, group, position_m, rotation), names)
        result[group.pairs()] = np.moveaxis(margins, 1, -1)
    return result


def clouds_of(
    dataset: ExecutionDataset, points: int, noise_m: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Returns clouds of the objects before, in object axes, (n, N, points, 3) [m]; padding 0."""
    n, width = dataset.kind.shape
    result = np.zeros((n, width, points, 3), dtype=np.float32)
    position = dataset.before_position_m.astype(np.float64)
    rotation = of_quaternions(dataset.before_rotation.astype(np.float64))
    camera = np.array(CAMERA_MAP_M)
    for group in kind_groups(dataset):
        batch = group_batch(dataset, group, position, rotation)
        clouds = batch_clouds(batch, camera, points, noise_m, rng)
        result[group.rows[:, None], group.columns] = clouds
    return result
