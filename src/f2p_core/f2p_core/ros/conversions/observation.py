# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Symbolic states and scene observations."""

from __future__ import annotations

from f2p_msgs.msg import SceneObservation as SceneObservationMsg
from f2p_msgs.msg import SymbolicState as SymbolicStateMsg
import numpy as np

from f2p_core.messages.observation import msg_to_observation, msg_to_symbolic
from f2p_core.messages.reading import floats32
from f2p_core.observation import SceneObservation
from f2p_core.ros.conversions.scene import map_header, pose_to_msg, scene_to_msg
from f2p_core.symbolic import SymbolicState

__all__ = ['msg_to_observation', 'msg_to_symbolic', 'observation_to_msg', 'symbolic_to_msg']


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
