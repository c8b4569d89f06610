# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Quaternions of rotation matrices, in xyzw order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation


def quaternion_xyzw(matrix: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Returns the unit quaternion (x, y, z, w), w ≥ 0, of a rotation matrix (3, 3)."""
    x, y, z, w = Rotation.from_matrix(matrix).as_quat(canonical=True).tolist()
    return (x, y, z, w)
