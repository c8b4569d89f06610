# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The transform buffer and the rotation adapter give known answers."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip('transforms3d')
pytest.importorskip('pytransform3d')
pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from tf2_msgs.msg import TFMessage

from f2p_core.errors import InvalidInputError
from f2p_core.pose import Pose, upright_pose
from f2p_core.ros import tf
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.transforms import (
    msg_to_stamped_pose,
    StampedPose,
    transforms_to_msg,
)
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import TF
from f2p_core.ros.rotations import (
    matrix_from_quaternion,
    quaternion_from_euler,
    quaternion_from_matrix,
)
from f2p_core.ros.tf import transform_lookup
from f2p_core.ros.tf_buffer import MAX_FRAMES, TransformBuffer, TransformError
from f2p_core.ros.waiting import wait_until

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
    for second in (1, 2, 4, 3):
        pose = upright_pose(second**2, 0.0, 0.0)
        buffer.add('map', 'base', second * SECOND, pose, is_static=False)
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


def test_a_frame_that_gets_another_parent_follows_the_latest() -> None:
    buffer = TransformBuffer()
    for parent, child, x in (
        ('map', 'oak', 1.0), ('oak', 'left', 0.0375), ('oak', 'right', -0.05),
        ('right', 'left', 0.30),
    ):  # fmt: skip
        buffer.add(parent, child, 0, upright_pose(x, 0.0, 0.0), is_static=True)
    assert buffer.lookup('map', 'left', 1).position_m[0] == pytest.approx(1.25)


def test_a_moving_frame_has_the_parent_of_its_time() -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'hand', 0, upright_pose(5.0, 0.0, 0.0), is_static=True)
    for second, parent in ((1, 'map'), (2, 'map'), (4, 'hand')):
        pose = upright_pose(float(second), 0.0, 0.0)
        buffer.add(parent, 'cup', second * SECOND, pose, is_static=False)
    for t, x in ((1.5, 1.5), (3.0, 2.0), (4.0, 9.0)):  # between two parents the earlier one holds
        pose = buffer.lookup('map', 'cup', round(t * SECOND))
        assert pose.position_m[0] == pytest.approx(x)


def test_a_frame_that_is_said_again_as_static_is_static() -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', 5 * SECOND, upright_pose(1.0, 0.0, 0.0), is_static=False)
    buffer.add('map', 'base', 0, upright_pose(2.0, 0.0, 0.0), is_static=True)
    assert buffer.lookup('map', 'base', 99 * SECOND).position_m[0] == pytest.approx(2.0)


def test_names_that_change_all_the_time_do_not_fill_the_memory() -> None:
    buffer = TransformBuffer()
    for i in range(MAX_FRAMES):
        buffer.add('map', f'frame_{i}', 0, upright_pose(1.0, 0.0, 0.0), is_static=True)
    with pytest.raises(InvalidInputError, match=rf"'one_more' is one more than the {MAX_FRAMES}"):
        buffer.add('map', 'one_more', 0, upright_pose(1.0, 0.0, 0.0), is_static=True)
    buffer.add('map', 'frame_0', 0, upright_pose(2.0, 0.0, 0.0), is_static=True)


def transform_of(quaternion_xyzw: tuple[float, ...], x_m: float = 0.5) -> Any:
    message = transforms_to_msg([StampedPose('map', 'base', upright_pose(0.0, 0.0, 0.0))], 0)
    item = message.transforms[0]
    item.transform.translation.x = x_m
    q = item.transform.rotation
    q.x, q.y, q.z, q.w = quaternion_xyzw
    return item


NAN = float('nan')


@pytest.mark.parametrize('norm', [0.996, 1.002, 1.004])
def test_a_quaternion_that_is_nearly_one_is_normalised(norm: float) -> None:
    half = math.sqrt(0.5) * norm
    read = msg_to_stamped_pose(transform_of((0.0, 0.0, half, half)))
    assert (read.parent, read.child) == ('map', 'base')
    assert math.hypot(*read.pose.quaternion_xyzw) == pytest.approx(1.0, abs=1e-12)
    assert read.pose.yaw_rad == pytest.approx(math.pi / 2)


@pytest.mark.parametrize(
    ('quaternion_xyzw', 'x_m', 'text'),
    [
        ((0.0, 0.0, 0.0, 0.0), 0.0, 'has a quaternion .* of norm 0; it must be 1'),
        ((0.0, 0.0, 0.0, 1.006), 0.0, 'of norm 1.006'),
        ((0.0, 0.0, 0.0, 0.994), 0.0, 'of norm 0.994'),
        ((0.0, 0.0, 0.0, 1e308), 0.0, 'of norm 1e[+]308'),
        ((NAN, 0.0, 0.0, 1.0), 0.0, 'not finite'),
        ((0.0, 0.0, 0.0, 1.0), NAN, 'not finite'),
        ((0.0, 0.0, 0.0, 1.0), float('inf'), 'not finite'),
    ],
)
def test_what_tf2_does_not_take_is_refused_by_the_frames_names(
    quaternion_xyzw: tuple[float, ...], x_m: float, text: str
) -> None:
    with pytest.raises(InvalidInputError, match=f"from 'base' to 'map' .*{text}"):
        msg_to_stamped_pose(transform_of(quaternion_xyzw, x_m))


@pytest.mark.parametrize(('parent', 'child'), [('', 'base'), ('map', ''), ('map', '/map')])
def test_a_transform_needs_two_frames(parent: str, child: str) -> None:
    item = transform_of((0.0, 0.0, 0.0, 1.0))
    item.header.frame_id, item.child_frame_id = parent, child
    with pytest.raises(InvalidInputError, match='needs the names of two frames'):
        msg_to_stamped_pose(item)


def test_a_bad_transform_is_dropped_alone_and_named_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with own_network(), BackgroundNode('listener') as listener, BackgroundNode('robot') as robot:
        lookup = transform_lookup(listener)
        publisher = robot.create_publisher(TFMessage, '/tf', TF)
        good = transforms_to_msg([StampedPose('map', 'camera', upright_pose(3.0, 0.0, 0.0))], 5)
        message = TFMessage(
            transforms=[transform_of((0.0, 0.0, 0.0, 0.0)), *good.transforms]
        )

        def is_known() -> bool:
            publisher.publish(message)
            try:
                return lookup.lookup('map', 'camera', 5).position_m[0] == 3.0
            except TransformError:
                return False

        wait_until(is_known, 20.0, 'the good transform')
        for _ in range(20):
            publisher.publish(message)
        with pytest.raises(TransformError):
            lookup.lookup('map', 'base', 5)
    spoken = capfd.readouterr().err
    assert spoken.count("the transform from 'base' to 'map' has a quaternion") == 1
    assert 'it is dropped' in spoken
    assert 'Traceback' not in spoken


def test_a_bad_transform_of_tf2_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for tf2_ros, which is there only where ROS is installed."""
    tf2 = SimpleNamespace(
        Buffer=lambda: SimpleNamespace(
            clear=lambda: None, lookup_transform=lambda *_: transform_of((0.0, 0.0, 0.0, 0.0))
        ),
        TransformListener=lambda *_: None,
        TransformException=RuntimeError,
    )
    monkeypatch.setattr(tf, 'tf2_ros', tf2)
    with own_network(), BackgroundNode('listener') as node:
        lookup = transform_lookup(node)
    with pytest.raises(TransformError, match=r"'base' to 'map' at 0\.000 s: .* of norm 0"):
        lookup.lookup('map', 'base', 0)
