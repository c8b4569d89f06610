# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How long perception takes per cloud, once the objects are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from f2p_core.scene import Scene
from f2p_perception.cloud import cloud_from_depth, CloudView
from f2p_perception.config import PerceptionConfig
from f2p_perception.perceive import perceive
from f2p_perception.raycast import add_noise, DepthNoise, head_camera, Picture, ray_cast
from f2p_perception.relations import symbolic_state
from f2p_perception.tracks import TrackState
from f2p_tasks.tabletop import sample_tabletop, tables, TabletopConfig

_WARM_UP_FRAMES = 5
"""Frames that are not timed: the first ones load Open3D and know no object yet."""


class Clocks(NamedTuple):
    """Two clocks [s]: one on the wall, one that only runs while this process computes."""

    wall_s: Callable[[], float]
    cpu_s: Callable[[], float]


Instant = tuple[float, float]


def now(clocks: Clocks) -> Instant:
    """Returns what both clocks show [s]."""
    return clocks.wall_s(), clocks.cpu_s()


def milliseconds(spans: Sequence[tuple[Instant, Instant]]) -> dict[str, float]:
    """Returns median and 90th percentile of time spans by both clocks [ms]."""
    values = np.array([[1e3 * (b - a) for a, b in zip(*span, strict=True)] for span in spans])
    median, p90 = np.median(values, axis=0), np.quantile(values, 0.9, axis=0)
    return {
        'wall_median': round(float(median[0]), 1),
        'wall_p90': round(float(p90[0]), 1),
        'cpu_median': round(float(median[1]), 1),
    }


def view_of(scene: Scene, picture: Picture, labelled: bool, stamp_ns: int = 0) -> CloudView:
    """Returns what a head camera hands on of a picture of a scene."""
    camera, camera_map = head_camera()
    labels = picture.labels if labelled else None
    cloud = cloud_from_depth(picture.depth_m, labels, camera, 'head_camera_optical', stamp_ns)
    return CloudView(cloud, camera_map, camera_map)


def label_names(scene: Scene) -> dict[int, str]:
    """Returns the label table of ray-cast pictures of a scene."""
    return {i + 1: o.object_id for i, o in enumerate(scene.objects)}


def bench(frames: int, seed: int, config: PerceptionConfig, clocks: Clocks) -> dict[str, Any]:
    """Times the pipeline on clouds of 300,000 points.

    Args:
        frames: Views of one scene of ten objects: five in the container, two on each table.
        seed: Of scene and noise.
        config: Settings of perception.
        clocks: Read before and after each part.

    Returns:
        Plain data: with and without labels the time from depth image to tracked objects, and from
        these to relations with probabilities, the first views left out.
    """
    rng = np.random.default_rng(seed)
    scene = sample_tabletop(TabletopConfig(inside=5, on_a=2, on_b=2), rng)
    camera, camera_map = head_camera()
    exact = ray_cast(scene, camera, camera_map)
    result: dict[str, Any] = {'points': camera.width_px * camera.height_px, 'objects': 10}
    for name, labelled in (('with_labels', True), ('without_labels', False)):
        pictures = [add_noise(exact, DepthNoise(), rng) for _ in range(frames)]
        result[name] = _timed(scene, pictures, labelled, rng, config, clocks)
    return result


def _timed(
    scene: Scene,
    pictures: Sequence[Picture],
    labelled: bool,
    rng: np.random.Generator,
    config: PerceptionConfig,
    clocks: Clocks,
) -> dict[str, Any]:
    state = TrackState()
    perceiving, relating = [], []
    for frame, picture in enumerate(pictures):
        began = now(clocks)
        view = view_of(scene, picture, labelled, frame)
        names = label_names(scene) if labelled else {}
        state, perceived = perceive(state, view, tables(), config, names)
        between = now(clocks)
        symbolic_state(perceived, rng, config.relation_samples)
        perceiving.append((began, between))
        relating.append((between, now(clocks)))
    known = slice(min(_WARM_UP_FRAMES, len(pictures) - 1), None)
    return {
        'perceive_ms': milliseconds(perceiving[known]),
        'relations_ms': milliseconds(relating[known]),
    }
