# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Extents of objects and the geometry of all their pairs, which relations are made of."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import array_api_compat

from f2p_core.batch import SceneBatch
from f2p_core.geometry.distance import pair_distance
from f2p_core.geometry.parts import body_half_extents
from f2p_core.geometry.shapes import SHAPES

Array = Any

_TINY = 1e-24
"""Least squared length under a root, whose gradient at 0 is infinite."""


class PairGeometry:
    """What relations are computed from, each quantity made once and only when asked for.

    In pair quantities the first N is a and the second b: [s, a, b].
    """

    def __init__(self, batch: SceneBatch) -> None:
        self.batch = batch
        self.xp = array_api_compat.array_namespace(batch.position_m)

    @cached_property
    def diagonal(self) -> Array:
        """Whether a is b, booleans (N, N)."""
        n = len(self.batch.kinds)
        device = array_api_compat.device(self.batch.position_m)
        return self.xp.eye(n, dtype=self.xp.bool, device=device)

    @cached_property
    def body_half_m(self) -> Array:
        """Half the body's size along its own axes, of a table its board, (S, N, 3) [m]."""
        columns = []
        for i, kind in enumerate(self.batch.kinds):
            half = body_half_extents(kind, self.batch.dimensions[:, i, :])
            if (board_m := SHAPES[kind].board_m) is not None:
                board = half[:, 2].clip(max=board_m / 2)
                half = self.xp.stack([half[:, 0], half[:, 1], board], axis=-1)
            columns.append(half)
        return self.xp.stack(columns, axis=1)

    @cached_property
    def centre_m(self) -> Array:
        """Centre of the body, of a table its board, in ``map``, (S, N, 3) [m]."""
        columns = []
        for i, kind in enumerate(self.batch.kinds):
            centre = self.batch.position_m[:, i, :]
            if SHAPES[kind].board_m is not None:
                whole = body_half_extents(kind, self.batch.dimensions[:, i, :])[:, 2]
                up = whole - self.body_half_m[:, i, 2]
                centre = centre + self.batch.rotation[:, i, :, 2] * up[:, None]
            columns.append(centre)
        return self.xp.stack(columns, axis=1)

    @cached_property
    def half_extents_m(self) -> Array:
        """Half the body's axis-aligned bounding box in ``map``, (S, N, 3) [m]."""
        return support_extents(self.batch.kinds, self.body_half_m, self.batch.rotation)

    @cached_property
    def offset_m(self) -> Array:
        """Centre of a minus centre of b in ``map``, (S, N, N, 3) [m]."""
        return self.centre_m[:, :, None, :] - self.centre_m[:, None, :, :]

    @cached_property
    def offset_in_b_m(self) -> Array:
        """Centre of a in b's frame, (S, N, N, 3) [m]."""
        # Row vector times rotation is the transposed rotation times the vector.
        by_b = self.xp.permute_dims(self.offset_m, (0, 2, 1, 3))
        return self.xp.permute_dims(by_b @ self.batch.rotation, (0, 2, 1, 3))

    @cached_property
    def half_extents_in_b_m(self) -> Array:
        """Half of a's bounding box along b's axes, (S, N, N, 3) [m]."""
        rotation = self.batch.rotation
        to_b = self.xp.matrix_transpose(rotation)[:, None, :] @ rotation[:, :, None]
        return support_extents(self.batch.kinds, self.body_half_m[:, :, None, :], to_b)

    @cached_property
    def distance_m(self) -> Array:
        """Surface distance, symmetric, (S, N, N) [m]; see ``pair_distance``."""
        return pair_distance(self.batch)


def support_extents(kinds: tuple[str, ...], half_m: Array, rotation: Array) -> Array:
    """Returns how far turned bodies reach along the axes, from their exact support functions.

    A standing cylinder does not grow when it is turned about its axis, and a ball never does.

    Args:
        kinds: N shape kinds.
        half_m: Half sizes along the bodies' own axes, shape (S, N, ..., 3) [m].
        rotation: Rotations body → frame, shape (S, N, ..., 3, 3); ``...`` as in ``half_m``
            or broadcast with it.

    Returns:
        Half extents along the frame's axes, shape (S, N, ..., 3) [m].
    """
    xp = array_api_compat.array_namespace(half_m)
    columns = []
    for i, kind in enumerate(kinds):
        u, half = rotation[:, i], half_m[:, i, ..., None, :]
        hull = SHAPES[kind].hull
        if hull == 'sphere':
            columns.append(half[..., 0] + 0.0 * u[..., 0])
        elif hull == 'cylinder':
            across = xp.sqrt((u[..., 0] ** 2 + u[..., 1] ** 2).clip(min=_TINY))
            columns.append(half[..., 0] * across + half[..., 2] * xp.abs(u[..., 2]))
        else:
            columns.append(xp.sum(half * xp.abs(u), axis=-1))
    return xp.stack(columns, axis=1)
