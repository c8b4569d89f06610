# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""From scenes, observations and skill calls to the tensors the model takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.clouds import batch_clouds
from f2p_core.observation import SceneObservation
from f2p_core.scene import Scene
from f2p_core.skill import padded, parameter_count, SkillCall
from f2p_effects.errors import EffectsError
from f2p_effects.protocol import ModelState, SkillBatch

CLOUD_POINTS = 32
"""Points per object cloud unless told otherwise; the encoder takes any number."""

CAMERA_MAP_M = (-0.1, 0.0, 1.75)
"""Where clouds of simulated scenes are seen from: the head camera above the home pose [m]."""


def model_state(
    scenes: Sequence[Scene],
    rng: np.random.Generator,
    *,
    points: int = CLOUD_POINTS,
    noise_m: float = 0.002,
    camera_map_m: tuple[float, float, float] = CAMERA_MAP_M,
    device: str = 'cpu',
) -> ModelState:
    """Returns states of simulated scenes of the same objects, clouds drawn as a camera sees them.

    Args:
        scenes: S scenes of the same objects.
        rng: Source of the cloud noise.
        points: Points per cloud P.
        noise_m: Standard deviation of the cloud noise [m].
        camera_map_m: Camera position [m].
        device: Torch device.

    Raises:
        InvalidInputError: If ids, shape kinds or what is furniture differ.
    """
    batch = stack_scenes(scenes)
    clouds = batch_clouds(batch, np.array(camera_map_m), points, noise_m, rng)
    return _to_state(batch, clouds, device)


def observed_state(
    observation: SceneObservation,
    rng: np.random.Generator,
    *,
    points: int = CLOUD_POINTS,
    camera_map_m: tuple[float, float, float] = CAMERA_MAP_M,
    device: str = 'cpu',
) -> ModelState:
    """Returns the one state of an observation; objects that were not seen get clouds by shape."""
    scene = observation.scene
    batch = stack_scenes([scene])
    clouds = batch_clouds(batch, np.array(camera_map_m), points, 0.0, rng)
    for i, (item, cloud) in enumerate(zip(scene.objects, observation.clouds_map, strict=True)):
        if cloud.size:
            chosen = rng.choice(len(cloud), points, replace=len(cloud) < points)
            clouds[0, i] = item.pose_map.to_child(cloud[chosen])
    return _to_state(batch, clouds, device)


def skill_batch(
    object_ids: Sequence[str],
    calls: Sequence[SkillCall],
    skill_names: Sequence[str],
    *,
    device: str = 'cpu',
) -> SkillBatch:
    """Returns calls as tensors, one per state of the same objects.

    Args:
        object_ids: Ids of the objects.
        calls: The calls.
        skill_names: Skills of the model they are for, in its order.
        device: Torch device.

    Raises:
        EffectsError: If a call names an object that is not there, or a skill the model has not.
    """
    column = {object_id: i for i, object_id in enumerate(object_ids)}
    for call in calls:
        if call.skill not in skill_names:
            raise EffectsError(
                f'the model does not know {call.skill}; it knows {", ".join(skill_names)}'
            )
        for object_id in (call.object_id, call.target_id):
            if object_id not in column:
                known = ', '.join(object_ids)
                raise EffectsError(f'call names {object_id!r}; the scene has: {known}')
    parameters = padded([c.parameters for c in calls], parameter_count(skill_names))
    return SkillBatch(
        torch.tensor([skill_names.index(c.skill) for c in calls], device=device),
        torch.tensor([column[c.object_id] for c in calls], device=device),
        torch.tensor([column[c.target_id] for c in calls], device=device),
        torch.tensor(parameters, dtype=torch.float32, device=device),
    )


def geometry_of(scenes: Sequence[Scene], *, device: str = 'cpu') -> SceneBatch:
    """Returns scenes of the same objects as float32 torch tensors.

    Raises:
        InvalidInputError: If ids, shape kinds or what is furniture differ.
    """
    return _to_torch(stack_scenes(scenes), device)


def _to_torch(batch: SceneBatch, device: str) -> SceneBatch:
    def tensor(array: NDArray[np.float64]) -> torch.Tensor:
        return torch.tensor(array, dtype=torch.float32, device=device)

    return batch._replace(
        position_m=tensor(batch.position_m),
        rotation=tensor(batch.rotation),
        dimensions=tensor(batch.dimensions),
    )


def _to_state(batch: SceneBatch, clouds: NDArray[np.float32], device: str) -> ModelState:
    points = torch.tensor(clouds, dtype=torch.float32, device=device)
    return ModelState(_to_torch(batch, device), points)
