# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Batches of scenes for tests, as NumPy arrays and as tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.geometry.shapes import Shape
from f2p_core.pose import Pose
from f2p_core.scene import Scene, SceneObject

RandomBatch = Callable[..., SceneBatch]
"""Makes scenes of given kinds at random places; see the fixture ``random_batch``."""

Register = Callable[[Any, Any], Any]
"""Adds a definition to a table until the test ends; see the fixture ``register``."""

Triple = tuple[float, float, float]


def scene_of(*items: tuple[Shape, Pose]) -> SceneBatch:
    objects = [
        SceneObject(object_id=f'o{i}', shape=shape, pose_map=pose)
        for i, (shape, pose) in enumerate(items)
    ]
    return stack_scenes([Scene(objects=tuple(objects))])


def as_torch(batch: SceneBatch, dtype: torch.dtype = torch.float64) -> SceneBatch:
    arrays = (torch.tensor(a, dtype=dtype) for a in batch[3:])
    return SceneBatch(*batch[:3], *arrays)
