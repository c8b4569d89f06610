# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""From decoded particles to scenes a simulator can start from."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import SceneBatch
from f2p_core.geometry.parts import shape_from_dimensions
from f2p_core.geometry.rigid import to_quaternions
from f2p_core.pose import Pose
from f2p_core.scene import Scene, SceneObject
from f2p_svi.config import StateConfig

__all__ = ['scenes_of', 'with_drawn_physics']


def scenes_of(batch: SceneBatch, template: Scene) -> tuple[Scene, ...]:
    """Returns the scenes of a batch, with everything else as in a template.

    Furniture keeps its exact pose and shape.

    Args:
        batch: S scenes of the template's objects, torch.
        template: Gives ids, physical parameters and the robot.
    """
    position, dimensions = (v.cpu().double().numpy() for v in (batch.position_m, batch.dimensions))
    quaternion = to_quaternions(batch.rotation.cpu().double().numpy())
    scenes = []
    for s in range(len(position)):
        objects = [
            item
            if item.fixed
            else _moved(item, position[s, i], quaternion[s, i], dimensions[s, i])
            for i, item in enumerate(template.objects)
        ]
        scenes.append(template.model_copy(update={'objects': tuple(objects)}))
    return tuple(scenes)


def with_drawn_physics(scene: Scene, config: StateConfig, rng: np.random.Generator) -> Scene:
    """Returns the scene with masses and friction drawn from their prior.

    Nothing that was seen before the skill tells them, so that their posterior is their prior:
    uniform in the logarithm about the nominal value.
    """

    def drawn(nominal: float, share: float) -> float:
        return nominal * math.exp(rng.uniform(-1.0, 1.0) * math.log1p(share))

    objects = tuple(
        o.model_copy(
            update={
                'mass_kg': min(drawn(o.mass_kg, config.mass_range), 100.0),
                'friction': min(drawn(o.friction, config.friction_range), 5.0),
            }
        )
        for o in scene.objects
    )
    return scene.model_copy(update={'objects': objects})


def _moved(
    item: SceneObject,
    position_m: NDArray[np.float64],
    quaternion_xyzw: NDArray[np.float64],
    dimensions: NDArray[np.float64],
) -> SceneObject:
    x, y, z = position_m.tolist()
    qx, qy, qz, qw = quaternion_xyzw.tolist()
    pose = Pose(position_m=(x, y, z), quaternion_xyzw=(qx, qy, qz, qw))
    shape = shape_from_dimensions(item.shape.kind, tuple(dimensions.tolist()))
    return item.model_copy(update={'pose_map': pose, 'shape': shape})
