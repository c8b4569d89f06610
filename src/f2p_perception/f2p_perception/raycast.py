# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Synthetic views of a scene: ray-cast depth and labels with the noise of a depth camera.

Used to measure perception against truth without a simulator; Open3D casts the rays.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.camera import PinholeCamera
from f2p_core.geometry.parts import shape_parts
from f2p_core.geometry.shapes import Part
from f2p_core.pose import Pose
from f2p_core.scene import Scene
from f2p_perception.open3d_loader import open3d
from f2p_perception.rotation import quaternion_xyzw

_CYLINDER_SEGMENTS = 48
"""Sides of the prism a cylinder is drawn as: 0.2 % of the radius is lost."""


class DepthNoise(NamedTuple):
    """Noise of a depth camera.

    Attributes:
        sigma_m: Standard deviation of the depth at 1 m, growing with its square [m].
        dropout: Share of pixels without return.
        edge_mix: Share of the pixels at depth edges that lie between foreground and background.
        edge_label: Share of the pixels at label edges that carry the neighbour's label.
    """

    sigma_m: float = 0.0015
    dropout: float = 0.01
    edge_mix: float = 0.15
    edge_label: float = 0.1


NO_NOISE = DepthNoise(0.0, 0.0, 0.0, 0.0)
"""Of views whose answer is known exactly."""


class Picture(NamedTuple):
    """A ray-cast image pair.

    Attributes:
        depth_m: Depth along the optical axis (H, W) [m], 0 without return.
        labels: 1 + index of the object in the scene, (H, W); 0: floor or nothing.
    """

    depth_m: NDArray[np.float32]
    labels: NDArray[np.int32]


def head_camera() -> tuple[PinholeCamera, Pose]:
    """Returns a 640 × 480 head camera at the robot's home that sees both tables of the tabletop.

    Its optical frame lies 1.75 m above the floor and looks down at the gap between the tables.
    """
    camera = PinholeCamera.from_fov(640, 480, math.radians(80.0))
    return camera, looking_at((0.0, 0.0, 1.75), (0.85, 0.0, 0.7))


def looking_at(
    eye_map: tuple[float, float, float], target_map: tuple[float, float, float]
) -> Pose:
    """Returns the pose of an optical frame that looks at a point [m], the image upright."""
    forward = np.subtract(target_map, eye_map)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(forward, right), forward], axis=1)
    return Pose(position_m=eye_map, quaternion_xyzw=quaternion_xyzw(rotation))


def ray_cast(scene: Scene, camera: PinholeCamera, camera_map: Pose) -> Picture:
    """Casts one ray per pixel at the exact geometry of a scene standing on a floor at z = 0."""
    o3d = open3d()
    caster = o3d.t.geometry.RaycastingScene(nthreads=1)
    owner = [0]
    caster.add_triangles(_mesh(Part('box', (0, 0, -0.05), (6.0, 6.0, 0.05)), np.eye(4)))
    for i, item in enumerate(scene.objects):
        transform = np.eye(4)
        transform[:3, :3] = item.pose_map.rotation()
        transform[:3, 3] = item.pose_map.position_m
        for part in shape_parts(item.shape):
            caster.add_triangles(_mesh(part, transform))
            owner.append(i + 1)
    rays = camera.rays().astype(np.float32).reshape(-1, 3)
    directions = rays @ camera_map.rotation().T
    origins = np.broadcast_to(camera_map.position_m, directions.shape)
    both = np.concatenate([origins, directions], axis=1).astype(np.float32)
    hit = caster.cast_rays(o3d.core.Tensor(both), nthreads=1)
    depth = hit['t_hit'].numpy()  # rays have unit depth, so their parameter is the depth
    found = np.isfinite(depth)
    part_index = np.where(found, hit['geometry_ids'].numpy(), 0)
    shape = (camera.height_px, camera.width_px)
    labels = np.where(found, np.array(owner, np.int32)[part_index], np.int32(0))
    return Picture(np.where(found, depth, 0).reshape(shape), labels.reshape(shape))


def add_noise(picture: Picture, noise: DepthNoise, rng: np.random.Generator) -> Picture:
    """Returns the picture as a depth camera and a segmenter would deliver it."""
    depth, labels = picture.depth_m.astype(np.float64), picture.labels.copy()
    beside_depth, beside_label = np.roll(depth, 1, axis=1), np.roll(labels, 1, axis=1)
    at_edge = labels != beside_label
    swap = at_edge & (rng.random(depth.shape) < noise.edge_label)
    labels[swap] = beside_label[swap]
    both_hit = np.minimum(depth, beside_depth) > 0
    mix = at_edge & both_hit & (rng.random(depth.shape) < noise.edge_mix)
    share = rng.random(depth.shape)
    depth = np.where(mix, share * depth + (1 - share) * beside_depth, depth)
    depth += noise.sigma_m * depth**2 * rng.standard_normal(depth.shape)
    depth[(rng.random(depth.shape) < noise.dropout) | (picture.depth_m == 0)] = 0.0
    return Picture(depth.astype(np.float32), labels)


def _mesh(part: Part, object_to_map: NDArray[np.float64]) -> Any:
    """Triangles of a convex part in ``map``."""
    mesh_class = open3d().t.geometry.TriangleMesh
    half = part.half_m
    if part.kind == 'box':
        mesh = mesh_class.create_box(*(2 * h for h in half)).translate([-h for h in half])
    elif part.kind == 'cylinder':
        mesh = mesh_class.create_cylinder(half[0], 2 * half[2], _CYLINDER_SEGMENTS, 1)
    else:
        mesh = mesh_class.create_sphere(half[0])
    c, s = math.cos(part.yaw_rad), math.sin(part.yaw_rad)
    local = np.eye(4)
    local[:2, :2] = [[c, -s], [s, c]]
    local[:3, 3] = part.centre_m
    return mesh.transform(object_to_map @ local)
