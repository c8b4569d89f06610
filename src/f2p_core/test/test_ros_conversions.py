# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Everything that goes into a message comes out again; what cannot be read is named."""

from __future__ import annotations

import math

import numpy as np
import pytest
from random_values import random_failure, random_scene

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.msg import Correction as CorrectionMsg
from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.msg import Scene as SceneMsg
from f2p_msgs.msg import SceneObject as SceneObjectMsg
from shape_msgs.msg import SolidPrimitive

from f2p_core.camera import PinholeCamera
from f2p_core.errors import DamagedError, InvalidInputError
from f2p_core.failure import Correction, FailureKind
from f2p_core.geometry.parts import shape_parts
from f2p_core.messages.failure import FAILURE_SCHEMA, KINDS, WITHDRAWN
from f2p_core.messages.scene import DOUBTS, SCENE_SCHEMA
from f2p_core.ros.conversions.clouds import cloud_to_msg, msg_to_points
from f2p_core.ros.conversions.failure import failure_to_msg, msg_to_failure
from f2p_core.ros.conversions.images import (
    depth_to_msg,
    intrinsics_to_msg,
    labels_to_msg,
    msg_to_depth_m,
    msg_to_intrinsics,
    msg_to_labels,
)
from f2p_core.ros.conversions.scene import (
    map_header,
    msg_to_robot,
    msg_to_scene,
    robot_to_msg,
    scene_to_msg,
)
from f2p_core.ros.conversions.solids import show_solids
from f2p_core.ros.conversions.time import (
    duration_to_msg,
    msg_to_duration_s,
    msg_to_time_ns,
    time_to_msg,
)
from f2p_core.scene import Doubt, RobotState
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig


@pytest.mark.parametrize('seed', range(5))
def test_failure_with_everything_in_it_round_trips(seed: int) -> None:
    failure = random_failure(np.random.default_rng(seed))
    back = msg_to_failure(failure_to_msg(failure))
    assert back.model_dump_json() == failure.model_dump_json()


@pytest.mark.parametrize('kind', list(FailureKind))
def test_every_failure_kind_round_trips(kind: FailureKind) -> None:
    failure = random_failure(np.random.default_rng(0)).model_copy(update={'kind': kind})
    assert msg_to_failure(failure_to_msg(failure)).kind is kind


def test_scene_without_robot_keeps_none() -> None:
    scene = sample_tabletop(TabletopConfig(), np.random.default_rng(0))
    assert msg_to_scene(scene_to_msg(scene)) == scene


@pytest.mark.parametrize(('version', 'mend'), [(1, 'f2p bag convert OLD NEW'), (3, 'update')])
def test_failure_of_another_version_is_refused(version: int, mend: str) -> None:
    message = failure_to_msg(random_failure(np.random.default_rng(0)))
    message.schema_version = version
    wanted = rf'failure.schema_version is {version}; .* reads version 2: .*{mend}'
    with pytest.raises(InvalidInputError, match=wanted):
        msg_to_failure(message)


def test_a_failure_that_was_changed_is_damaged() -> None:
    message = failure_to_msg(random_failure(np.random.default_rng(0)))
    message.call.parameters[1] += 1e-3
    with pytest.raises(DamagedError, match=r'failure\.digest is .* it was changed or cut'):
        msg_to_failure(message)


@pytest.mark.parametrize('kind', [None, FailureKind.DISTURBANCE, FailureKind.UNKNOWN])
def test_a_word_on_a_failure_travels_and_changes_nothing_that_was_recorded(
    kind: FailureKind | None,
) -> None:
    failure = random_failure(np.random.default_rng(0))
    word = Correction(kind=kind, who='Ada', note='the cat did it', stamp_ns=7)
    corrected = failure.model_copy(update={'correction': word})
    back = msg_to_failure(failure_to_msg(corrected))
    assert back.correction == word
    assert (back.digest, back.kind) == (failure.digest, failure.kind)
    assert (back.is_withdrawn, back.judged_kind) == (kind is None, kind or failure.kind)


