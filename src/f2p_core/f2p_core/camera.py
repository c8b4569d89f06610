# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A pinhole camera, as perception, the simulated world and ``sensor_msgs/CameraInfo`` share it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class PinholeCamera(NamedTuple):
    """A camera without distortion; optical frame: z forward, x right, y down.

    Pixel (u, v) looks along ((u − cx)/fx, (v − cy)/fy, 1).

    Attributes:
        width_px, height_px: Image size [px].
        fx_px, fy_px: Focal lengths [px].
        cx_px, cy_px: Principal point [px]; pixel centres have integer coordinates.
    """

    width_px: int
    height_px: int
    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float

    @classmethod
    def from_fov(cls, width_px: int, height_px: int, horizontal_fov_rad: float) -> PinholeCamera:
        """Returns a camera with square pixels and its principal point in the image's middle."""
        focal_px = width_px / 2 / math.tan(horizontal_fov_rad / 2)
        centre = ((width_px - 1) / 2, (height_px - 1) / 2)
        return cls(width_px, height_px, focal_px, focal_px, *centre)

    def rays(self) -> NDArray[np.float64]:
        """Returns the direction of each pixel at unit depth in the optical frame, (H, W, 3)."""
        u = (np.arange(self.width_px) - self.cx_px) / self.fx_px
        v = (np.arange(self.height_px) - self.cy_px) / self.fy_px
        rays = np.ones((self.height_px, self.width_px, 3))
        rays[..., 0], rays[..., 1] = u[None, :], v[:, None]
        return rays
