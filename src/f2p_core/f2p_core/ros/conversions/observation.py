# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Symbolic states and scene observations."""

from __future__ import annotations

from f2p_msgs.msg import SceneObservation as SceneObservationMsg
from f2p_msgs.msg import SymbolicState as SymbolicStateMsg
import numpy as np
from numpy.typing import NDArray

from f2p_core.errors import InvalidInputError
from f2p_core.observation import SceneObservation
from f2p_core.ros.conversions.reading import check_frame, floats32, reading, shaped
from f2p_core.ros.conversions.scene import (
    map_header,
    msg_to_pose,
    msg_to_scene,
    pose_to_msg,
    scene_to_msg,
)
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.symbolic import SymbolicState


def symbolic_to_msg(state: SymbolicState, stamp_ns: int = 0) -> SymbolicStateMsg:
    """Returns a symbolic state, flat; the caller adds plan, step and model where there are any."""
    return SymbolicStateMsg(
        header=map_header(stamp_ns),
        object_ids=list(state.object_ids),
        relation_names=list(state.relation_names),
        probability=floats32(state.probability),
        margin=floats32(state.margin),
        observed=state.observed.reshape(-1).tolist(),
    )


def msg_to_symbolic(message: SymbolicStateMsg, what: str = 'relations') -> SymbolicState:
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


def observation_to_msg(observation: SceneObservation) -> SceneObservationMsg:
    """Returns a scene observation; clouds are joined into one flat array."""
    clouds = [np.asarray(c).reshape(-1, 3) for c in observation.clouds_map]
    joined = np.concatenate(clouds) if clouds else np.zeros((0, 3))
    return SceneObservationMsg(
        header=map_header(observation.stamp_ns),
        scene=scene_to_msg(observation.scene, observation.stamp_ns),
        seen=list(observation.seen),
        cloud_sizes=[len(c) for c in clouds],
        clouds=floats32(joined),
        background=floats32(observation.background_map),
        cameras=[pose_to_msg(c) for c in observation.cameras_map],
    )


def msg_to_observation(
    message: SceneObservationMsg, what: str = 'observation'
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
            seen=tuple(message.seen),
            clouds_map=clouds,
            background_map=background,
            cameras_map=cameras,
        )


def _split(message: SceneObservationMsg, what: str) -> tuple[NDArray[np.float64], ...]:
    sizes = list(message.cloud_sizes)
    if len(sizes) != len(message.scene.objects):
        raise InvalidInputError(
            f'{what}.cloud_sizes has {len(sizes)} entries; '
            f'the scene has {len(message.scene.objects)} objects'
        )
    points = shaped(message.clouds, (sum(sizes), 3), f'{what}.clouds')
    return tuple(np.split(points, np.cumsum(sizes)[:-1])) if sizes else ()