def test_unknown_physics_are_nan_on_the_wire_and_assumed_where_they_must_be() -> None:
    message = scene_to_msg(random_scene(np.random.default_rng(0)))
    plain, doubted = message.objects[2], message.objects[3]
    assert math.isnan(plain.mass_std_kg)
    assert math.isnan(plain.centre_of_mass_m[2])
    plain.mass_kg = plain.friction = math.nan
    doubted.understood, doubted.reason = False, SceneObjectMsg.AMBIGUOUS
    scene = msg_to_scene(message)
    assert (scene.objects[2].mass_kg, scene.objects[2].friction) == (0.2, 0.8)
    assert (scene.objects[2].understood, scene.objects[2].mass_std_kg) == (True, None)
    assert (scene.objects[3].understood, scene.objects[3].doubt) == (False, Doubt.AMBIGUOUS)


def test_a_robot_without_a_base_and_with_any_number_of_joints_round_trips() -> None:
    for names in ((), ('slide',), tuple(f'joint_{i}' for i in range(29))):
        robot = RobotState(joint_names=names, position=tuple(0.1 * i for i in range(len(names))))
        assert msg_to_robot(robot_to_msg(robot)) == robot


def test_solids_have_the_places_and_sizes_of_the_parts() -> None:
    scene = random_scene(np.random.default_rng(0))
    message = scene_to_msg(scene)
    assert not message.objects[-2].solids
    show_solids(message, scene)
    cup = message.objects[scene.index('cup')]
    assert len(cup.solids) == len(cup.solid_poses) == len(shape_parts(scene.object('cup').shape))
    ball = message.objects[scene.index('ball')]
    assert [(s.type, list(s.dimensions)) for s in ball.solids] == [(SolidPrimitive.SPHERE, [0.03])]
    assert msg_to_scene(message) == scene


def test_failure_without_violation_is_refused() -> None:
    message = failure_to_msg(random_failure(np.random.default_rng(0)))
    message.violated = []
    with pytest.raises(InvalidInputError, match=r'failure\.violated'):
        msg_to_failure(message)


def test_nan_in_a_pose_names_the_object() -> None:
    message = scene_to_msg(random_scene(np.random.default_rng(0)))
    message.objects[1].pose.position.y = math.nan
    with pytest.raises(InvalidInputError, match=r'scene\.objects\[1\]\.pose\.position_m'):
        msg_to_scene(message)


def test_unknown_shape_is_refused() -> None:
    message = scene_to_msg(random_scene(np.random.default_rng(0)))
    message.objects[0].shape.kind = 'torus'
    with pytest.raises(InvalidInputError, match=r"objects\[0\]\.shape\.kind is 'torus'"):
        msg_to_scene(message)


def test_other_frame_is_refused() -> None:
    message = scene_to_msg(random_scene(np.random.default_rng(0)))
    message.header.frame_id = 'odom'
    with pytest.raises(InvalidInputError, match="'odom'; it must be 'map'"):
        msg_to_scene(message)


def test_cut_relations_are_refused() -> None:
    message = failure_to_msg(random_failure(np.random.default_rng(0)))
    message.relations_observed.margin = message.relations_observed.margin[:-1]
    with pytest.raises(InvalidInputError, match=r'failure\.relations_observed\.margin has'):
        msg_to_failure(message)


@pytest.mark.parametrize('stamp_ns', [0, 1, 999_999_999, 1_000_000_000, 1_763_000_000_123_456_789])
def test_stamps_round_trip(stamp_ns: int) -> None:
    assert msg_to_time_ns(time_to_msg(stamp_ns)) == stamp_ns


@pytest.mark.parametrize('duration_s', [0.0, 0.25, 59.999999999, 3601.5])
def test_durations_round_trip(duration_s: float) -> None:
    assert msg_to_duration_s(duration_to_msg(duration_s)) == pytest.approx(duration_s, abs=1e-9)


