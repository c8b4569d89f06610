# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Rotations, as arrays of any leading shape."""

from __future__ import annotations

from typing import Any

import array_api_compat
import numpy as np
from numpy.typing import NDArray

Array = Any


def rotated(rotation: Array, points: Array) -> Array:
    """Rotates points (..., 3) by matrices (..., 3, 3)."""
    return (rotation @ points[..., None])[..., 0]


def about_z(yaw_rad: Array) -> Array:
    """Returns rotations about z, (...) [rad] → (..., 3, 3)."""
    xp = array_api_compat.array_namespace(yaw_rad)
    c, s = xp.cos(yaw_rad), xp.sin(yaw_rad)
    zero, one = xp.zeros_like(yaw_rad), xp.ones_like(yaw_rad)
    rows = [c, -s, zero, s, c, zero, zero, zero, one]
    return xp.reshape(xp.stack(rows, axis=-1), (*yaw_rad.shape, 3, 3))


def of_quaternions(quaternion_xyzw: Array) -> Array:
    """Returns rotation matrices of unit quaternions, (..., 4) (x, y, z, w) → (..., 3, 3).

    The zero quaternion of padding gives the identity.
    """
    xp = array_api_compat.array_namespace(quaternion_xyzw)
    x, y, z, w = (quaternion_xyzw[..., i] for i in range(4))
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return xp.stack([xp.stack(row, axis=-1) for row in rows], axis=-2)


def of_rotation_vectors(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns matrices (..., 3, 3) of rotation vectors (..., 3) [rad] in NumPy (Rodrigues)."""
    angle = np.linalg.norm(vectors, axis=-1)[..., None, None]
    x, y, z = (vectors[..., i] for i in range(3))
    o = np.zeros_like(x)
    cross = np.stack([o, -z, y, z, o, -x, -y, x, o], axis=-1).reshape(*x.shape, 3, 3)
    half_sinc = np.sinc(angle / 2 / np.pi)
    turned: NDArray[np.float64] = (
        np.eye(3) + np.sinc(angle / np.pi) * cross + half_sinc**2 / 2 * (cross @ cross)
    )
    return turned
