# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The transform buffer and the rotation adapter give known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip('transforms3d')
pytest.importorskip('pytransform3d')

from f2p_core.pose import Pose, upright_pose
from f2p_core.ros.rotations import (
    matrix_from_quaternion,
    quaternion_from_euler,
    quaternion_from_matrix,
)
from f2p_core.ros.tf_buffer import TransformBuffer, TransformError

SECOND = 1_000_000_000


def test_chain_of_static_and_moving_frames() -> None:
    buffer = TransformBuffer()
    buffer.add('base', 'camera', 0, upright_pose(0.5, 0.0, 1.0), is_static=True)
    for t in range(3):
        moved = upright_pose(float(t), 0.0, 0.0, math.pi / 2)
        buffer.add('map', 'base', t * SECOND, moved, is_static=False)
    pose = buffer.lookup('map', 'camera', SECOND)
    np.testing.assert_allclose(pose.position_m, (1.0, 0.5, 1.0), atol=1e-9)
    assert pose.yaw_rad == pytest.approx(math.pi / 2)


def test_between_samples_is_interpolated() -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', 5 * SECOND, upright_pose(0.0, 0.0, 0.0), is_static=False)
    buffer.add('map', 'base', 6 * SECOND, upright_pose(1.0, 0.0, 0.0), is_static=False)
    pose = buffer.lookup('map', 'base', 5 * SECOND + SECOND // 4)
    assert pose.position_m[0] == pytest.approx(0.25)


def test_the_other_direction_is_the_inverse() -> None:
    buffer = TransformBuffer()
    pose = Pose(position_m=(1.0, 2.0, 3.0), quaternion_xyzw=(0.5, 0.5, 0.5, 0.5))
    buffer.add('map', 'base', 0, pose, is_static=True)
    inverse = buffer.lookup('base', 'map', 0)
    np.testing.assert_allclose(pose.to_parent(np.array(inverse.position_m)), 0.0, atol=1e-9)


@pytest.mark.parametrize('stamp_ns', [4 * SECOND, 7 * SECOND])
def test_nothing_is_extrapolated(stamp_ns: int) -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', 5 * SECOND, upright_pose(0.0, 0.0, 0.0), is_static=False)
    buffer.add('map', 'base', 6 * SECOND, upright_pose(1.0, 0.0, 0.0), is_static=False)
    with pytest.raises(TransformError, match=r"'base' to 'map' at .* known frames: base, map"):
        buffer.lookup('map', 'base', stamp_ns)


def test_one_sample_answers_at_its_own_time() -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', 5 * SECOND, upright_pose(3.0, 0.0, 0.0), is_static=False)
    assert buffer.lookup('map', 'base', 5 * SECOND).position_m[0] == pytest.approx(3.0)


def test_unknown_frame_is_an_error() -> None:
    with pytest.raises(TransformError, match="'camera' to 'map'"):
        TransformBuffer().lookup('map', 'camera', 0)


def test_a_jump_back_in_time_forgets() -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', 19 * SECOND, upright_pose(19.0, 0.0, 0.0), is_static=False)
    buffer.add('map', 'base', 1 * SECOND, upright_pose(1.0, 0.0, 0.0), is_static=False)
    assert buffer.lookup('map', 'base', SECOND).position_m[0] == pytest.approx(1.0)
    with pytest.raises(TransformError):
        buffer.lookup('map', 'base', 19 * SECOND)


def test_a_sample_that_was_overtaken_takes_its_place() -> None:
    buffer = TransformBuffer()
    for t in (1, 2, 4, 3):
        buffer.add('map', 'base', t * SECOND, upright_pose(t**2, 0.0, 0.0), is_static=False)
    for t, x in ((1.0, 1.0), (1.5, 2.5), (3.0, 9.0), (3.5, 12.5), (4.0, 16.0)):
        pose = buffer.lookup('map', 'base', round(t * SECOND))
        assert pose.position_m[0] == pytest.approx(x)


def test_what_is_old_is_dropped() -> None:
    buffer = TransformBuffer()
    for t in range(30):
        buffer.add('map', 'base', t * SECOND, upright_pose(float(t), 0.0, 0.0), is_static=False)
    assert buffer.lookup('map', 'base', 19 * SECOND).position_m[0] == pytest.approx(19.0)
    with pytest.raises(TransformError):
        buffer.lookup('map', 'base', 18 * SECOND)


def test_quaternions_are_xyzw() -> None:
    half = math.sqrt(0.5)
    turn_left = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    np.testing.assert_allclose(
        matrix_from_quaternion((0.0, 0.0, half, half)), turn_left, atol=1e-9
    )
    np.testing.assert_allclose(quaternion_from_matrix(turn_left), (0.0, 0.0, half, half))
    np.testing.assert_allclose(quaternion_from_euler(0.0, 0.0, math.pi / 2), (0, 0, half, half))


def test_euler_angles_are_about_fixed_axes() -> None:
    roll_then_yaw = matrix_from_quaternion(quaternion_from_euler(math.pi / 2, 0.0, math.pi / 2))
    np.testing.assert_allclose(roll_then_yaw @ [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], atol=1e-9)
    np.testing.assert_allclose(roll_then_yaw @ [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], atol=1e-9)


def test_clear_keeps_what_is_static() -> None:
    buffer = TransformBuffer()
    buffer.add('base', 'camera', 0, upright_pose(0.5, 0.0, 1.0), is_static=True)
    buffer.add('map', 'base', SECOND, upright_pose(1.0, 0.0, 0.0), is_static=False)
    buffer.clear()
    assert buffer.lookup('base', 'camera', SECOND).position_m == (0.5, 0.0, 1.0)
    with pytest.raises(TransformError):
        buffer.lookup('map', 'base', SECOND)
