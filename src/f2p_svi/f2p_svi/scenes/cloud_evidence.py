# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the cameras saw, as a likelihood of scenes: points on surfaces, and space seen through.

Views are one-sided, so distances are taken from seen points to the shape and never back; what was
seen through says where the shape cannot be.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.batch import SceneBatch
from f2p_core.geometry.distance import signed_distance
from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.observation import SceneObservation
from f2p_core.sampling import farthest_point_sample
from f2p_svi.scenes.distances import PartDistances

__all__ = ['CloudEvidence', 'build_evidence', 'log_cloud_likelihood']

SURFACE_POINTS = 48
"""Seen points used per object, chosen far from each other."""

FREE_POINTS = 64
"""Points of free space used near an object that was seen."""

VOXEL_POINTS = 256
"""Most voxels of free space used round an object that was not seen."""

NOMINAL_POINTS = 128
"""Points an untempered cloud counts as, whatever number was seen or is used."""

_VOXEL_M = 0.03
"""Grid on which free space round an unseen object is counted [m]: about half an object."""

_RAY_STEPS = 24
"""Points on the last stretch of each ray."""

_RAY_SPACING_M = 0.01
"""Distance between them [m]; 24 cm in all, the height of the largest object."""

_FREE_MARGIN_M = 0.01
"""The last stretch of a ray that is not surely free [m]: three deviations of depth."""

_SEEN_REACH_M = 0.05
"""Free space is used up to this far from a seen object [m]: farther, it says nothing new."""


class CloudEvidence(NamedTuple):
    """Points per object, in ``map``; furniture has none.

    Attributes:
        points_map: First seen points on the object, then points that were seen through near it,
            (N, SURFACE_POINTS + F, 3) [m].
        seen: 1 for an object with points, else 0, (N,).
        passed: 1 for an object that was seen, and past it something else, (N,).
        hidden: 1 for each of the F voxels seen through round an object that was not, (N, F).
    """

    points_map: torch.Tensor
    seen: torch.Tensor
    passed: torch.Tensor
    hidden: torch.Tensor


class _Through(NamedTuple):
    """Points seen through, (K, 3) [m], and the object (N: background) each ray ended on, (K,)."""

    points_map: NDArray[np.float64]
    owner: NDArray[np.int64]


def build_evidence(
    observation: SceneObservation, reach_m: float, device: torch.device | str = 'cpu'
) -> CloudEvidence:
    """Chooses the points that say most about each movable object.

    Args:
        observation: Clouds, background and camera.
        reach_m: Free space is taken up to this far from an object that was not seen [m].
        device: Where the tensors live.
    """
    through = _seen_through(observation)
    rows = [_points_of(observation, i, through, reach_m) for i in range(len(observation.seen))]
    width = max(len(row.free) for row in rows)
    seen = np.array([len(row.surface) > 0 for row in rows])
    count = np.array([len(row.free) for row in rows])
    points = [
        np.concatenate([_repeated(row.surface, SURFACE_POINTS), _repeated(row.free, width)])
        for row in rows
    ]
    hidden = (np.arange(width) < count[:, None]) & ~seen[:, None]

    def tensor(values: object) -> torch.Tensor:
        return torch.tensor(np.asarray(values), dtype=torch.float32, device=device)

    return CloudEvidence(tensor(points), tensor(seen), tensor(seen & (count > 0)), tensor(hidden))


class _Points(NamedTuple):
    """Chosen points on an object and seen through near it, each (K, 3) [m]; K may be 0."""

    surface: NDArray[np.float64]
    free: NDArray[np.float64]


def _points_of(
    observation: SceneObservation, i: int, through: _Through, reach_m: float
) -> _Points:
    none = np.zeros((0, 3))
    if observation.scene.objects[i].fixed:
        return _Points(none, none)
    cloud = observation.clouds_map[i] if observation.seen[i] else none
    if not len(cloud):
        return _Points(none, _thinned(_near(observation, i, through, reach_m)))
    near = _near(observation, i, through, _SEEN_REACH_M)
    free = farthest_point_sample(near, FREE_POINTS) if len(near) else none
    return _Points(farthest_point_sample(cloud, SURFACE_POINTS), free)


