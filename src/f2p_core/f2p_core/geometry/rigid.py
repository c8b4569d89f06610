# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Rotations, as arrays of any leading shape."""

from __future__ import annotations

import math
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


def turned_xy(x: Array, y: Array, cos: Array, sin: Array) -> tuple[Array, Array]:
    """Turns horizontal vectors given by component about z; all broadcast, floats too."""
    return cos * x - sin * y, sin * x + cos * y


def turned_vectors(vectors: Array, cos: Array, sin: Array) -> Array:
    """Turns vectors (..., 3) about z by angles whose cosine and sine broadcast to (...)."""
    xp = array_api_compat.array_namespace(vectors)
    x, y = turned_xy(vectors[..., 0], vectors[..., 1], cos, sin)
    return xp.stack([x, y, xp.broadcast_to(vectors[..., 2], x.shape)], axis=-1)


def turned_about_z(rotation: Array, yaw_rad: Array) -> Array:
    """Turns what rotations (..., 3, 3) lead to about z, (...) [rad]: left-multiplies them."""
    xp = array_api_compat.array_namespace(rotation)
    cos, sin = xp.cos(yaw_rad)[..., None], xp.sin(yaw_rad)[..., None]
    x, y = turned_xy(rotation[..., 0, :], rotation[..., 1, :], cos, sin)
    return xp.stack([x, y, xp.broadcast_to(rotation[..., 2, :], x.shape)], axis=-2)


def wrapped(angle_rad: Array) -> Array:
    """Returns angles in [−π, π) [rad]."""
    xp = array_api_compat.array_namespace(angle_rad)
    return xp.remainder(angle_rad + math.pi, 2 * math.pi) - math.pi


def plane_turn(yaw_rad: float) -> NDArray[np.float64]:
    """Returns the turn of the horizontal plane about z [rad] as a matrix (2, 2)."""
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    return np.array([[c, -s], [s, c]])


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


def to_quaternions(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns unit quaternions (x, y, z, w), (..., 4), of matrices (..., 3, 3), NumPy; w ≥ 0.

    From the eigenvector of Bar-Itzhack's matrix, which is exact for rotations and robust to
    single-precision noise.
    """
    r = rotation
    k = np.zeros((*r.shape[:-2], 4, 4))
    for i in range(3):
        k[..., i, i] = 2 * r[..., i, i] - np.trace(r, axis1=-2, axis2=-1)
        j, n = (i + 1) % 3, (i + 2) % 3
        k[..., i, j] = k[..., j, i] = r[..., i, j] + r[..., j, i]
        k[..., i, 3] = k[..., 3, i] = r[..., n, j] - r[..., j, n]
    k[..., 3, 3] = np.trace(r, axis1=-2, axis2=-1)
    _, vectors = np.linalg.eigh(k)
    quaternion: NDArray[np.float64] = vectors[..., -1]
    sign = np.where(quaternion[..., 3:] < 0, -1.0, 1.0)
    return sign * quaternion
