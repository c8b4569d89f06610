# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes of known objects at other poses: seven numbers an object, flat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from f2p_core.messages.reading import reading
from f2p_core.pose import Pose, POSE_SIZE
from f2p_core.scene import Scene


def pose_row(pose: Pose) -> NDArray[np.float64]:
    """Returns a pose as a row (7,): x y z [m], quaternion x y z w."""
    return np.array([*pose.position_m, *pose.quaternion_xyzw])


def pose_of(row: Sequence[float] | NDArray[np.float64], what: str = 'pose') -> Pose:
    """Returns the pose of a row of seven numbers.

    Raises:
        InvalidInputError: If a number is not finite or the quaternion is not a unit one.
    """
    x, y, z, *q = (float(v) for v in row)
    with reading(what):
        return Pose(position_m=(x, y, z), quaternion_xyzw=(q[0], q[1], q[2], q[3]))


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
    moved = tuple(
        o.model_copy(update={'pose_map': pose_of(row, f'pose of {o.object_id}')})
        for o, row in zip(scene.objects, rows.tolist(), strict=True)
    )
    return scene.model_copy(update={'objects': moved, 'robot': None})
