# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms between the frames of objects, as arrays of any leading shape."""

from __future__ import annotations

from typing import Any, NamedTuple

import array_api_compat

from f2p_core.batch import SceneBatch

Array = Any


def rotated(rotation: Array, points: Array) -> Array:
    """Rotates points (..., 3) by matrices (..., 3, 3)."""
    return (rotation @ points[..., None])[..., 0]


class Transform(NamedTuple):
    """Rotation (..., 3, 3) and offset (..., 3) [m] from one frame to another."""

    rotation: Array
    offset_m: Array

    def apply(self, points: Array) -> Array:
        """Maps points (..., 3) [m]."""
        return rotated(self.rotation, points) + self.offset_m

    def apply_back(self, points: Array) -> Array:
        """Maps points (..., 3) [m] the other way."""
        xp = array_api_compat.array_namespace(points)
        return rotated(xp.matrix_transpose(self.rotation), points - self.offset_m)


def between_objects(batch: SceneBatch, scene: Array, a: Array, b: Array) -> Transform:
    """Returns the transforms from a's frame to b's, for indices that broadcast to (...)."""
    xp = array_api_compat.array_namespace(batch.position_m)
    to_b = xp.matrix_transpose(batch.rotation[scene, b])
    difference = batch.position_m[scene, a] - batch.position_m[scene, b]
    return Transform(to_b @ batch.rotation[scene, a], rotated(to_b, difference))
