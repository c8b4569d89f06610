# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The whole way from one view to tracked objects: ``perceive`` is what a node calls per cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.distance import signed_distance
from f2p_core.geometry.parts import shape_from_dimensions
from f2p_core.observation import SceneObservation
from f2p_core.pose import Pose
from f2p_core.scene import Scene, SceneObject
from f2p_perception.cloud import CloudView
from f2p_perception.config import PerceptionConfig, USUAL_CONFIG
from f2p_perception.real2sim import Primitive
from f2p_perception.recognition import labelled_sightings, recognised, with_sightings
from f2p_perception.rotation import quaternion_xyzw
from f2p_perception.scan import Scan, scan_view
from f2p_perception.tracks import Sighting, Track, TrackState

_CLOUD_POINTS = 256
"""Points per object that are passed on, spread evenly: the effect model takes fewer."""

_STRAY_M = 0.02
"""Points farther from the fitted surface [m] belong to something else."""


class Perceived(NamedTuple):
    """What one view showed.

    Attributes:
        observation: Objects, seen or not, for the rest of the stack.
        pose_sigma: Standard deviations of (x, y, turn about z) per object, (N, 3) [m, rad]; 0 for
            furniture.
        size_sigma: Standard deviations of the dimensions per object, (N, 5) [m].
        look_alikes: Per object the objects it may have been mistaken for.
    """

    observation: SceneObservation
    pose_sigma: NDArray[np.float64]
    size_sigma: NDArray[np.float64]
    look_alikes: tuple[frozenset[str], ...]


def perceive(
    state: TrackState,
    view: CloudView,
    furniture: Sequence[SceneObject],
    config: PerceptionConfig = USUAL_CONFIG,
    names: Mapping[int, str] | None = None,
) -> tuple[TrackState, Perceived]:
    """Looks at the scene once more.

    Args:
        state: What earlier views left; ``TrackState()`` at first. Never changed.
        view: The sensor data with the poses of sensor and camera in ``map``.
        furniture: Fixed objects that carry others; empty: tables are looked for.
        config: Settings.
        names: Object id per instance label, empty for what is no object (the robot). A label not
            named here stands for ``object_<label>``.

    Returns:
        The new state and what was perceived. An object that was not seen keeps its identity and
        last pose, with ``seen`` false: nothing is assumed about where it is now.

    Raises:
        PerceptionError: If the view cannot be used; the old state is still good.
    """
    names = names or {}
    scan = scan_view(view, furniture, names, config)
    if scan.labelled:
        sightings = labelled_sightings(state.tracks, scan, names, config)
        after = with_sightings(state, sightings, view.cloud.stamp_ns)
    else:
        after, sightings = recognised(state, scan, view.cloud.stamp_ns, config)
    return after, _perceived(after, scan, sightings, view)


def _perceived(
    state: TrackState, scan: Scan, sightings: Mapping[str, Sighting], view: CloudView
) -> Perceived:
    fixed = tuple(s.furniture for s in scan.surfaces)
    n = len(fixed)
    seen = [t.object_id in sightings for t in state.tracks]
    empty = np.zeros((0, 3))
    clouds = [
        _cloud(scan, sightings[t.object_id].indices, t.primitive) if visible else empty
        for t, visible in zip(state.tracks, seen, strict=True)
    ]
    observation = SceneObservation(
        stamp_ns=view.cloud.stamp_ns,
        scene=Scene(objects=(*fixed, *(_scene_object(t) for t in state.tracks))),
        seen=(*[True] * n, *seen),
        clouds_map=(*[empty] * n, *clouds),
        background_map=scan.background_map,
        cameras_map=(view.camera_map,),
    )
    pose_sigma = [np.zeros((n, 3)), *(t.primitive.sigma[None, :3] for t in state.tracks)]
    size_sigma = [np.zeros((n, 5)), *(t.size_sigma[None] for t in state.tracks)]
    return Perceived(
        observation,
        np.concatenate(pose_sigma),
        np.concatenate(size_sigma),
        (*[frozenset[str]()] * n, *(t.look_alikes for t in state.tracks)),
    )


def _scene_object(track: Track) -> SceneObject:
    primitive = track.primitive
    x, y, z = primitive.position_m.tolist()
    return SceneObject(
        object_id=track.object_id,
        shape=shape_from_dimensions(primitive.kind, tuple(primitive.dimensions.tolist())),
        pose_map=Pose(position_m=(x, y, z), quaternion_xyzw=quaternion_xyzw(primitive.rotation)),
    )


def _cloud(scan: Scan, indices: NDArray[np.int64], primitive: Primitive) -> NDArray[np.float64]:
    """At most 256 of an object's points, those far from its surface left out."""
    points = scan.image.points[indices]
    local = (points - primitive.position_m) @ primitive.rotation
    distance = signed_distance(primitive.kind, primitive.dimensions, local)
    points = points[np.abs(distance) < _STRAY_M]
    rows = np.linspace(0, len(points) - 1, min(_CLOUD_POINTS, len(points)))
    chosen: NDArray[np.float64] = points[rows.astype(np.int64)]
    return chosen