@pytest.mark.parametrize('with_instance', [False, True])
def test_clouds_round_trip(with_instance: bool) -> None:
    rng = np.random.default_rng(0)
    xyz = rng.normal(size=(1000, 3)).astype(np.float32)
    xyz[7] = np.nan
    instance = rng.integers(0, 70000, 1000) if with_instance else None
    points = msg_to_points(cloud_to_msg(map_header(5), xyz, instance))
    np.testing.assert_array_equal(points.xyz, xyz)
    if instance is None:
        assert points.instance is None
    else:
        np.testing.assert_array_equal(points.instance, instance)


def test_organised_cloud_with_padding_is_read() -> None:
    rng = np.random.default_rng(0)
    xyz = rng.normal(size=(6, 3)).astype(np.float32)
    message = cloud_to_msg(map_header(0), xyz)
    rows = np.frombuffer(message.data, np.uint8).reshape(2, 36)
    padded = np.concatenate([rows, np.full((2, 4), 255, np.uint8)], axis=1)
    message.height, message.width, message.row_step = 2, 3, 40
    message.data = type(message.data)('B', padded.tobytes())
    np.testing.assert_array_equal(msg_to_points(message).xyz, xyz)


def test_cloud_that_is_cut_short_is_refused() -> None:
    message = cloud_to_msg(map_header(0), np.zeros((10, 3)))
    message.data = message.data[:-1]
    with pytest.raises(
        InvalidInputError, match='10 x 1 points of 12 bytes, but carries 119 bytes'
    ):
        msg_to_points(message)


def test_huge_cloud_is_refused_before_it_is_unpacked() -> None:
    message = cloud_to_msg(map_header(0), np.zeros((1, 3)))
    message.width, message.height = 100_000, 1_000
    with pytest.raises(InvalidInputError, match='100000000 points'):
        msg_to_points(message)


def test_cloud_without_z_is_refused() -> None:
    message = cloud_to_msg(map_header(0), np.zeros((1, 3)))
    message.fields = message.fields[:2]
    with pytest.raises(InvalidInputError, match="no field 'z'; it has: x, y"):
        msg_to_points(message)


def test_images_and_intrinsics_round_trip() -> None:
    rng = np.random.default_rng(0)
    depth = rng.random((6, 8)).astype(np.float32)
    labels = rng.integers(0, 60000, (6, 8))
    intrinsics = PinholeCamera(8, 6, 400.0, 401.0, 4.0, 3.0)
    np.testing.assert_array_equal(msg_to_depth_m(depth_to_msg(map_header(0), depth)), depth)
    np.testing.assert_array_equal(msg_to_labels(labels_to_msg(map_header(0), labels)), labels)
    assert msg_to_intrinsics(intrinsics_to_msg(map_header(0), intrinsics)) == intrinsics


def test_depth_in_millimetres_is_scaled() -> None:
    message = labels_to_msg(map_header(0), np.array([[1500, 0]]))
    np.testing.assert_allclose(msg_to_depth_m(message), [[1.5, 0.0]])


def test_colour_image_is_no_depth_image() -> None:
    message = depth_to_msg(map_header(0), np.zeros((2, 2)))
    message.encoding = 'rgb8'
    with pytest.raises(InvalidInputError, match="encoding 'rgb8'"):
        msg_to_depth_m(message)


def test_constants_read_without_ros_are_those_of_the_messages() -> None:
    assert (FailureMsg.SCHEMA_VERSION, SceneMsg.SCHEMA_VERSION) == (FAILURE_SCHEMA, SCENE_SCHEMA)
    assert {kind: getattr(FailureMsg, kind.name) for kind in FailureKind} == KINDS
    assert CorrectionMsg.WITHDRAWN == WITHDRAWN
    assert {
        doubt: getattr(SceneObjectMsg, doubt.name if doubt else 'NONE') for doubt in DOUBTS
    } == DOUBTS
