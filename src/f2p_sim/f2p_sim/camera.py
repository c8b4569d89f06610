# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Depth and segmentation images by ray casting: no OpenGL, no display.

The optical frame has z forward, x right and y down, as in ROS. Pixel (u, v) looks along
((u − cx)/fx, (v − cy)/fy, 1); depth is measured along z, not along the ray.
"""

from __future__ import annotations

from functools import lru_cache
import math
from typing import NamedTuple

import mujoco
import numpy as np
from numpy.typing import NDArray

from f2p_core.camera import PinholeCamera
from f2p_core.pose import Pose
from f2p_sim.rays import cast_rays
from f2p_sim.robot import CAMERA_SITE, FloatVector

_FARTHEST_M = 10.0
"""Range of the simulated depth camera [m]: beyond the room."""


HEAD_CAMERA = PinholeCamera.from_fov(800, 400, math.radians(76.0))
"""The robot's camera: from home it sees both tables whole."""


class DepthImage(NamedTuple):
    """What a camera sees.

    Attributes:
        depth_m: Distance along the optical axis, shape (H, W), float32 [m]; 0: nothing hit.
        geom: Index of the geom that was hit, shape (H, W); −1: none.
    """

    depth_m: NDArray[np.float32]
    geom: NDArray[np.int32]


def ray_cast(
    model: mujoco.MjModel, data: mujoco.MjData, camera_map: Pose, camera: PinholeCamera
) -> DepthImage:
    """Casts one ray per pixel.

    Args:
        model: Any model.
        data: Its data after ``mj_kinematics``.
        camera_map: Pose of the optical frame in ``map``.
        camera: Intrinsics.
    """
    directions, length = _rays(camera)
    rays = directions @ camera_map.rotation().T
    eye_m = np.array(camera_map.position_m)
    hits = cast_rays(model, data, eye_m, rays, farthest_m=_FARTHEST_M)
    depth = np.where(hits.geom >= 0, hits.distance_m / length, 0.0).astype(np.float32)
    size = (camera.height_px, camera.width_px)
    return DepthImage(depth.reshape(size), hits.geom.reshape(size))


def points_optical(depth_m: NDArray[np.float32], camera: PinholeCamera) -> NDArray[np.float64]:
    """Returns the points of a depth image in the optical frame, shape (H, W, 3) [m]."""
    return camera.rays() * depth_m[..., None]


def head_camera_pose(model: mujoco.MjModel, data: mujoco.MjData) -> Pose:
    """Returns the pose of the robot's optical frame in ``map``, after ``mj_kinematics``."""
    site = model.site(CAMERA_SITE).id
    quaternion = np.empty(4)
    mujoco.mju_mat2Quat(quaternion, data.site_xmat[site])
    w, x, y, z = quaternion.tolist()
    px, py, pz = data.site_xpos[site].tolist()
    return Pose(position_m=(px, py, pz), quaternion_xyzw=(x, y, z, w))


@lru_cache(maxsize=8)
def _rays(camera: PinholeCamera) -> tuple[NDArray[np.float64], FloatVector]:
    """Returns unit directions (H·W, 3) in the optical frame and their length at depth 1."""
    directions = camera.rays().reshape(-1, 3)
    length = np.linalg.norm(directions, axis=1)
    return directions / length[:, None], length
