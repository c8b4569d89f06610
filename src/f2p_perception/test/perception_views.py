# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Ray-cast views for the tests."""

from __future__ import annotations

import numpy as np

from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.geometry.shapes import Box, Cylinder, OpenBox, Shape
from f2p_core.pose import Pose, upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_perception.bench import label_names, view_of
from f2p_perception.cloud import CloudView
from f2p_perception.config import PerceptionConfig
from f2p_perception.perceive import perceive, Perceived
from f2p_perception.raycast import add_noise, DepthNoise, head_camera, ray_cast
from f2p_perception.scan import Scan, scan_view
from f2p_perception.tracks import TrackState
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, tables, TabletopConfig

TOP_M = 0.7
CONTAINER_SHAPE = OpenBox(size_m=(0.34, 0.28, 0.1), wall_m=0.006, handle_height_m=0.12)


def look(scene: Scene, labelled: bool, seed: int = 0) -> CloudView:
    """One noisy view of a scene by the head camera."""
    camera, camera_map = head_camera()
    rng = np.random.default_rng(seed)
    picture = add_noise(ray_cast(scene, camera, camera_map), DepthNoise(), rng)
    return view_of(scene, picture, labelled, stamp_ns=seed)


def scan_of(scene: Scene, labelled: bool, seed: int = 0) -> Scan:
    """A view of a scene, prepared."""
    names = label_names(scene) if labelled else {}
    return scan_view(look(scene, labelled, seed), tables(), names, PerceptionConfig())


def watch(
    scene: Scene, state: TrackState, labelled: bool, views: int = 2, seed: int = 0
) -> tuple[TrackState, Perceived]:
    """Looks at a scene several times."""
    names = label_names(scene) if labelled else {}
    perceived = None
    for i in range(views):
        view = look(scene, labelled, seed + i)
        state, perceived = perceive(state, view, tables(), names=names)
    assert perceived is not None
    return state, perceived


def standing(object_id: str, shape: Shape, x: float, y: float, yaw: float = 0.0) -> SceneObject:
    """An object standing on a table."""
    height = 2 * body_half_extents(shape.kind, np.array(dimensions_of(shape)))[2]
    pose = upright_pose(x, y, TOP_M + height / 2, yaw)
    return SceneObject(object_id=object_id, shape=shape, pose_map=pose)


def scene_of(*objects: SceneObject) -> Scene:
    """The two tables with some objects."""
    return Scene(objects=(*tables(), *objects))


def random_scene(seed: int, inside: int = 3, on_a: int = 1, on_b: int = 1) -> Scene:
    """A random scene of the tabletop."""
    config = TabletopConfig(inside=inside, on_a=on_a, on_b=on_b)
    return sample_tabletop(config, np.random.default_rng(seed))


def moved(item: SceneObject, pose: Pose) -> SceneObject:
    """The same object elsewhere."""
    return item.model_copy(update={'pose_map': pose})


def container_at(scene: Scene, x: float, y: float, yaw: float, with_content: bool) -> Scene:
    """The scene after its container was carried, with or without what lay in it."""
    container = scene.object(CONTAINER)
    target = upright_pose(x, y, container.pose_map.position_m[2], yaw)
    shape = container.shape
    assert isinstance(shape, OpenBox)
    after = []
    for item in scene.objects:
        local = container.pose_map.to_child(np.array(item.pose_map.position_m))
        inside = (np.abs(local[:2]) < np.array(shape.size_m[:2]) / 2).all()
        if item.object_id == CONTAINER:
            after.append(moved(item, target))
        elif inside and not item.fixed and with_content:
            x_map, y_map, z_map = target.to_parent(local).tolist()
            turn = target.yaw_rad - container.pose_map.yaw_rad
            pose = upright_pose(x_map, y_map, z_map, item.pose_map.yaw_rad + turn)
            after.append(moved(item, pose))
        else:
            after.append(item)
    return Scene(objects=tuple(after))


SMALL_BOX = Box(size_m=(0.04, 0.05, 0.06))
SMALL_CYLINDER = Cylinder(radius_m=0.022, height_m=0.055)
