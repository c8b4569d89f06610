# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Rollouts as one flat message."""

from __future__ import annotations

from collections.abc import Sequence
import itertools

from f2p_msgs.msg import RolloutBatch
import numpy as np
from numpy.typing import NDArray

from f2p_core.messages.reading import floats, shaped
from f2p_core.pose import Pose, POSE_SIZE
from f2p_core.ros.conversions.poses import pose_of, pose_row, poses_of, scene_at_poses
from f2p_core.scene import RobotState, Scene
from f2p_sim.protocol import Rollout


def rollouts_to_msg(
    rollouts: Sequence[Rollout], scene_index: Sequence[int], call_index: Sequence[int]
) -> RolloutBatch:
    """Returns rollouts of the given scenes and calls of a goal, flat."""
    robots = [r.end_scene.robot for r in rollouts if r.end_scene.robot is not None]
    bases = [r.base_map for r in robots]
    return RolloutBatch(
        scene_index=list(scene_index),
        call_index=list(call_index),
        motion_succeeded=[r.motion_succeeded for r in rollouts],
        reasons=[r.reason for r in rollouts],
        poses=floats(_joined([poses_of(r.end_scene) for r in rollouts])),
        joint_names=list(robots[0].joint_names) if robots else [],
        joint_positions=floats(_joined([np.array(r.position) for r in robots])),
        base_poses=floats(_joined([pose_row(b) for b in bases if b is not None])),
        relation_names=list(rollouts[0].relation_names) if rollouts else [],
        margins=floats(_joined([r.margins.reshape(-1) for r in rollouts])),
        contact_sizes=[len(r.contacts) for r in rollouts],
        contacts=[name for r in rollouts for pair in r.contacts for name in pair],
        duration_s=floats([r.duration_s for r in rollouts]),
    )


def settled_to_msg(scenes: Sequence[Scene]) -> RolloutBatch:
    """Returns scenes that were only let come to rest."""
    return RolloutBatch(
        scene_index=list(range(len(scenes))),
        motion_succeeded=[True] * len(scenes),
        reasons=[''] * len(scenes),
        poses=floats(_joined([poses_of(s) for s in scenes])),
        contact_sizes=[0] * len(scenes),
        duration_s=floats([0.0] * len(scenes)),
    )


def msg_to_rollouts(message: RolloutBatch, scenes: Sequence[Scene]) -> tuple[Rollout, ...]:
    """Reads rollouts.

    Args:
        message: The batch.
        scenes: The start scene of each rollout.

    Raises:
        InvalidInputError: If an array does not have the size these scenes ask for.
    """
    counts = [len(s.objects) for s in scenes]
    names = tuple(message.relation_names)
    poses = _split(message.poses, [POSE_SIZE * n for n in counts], 'rollouts.poses')
    margins = _split(message.margins, [len(names) * n * n for n in counts], 'rollouts.margins')
    robots = _robots(message, len(scenes))
    pairs = iter(zip(message.contacts[::2], message.contacts[1::2], strict=True))
    return tuple(
        Rollout(
            end_scene=scene_at_poses(scene, poses[i]).model_copy(update={'robot': robots[i]}),
            contacts=tuple(itertools.islice(pairs, message.contact_sizes[i])),
            relation_names=names,
            margins=margins[i].reshape(len(names), counts[i], counts[i]),
            motion_succeeded=message.motion_succeeded[i],
            reason=message.reasons[i],
            duration_s=message.duration_s[i],
        )
        for i, scene in enumerate(scenes)
    )


def _joined(arrays: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _split(values: Sequence[float], sizes: Sequence[int], what: str) -> list[NDArray[np.float64]]:
    flat = shaped(values, (sum(sizes),), what)
    return np.split(flat, np.cumsum(sizes)[:-1]) if sizes else []


def _robots(message: RolloutBatch, count: int) -> list[RobotState | None]:
    """The robot at the end of each rollout; ``None``: at home."""
    names = tuple(message.joint_names)
    if not names:
        return [None] * count
    joints = shaped(message.joint_positions, (count, len(names)), 'rollouts.joint_positions')
    bases: list[Pose | None] = [None] * count
    if len(message.base_poses):
        rows = shaped(message.base_poses, (count, POSE_SIZE), 'rollouts.base_poses')
        bases = [pose_of(row) for row in rows]
    return [
        RobotState(joint_names=names, position=tuple(row), base_map=base)
        for row, base in zip(joints.tolist(), bases, strict=True)
    ]