def log_cloud_likelihood(
    batch: SceneBatch,
    parts: PartDistances,
    evidence: CloudEvidence,
    noise_m: float,
    temperature: float,
) -> torch.Tensor:
    r"""Returns ln P(clouds | scene) up to a constant, tempered, shape (S,).

    .. math:: \ln P(O | S) = -\frac{n}{T} \sum_i \left[ \overline{\sqrt{1 + d_p^2 / \sigma^2} - 1}
              + \overline{\ln(1 + e^{-d_q / \sigma})} \right]
              - \sum_h \ln(1 + e^{-d_h / \sigma})

    with the signed distances d of points p seen on object i, of points q seen through past it, and
    of voxels h that an unseen object must not cover; bars are means, n = ``NOMINAL_POINTS``. This
    project's choice: the paper's likelihood is not known to us.

    Seen points: pseudo-Huber in the distance from the surface, so that stray points pull with
    bounded force. Points seen through: softplus of their depth inside the shape. Each counts as
    ``NOMINAL_POINTS`` points per object, divided by the temperature. What an unseen object must
    not cover pins nothing and is not tempered: every voxel counts as one point.

    Args:
        batch: S scenes, torch.
        parts: Distances to their shapes.
        evidence: What was seen.
        noise_m: Noise of seen points [m].
        temperature: Divides what points on and past seen objects say.
    """
    local = (evidence.points_map - batch.position_m[:, :, None]) @ batch.rotation
    ratio = parts.distances(batch, local) / noise_m
    miss = torch.sqrt(1.0 + ratio[..., :SURFACE_POINTS].square()).mean(-1) - 1.0
    blocked = torch.nn.functional.softplus(-ratio[..., SURFACE_POINTS:])
    tempered = miss * evidence.seen + blocked.mean(-1) * evidence.passed
    covered = (blocked * evidence.hidden).sum((-1, -2))
    return -NOMINAL_POINTS / temperature * tempered.sum(-1) - covered


def _repeated(points: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """The points repeated to n; zeros where there is none."""
    return np.resize(points, (n, 3)) if len(points) else np.zeros((n, 3))


def _thinned(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """One point per voxel, at most ``VOXEL_POINTS`` of them, those nearest to the middle."""
    _, first = np.unique(np.floor(points / _VOXEL_M), axis=0, return_index=True)
    kept = points[np.sort(first)]
    middle = np.linalg.norm(kept - points.mean(axis=0), axis=1) if len(points) else np.zeros(0)
    return kept[np.argsort(middle, kind='stable')[:VOXEL_POINTS]]


def _seen_through(observation: SceneObservation) -> _Through:
    """Points on the last stretch of every ray.

    With several cameras it is not known which of them saw a point, and nothing is returned.
    """
    clouds = [c.reshape(-1, 3) for c in (*observation.clouds_map, observation.background_map)]
    owner = np.concatenate([np.full(len(c), i) for i, c in enumerate(clouds)])
    ends = np.concatenate(clouds)
    if len(observation.cameras_map) != 1 or not len(ends):
        return _Through(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))
    towards = np.asarray(observation.cameras_map[0].position_m) - ends
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    steps = _FREE_MARGIN_M + _RAY_SPACING_M * np.arange(_RAY_STEPS)
    points = ends[:, None] + steps[None, :, None] * towards[:, None]
    return _Through(points.reshape(-1, 3), np.repeat(owner, _RAY_STEPS))


def _near(
    observation: SceneObservation,
    i: int,
    through: _Through,
    reach_m: float,
) -> NDArray[np.float64]:
    """Points seen through past an object, at most ``reach_m`` outside its fitted surface."""
    item = observation.scene.objects[i]
    points, dimensions = (
        through.points_map[through.owner != i],
        np.array(dimensions_of(item.shape)),
    )
    half = body_half_extents(item.shape.kind, dimensions)
    local = item.pose_map.to_child(points)
    close = np.linalg.norm(local, axis=1) < float(np.linalg.norm(half)) + reach_m
    distance = signed_distance(item.shape.kind, dimensions, local[close])
    near: NDArray[np.float64] = points[close][np.abs(distance) < reach_m]
    return near
