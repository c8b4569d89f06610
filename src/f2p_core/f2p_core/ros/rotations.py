# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Rotations at the ROS edge: tf_transformations where it is installed, else transforms3d.

``tf_transformations`` is a thin layer over ``transforms3d`` and comes with a ROS installation;
both give the same numbers. Quaternions are xyzw here, on both sides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

try:
    import tf_transformations as _tf
except ImportError:
    _tf = None

import transforms3d

Quaternion = tuple[float, float, float, float]


def matrix_from_quaternion(quaternion_xyzw: Quaternion) -> NDArray[np.float64]:
    """Returns the rotation matrix (3, 3) of a unit quaternion."""
    if _tf is not None:
        return np.asarray(_tf.quaternion_matrix(quaternion_xyzw))[:3, :3]
    x, y, z, w = quaternion_xyzw
    return np.asarray(transforms3d.quaternions.quat2mat((w, x, y, z)))


def quaternion_from_matrix(rotation: NDArray[np.float64]) -> Quaternion:
    """Returns the unit quaternion of a rotation matrix (3, 3)."""
    if _tf is not None:
        homogeneous = np.eye(4)
        homogeneous[:3, :3] = rotation
        x, y, z, w = (float(q) for q in _tf.quaternion_from_matrix(homogeneous))
        return (x, y, z, w)
    w, x, y, z = (float(q) for q in transforms3d.quaternions.mat2quat(rotation))
    return (x, y, z, w)


def quaternion_from_euler(roll_rad: float, pitch_rad: float, yaw_rad: float) -> Quaternion:
    """Returns the unit quaternion of rotations about the fixed x, y and z axes (REP-103)."""
    if _tf is not None:
        x, y, z, w = (float(q) for q in _tf.quaternion_from_euler(roll_rad, pitch_rad, yaw_rad))
        return (x, y, z, w)
    w, x, y, z = (
        float(q) for q in transforms3d.euler.euler2quat(roll_rad, pitch_rad, yaw_rad, axes='sxyz')
    )
    return (x, y, z, w)
