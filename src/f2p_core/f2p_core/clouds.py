# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One-sided point clouds of single shapes, as a camera would see each if it stood alone.

Points are spread evenly over the area of the faces that are turned to the camera; a shape hides
parts of itself (the far side of a cup's floor), other objects hide nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import SceneBatch
from f2p_core.geometry.faces import sample_visible
from f2p_core.geometry.parts import dimensions_of
from f2p_core.sampling import farthest_point_indices, farthest_point_sample
from f2p_core.scene import SceneObject

__all__ = ['batch_clouds', 'farthest_point_indices', 'farthest_point_sample', 'visible_cloud']

FloatArray = NDArray[np.float64]

_CHUNK_SCENES = 256
"""Scenes that are sampled together: more do not fit into the processor's cache."""


def visible_cloud(
    scene_object: SceneObject,
    camera_position_map: FloatArray,
    n: int,
    noise_m: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Returns what a camera sees of one object.

    Args:
        scene_object: The object.
        camera_position_map: Position of the camera, shape (3,) [m].
        n: Number of points.
        noise_m: Standard deviation of isotropic noise [m].
        rng: Source of all randomness.

    Returns:
        Points in ``map``, shape (n, 3) [m].

    Raises:
        InvalidInputError: If the camera is inside the object, so that no face is turned to it.
    """
    pose = scene_object.pose_map
    dimensions = np.array(dimensions_of(scene_object.shape))
    camera = pose.to_child(np.asarray(camera_position_map, dtype=np.float64))
    points = sample_visible(scene_object.shape.kind, dimensions[None], camera[None], n, rng)[0]
    return pose.to_parent(points) + noise_m * rng.standard_normal((n, 3))


def batch_clouds(
    batch: SceneBatch,
    camera_position_map: FloatArray,
    n: int,
    noise_m: float,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Returns what a camera sees of every object of many scenes.

    Args:
        batch: S scenes of N objects, NumPy.
        camera_position_map: Position of the camera, shape (3,), or per scene, (S, 3) [m].
        n: Points per object.
        noise_m: Standard deviation of isotropic noise [m].
        rng: Source of all randomness.

    Returns:
        Points in the frames of the objects, shape (S, N, n, 3) [m], single precision.

    Raises:
        InvalidInputError: If the camera is inside an object, so that no face is turned to it.
    """
    scenes, count, _ = batch.position_m.shape
    camera_map = np.broadcast_to(np.asarray(camera_position_map, dtype=np.float64), (scenes, 3))
    offset = camera_map[:, None, :] - batch.position_m
    camera = np.einsum('sni,snij->snj', offset, batch.rotation)
    clouds = np.empty((scenes, count, n, 3), dtype=np.float32)
    for start in range(0, scenes, _CHUNK_SCENES):
        rows = slice(start, start + _CHUNK_SCENES)
        for kind in dict.fromkeys(batch.kinds):
            members = [i for i, other in enumerate(batch.kinds) if other == kind]
            dimensions = batch.dimensions[rows, members].reshape(-1, batch.dimensions.shape[-1])
            seen = sample_visible(kind, dimensions, camera[rows, members].reshape(-1, 3), n, rng)
            clouds[rows, members] = seen.reshape(-1, len(members), n, 3)
        noise = rng.standard_normal(clouds[rows].shape, dtype=np.float32)
        clouds[rows] += np.float32(noise_m) * noise
    return clouds
