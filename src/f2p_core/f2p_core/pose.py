# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Rigid poses: position in metres, quaternion in xyzw order (ROS and SciPy; MuJoCo is wxyz)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from f2p_core.models import Value

POSE_SIZE = 7
"""Numbers of a pose in a row: x y z [m], quaternion x y z w."""

_UNIT_TOLERANCE = 1e-3
"""Quaternions whose norm is off by more are refused: no rounding, a mistake."""

_ROUNDING = 1e-12
"""Quaternions whose norm is off by less stay as they are."""


def planar_rows(x_y_yaw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns poses in the plane, (T, 3) as x, y [m] and yaw [rad], as rows (T, 7)."""
    rows = np.zeros((len(x_y_yaw), POSE_SIZE))
    half = x_y_yaw[:, 2] / 2
    rows[:, :2], rows[:, 5], rows[:, 6] = x_y_yaw[:, :2], np.sin(half), np.cos(half)
    return rows


class Pose(Value):
    """A pose of a child frame in a parent frame.

    Attributes:
        position_m: Origin of the child frame (x, y, z) in the parent frame [m].
        quaternion_xyzw: Rotation child → parent as a unit quaternion (x, y, z, w).
    """

    position_m: tuple[float, float, float]
    quaternion_xyzw: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)

    @field_validator('quaternion_xyzw')
    @classmethod
    def _normalised(
        cls, value: tuple[float, float, float, float]
    ) -> tuple[float, float, float, float]:
        norm = math.sqrt(sum(q * q for q in value))
        if abs(norm - 1.0) > _UNIT_TOLERANCE:
            raise ValueError(f'quaternion (x, y, z, w) has norm {norm:.4f}; it must be 1')
        if abs(norm - 1.0) <= _ROUNDING:
            return value  # dividing again would change the last bits at every reading
        x, y, z, w = (q / norm for q in value)
        return (x, y, z, w)

    @classmethod
    def in_plane(cls, x_m: float, y_m: float, yaw_rad: float) -> Pose:
        """Returns the pose of something that stands on the floor, turned about z."""
        half = yaw_rad / 2
        return cls(
            position_m=(x_m, y_m, 0.0), quaternion_xyzw=(0.0, 0.0, math.sin(half), math.cos(half))
        )

    @property
    def yaw_rad(self) -> float:
        """Rotation about the parent's z axis [rad], in (−π, π]."""
        x, y, z, w = self.quaternion_xyzw
        return math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))

    def rotation(self) -> NDArray[np.float64]:
        """Returns the rotation matrix child → parent, shape (3, 3)."""
        x, y, z, w = self.quaternion_xyzw
        return np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        )

    def to_parent(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Maps points (..., 3) [m] from the child frame to the parent frame."""
        return np.asarray(points @ self.rotation().T + np.asarray(self.position_m))

    def to_child(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Maps points (..., 3) [m] from the parent frame to the child frame."""
        return np.asarray((points - np.asarray(self.position_m)) @ self.rotation())


def upright_pose(x_m: float, y_m: float, z_m: float, yaw_rad: float = 0.0) -> Pose:
    """Returns the pose at (x, y, z) [m] turned by ``yaw_rad`` about z."""
    return Pose(
        position_m=(x_m, y_m, z_m),
        quaternion_xyzw=(0.0, 0.0, math.sin(yaw_rad / 2), math.cos(yaw_rad / 2)),
    )
