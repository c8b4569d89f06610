# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes of known objects at other poses: seven numbers an object, flat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from f2p_core.messages.reading import reading
from f2p_core.pose import Pose
from f2p_core.scene import Scene

POSE_SIZE = 7
"""x y z [m], quaternion x y z w."""


def poses_of(scene: Scene) -> NDArray[np.float64]:
    """Returns the poses of a scene's objects, shape (N * 7,)."""
    rows = [(*o.pose_map.position_m, *o.pose_map.quaternion_xyzw) for o in scene.objects]
    return np.array(rows, dtype=np.float64).reshape(-1)


def scene_at_poses(scene: Scene, poses: Sequence[float] | NDArray[np.float64]) -> Scene:
    """Returns a scene with its objects at other poses, the robot at home.

    Args:
        scene: Gives objects, shapes and physical parameters.
        poses: Poses of its objects, N * 7 values.

    Raises:
        InvalidInputError: If a number is not finite or a quaternion is not a unit one.
    """
    rows = np.asarray(poses, dtype=np.float64).reshape(-1, POSE_SIZE)
    moved = []
    for scene_object, (x, y, z, *q) in zip(scene.objects, rows.tolist(), strict=True):
        with reading(f'pose of {scene_object.object_id}'):
            pose = Pose(position_m=(x, y, z), quaternion_xyzw=(q[0], q[1], q[2], q[3]))
        moved.append(scene_object.model_copy(update={'pose_map': pose}))
    return scene.model_copy(update={'objects': tuple(moved), 'robot': None})
