# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What perception hands on: objects with fitted shapes, their clouds, and what was not seen."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from f2p_core.models import FloatArray, Value
from f2p_core.pose import Pose
from f2p_core.scene import Scene


def _to_cloud(array: NDArray[np.float64]) -> NDArray[np.float64]:
    if array.size and (array.ndim != 2 or array.shape[1] != 3):
        raise ValueError(f'a cloud has shape {array.shape}; it must be (P, 3)')
    return array.reshape(-1, 3)


Cloud = Annotated[FloatArray, AfterValidator(_to_cloud)]
"""Points (P, 3) [m]; without points (0, 3)."""


class SceneObservation(Value):
    """One segmented view of the scene, everything in ``map``.

    Attributes:
        stamp_ns: Time of the sensor data [ns], on the clock of the robot.
        scene: Fitted objects; an object that is not seen keeps its last pose here.
        seen: Per object of ``scene``: whether this view saw it. Relations of objects that were
            not seen are unobserved.
        clouds_map: Per object the seen points, each (P, 3) [m] with P ≤ 256; empty when unseen.
        background_map: Seen points on furniture and floor, (Q, 3) [m], Q ≤ 1024; together with
            the camera they say which space is free.
        cameras_map: Poses of the cameras' optical frames (z forward, x right, y down).
    """

    stamp_ns: Annotated[int, Field(ge=0)]
    scene: Scene
    seen: tuple[bool, ...]
    clouds_map: tuple[Cloud, ...]
    background_map: Cloud
    cameras_map: tuple[Pose, ...]

    @model_validator(mode='after')
    def _sizes_agree(self) -> SceneObservation:
        n = len(self.scene.objects)
        for name in ('seen', 'clouds_map'):
            if len(getattr(self, name)) != n:
                raise ValueError(f'{name} has {len(getattr(self, name))} entries for {n} objects')
        return self
