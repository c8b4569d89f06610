# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Symbolic states and scene observations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from f2p_core.errors import InvalidInputError
from f2p_core.messages.reading import check_frame, reading, shaped
from f2p_core.messages.scene import msg_to_pose, msg_to_scene
from f2p_core.messages.time import msg_to_time_ns
from f2p_core.observation import SceneObservation
from f2p_core.symbolic import SymbolicState


def msg_to_symbolic(message: Any, what: str = 'relations') -> SymbolicState:
    """Reads a symbolic state.

    Raises:
        InvalidInputError: If an array does not have R * N * N entries, or a number is unusable.
    """
    n = len(message.object_ids)
    shape = (len(message.relation_names), n, n)
    observed = shaped(message.observed, shape, f'{what}.observed').astype(bool)
    probability = shaped(message.probability, shape, f'{what}.probability')
    margin = shaped(message.margin, shape, f'{what}.margin')
    with reading(what):
        return SymbolicState(
            object_ids=tuple(message.object_ids),
            relation_names=tuple(message.relation_names),
            probability=probability,
            margin=margin,
            observed=observed,
        )


def msg_to_observation(
    message: Any, what: str = 'observation'
) -> SceneObservation:
    """Reads a scene observation.

    Raises:
        InvalidInputError: Naming the field that cannot be used.
    """
    check_frame(message.header.frame_id, what)
    scene = msg_to_scene(message.scene, f'{what}.scene')
    clouds = _split(message, what)
    rest = len(message.background) // 3
    background = shaped(message.background, (rest, 3), f'{what}.background')
    cameras = tuple(msg_to_pose(p, f'{what}.cameras[{i}]') for i, p in enumerate(message.cameras))
    with reading(what):
        return SceneObservation(
            stamp_ns=msg_to_time_ns(message.header.stamp),
            scene=scene,
            seen=tuple(bool(s) for s in message.seen),
            clouds_map=clouds,
            background_map=background,
            cameras_map=cameras,
        )


def _split(message: Any, what: str) -> tuple[NDArray[np.float64], ...]:
    sizes = [int(s) for s in message.cloud_sizes]
    if len(sizes) != len(message.scene.objects):
        raise InvalidInputError(
            f'{what}.cloud_sizes has {len(sizes)} entries; '
            f'the scene has {len(message.scene.objects)} objects'
        )
    points = shaped(message.clouds, (sum(sizes), 3), f'{what}.clouds')
    return tuple(np.split(points, np.cumsum(sizes)[:-1])) if sizes else ()
