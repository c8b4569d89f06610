# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Composing poses, and poses of the tool. The tool has z out of the hand, y the closing line."""

from __future__ import annotations

import math

from scipy.spatial.transform import Rotation

from f2p_core.pose import Pose
from f2p_sim.kinematics import HandTarget


def compose(parent: Pose, child: Pose) -> Pose:
    """Returns the pose of b's child in a's parent: first ``child``, then ``parent``."""
    turn = Rotation.from_quat(parent.quaternion_xyzw)
    inner = Rotation.from_quat(child.quaternion_xyzw)
    position = turn.apply(child.position_m) + parent.position_m
    return _pose(position.tolist(), (turn * inner).as_quat().tolist())


def inverse(pose: Pose) -> Pose:
    """Returns the pose of the parent in the child."""
    turn = Rotation.from_quat(pose.quaternion_xyzw).inv()
    return _pose((-turn.apply(pose.position_m)).tolist(), turn.as_quat().tolist())


def moved(pose: Pose, by_m: tuple[float, float, float]) -> Pose:
    """Returns a pose shifted in its parent's frame [m]."""
    x, y, z = pose.position_m
    return pose.model_copy(update={'position_m': (x + by_m[0], y + by_m[1], z + by_m[2])})


def tool_pose(hand: HandTarget) -> Pose:
    """Returns the tool's pose in ``map`` for a hand that points down."""
    half = hand.yaw_rad / 2
    return Pose(
        position_m=hand.position_m,
        quaternion_xyzw=(-math.sin(half), math.cos(half), 0.0, 0.0),
    )


def _pose(position_m: list[float], quaternion_xyzw: list[float]) -> Pose:
    x, y, z = position_m
    qx, qy, qz, qw = quaternion_xyzw
    return Pose(position_m=(x, y, z), quaternion_xyzw=(qx, qy, qz, qw))
