# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Messages that are wrong in a few fields, at the functions that nodes read them by.

Whatever comes: an error of ours or a valid value, within bounds of time and memory.
"""

from __future__ import annotations

from collections.abc import Callable
import importlib
from pathlib import Path
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from damage import bounded
from f2p_msgs.action import LearnFromFailure
from mutate import flipped, mutated
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from sensor_msgs.msg import PointField

from f2p_core.camera import PinholeCamera
from f2p_core.errors import F2PError, InvalidInputError
from f2p_core.files import read_failure, write_failure
from f2p_core.limits import SHIPPED_LIMITS
from f2p_core.messages.failure import recorded_in
from f2p_core.pose import upright_pose
from f2p_core.ros.conversions.clouds import cloud_to_msg
from f2p_core.ros.conversions.failure import failure_to_msg, msg_to_failure
from f2p_core.ros.conversions.images import depth_to_msg, intrinsics_to_msg, labels_to_msg
from f2p_core.ros.conversions.scene import map_header, msg_to_scene, scene_to_msg
from f2p_core.ros.conversions.transforms import (
    msg_to_stamped_pose,
    StampedPose,
    transforms_to_msg,
)
from f2p_core.ros.limits import check_limits
from f2p_core.ros.tf_buffer import TransformBuffer
from f2p_core.scene import Scene
from f2p_learning.ros.learner_config import LearnerConfig
from f2p_learning.ros.runs import settings_of
from f2p_perception.cloud import check_cloud, Cloud, CloudLimits
from f2p_perception.ros.inputs import cloud_of, cloud_of_images

sys.path.append(str(Path(__file__).parents[2] / 'src' / 'f2p_core' / 'test'))
VALUES = importlib.import_module('random_values')

FAILURE = VALUES.random_failure(np.random.default_rng(0))
SCENE = VALUES.random_scene(np.random.default_rng(1))
CAMERA = PinholeCamera(16, 12, 400.0, 401.0, 8.0, 6.0)
RNG = np.random.default_rng(2)
DEPTH_M = RNG.uniform(0.5, 1.5, (12, 16))
LABELS = RNG.integers(0, 4, (12, 16))
FEW_POINTS = CloudLimits(min_points=1)


def tried(messages: Any, read: Callable[[Any], object]) -> tuple[int, int]:
    """Hands messages to an edge.

    Returns:
        How many were read and how many were refused with an error of ours.
    """
    accepted = refused = 0
    for message in messages:
        with bounded():
            problem = _problem(message, read)
        accepted, refused = accepted + (problem is None), refused + (problem is not None)
        assert problem != ''
    return accepted, refused


def _problem(message: Any, read: Callable[[Any], object]) -> str | None:
    try:
        read(message)
    except F2PError as error:
        return str(error)
    return None


def require_both(counts: tuple[int, int], least: int) -> None:
    """A test in which everything or nothing passes shows little."""
    assert min(counts) >= least, counts


def read_scene_message(message: Any) -> None:
    check_limits(message, SHIPPED_LIMITS, 'scene')
    scene = msg_to_scene(message)
    assert Scene.model_validate_json(scene.model_dump_json(), strict=True) == scene
    assert msg_to_scene(scene_to_msg(scene)) == scene


def test_scenes(inputs: int) -> None:
    message = scene_to_msg(SCENE)
    require_both(tried(mutated(message, inputs, 1), read_scene_message), inputs // 10)
    tried(flipped(message, inputs, 2), read_scene_message)


def test_failures(inputs: int, tmp_path: Path) -> None:
    """What is accepted can be kept and read again, as it was; damage is found by the digest."""

    def read(message: Any) -> None:
        check_limits(message, SHIPPED_LIMITS, 'failure')
        failure = recorded_in(message)
        write_failure(tmp_path / 'failure.json', failure)
        try:
            again = read_failure(tmp_path / 'failure.json')
        except InvalidInputError as error:
            pytest.fail(f'accepted as a message, refused as a file: {error}')
        assert again.digest == failure.digest

    def read_whole(message: Any) -> None:
        check_limits(message, SHIPPED_LIMITS, 'failure')
        assert msg_to_failure(message).digest == FAILURE.digest

    message = failure_to_msg(FAILURE)
    require_both(tried(mutated(message, inputs, 3), read), inputs // 20)
    tried(mutated(message, inputs // 2, 4), read_whole)
    tried(flipped(message, inputs // 2, 5), read_whole)


def override(name: str, kind: int, **value: Any) -> Parameter:
    return Parameter(name=name, value=ParameterValue(type=kind, **value))


def test_goals_of_learning_and_their_overrides(inputs: int) -> None:
    config = LearnerConfig()
    most = config.limits.executions
    whole, real = ParameterType.PARAMETER_INTEGER, ParameterType.PARAMETER_DOUBLE
    goal = LearnFromFailure.Goal(
        failure_ids=['a', 'b'],
        bag='runs/bag',
        overrides=[
            override('learning.n_scenes', whole, integer_value=10),
            override('learning.max_rounds', whole, integer_value=3),
            override('learning.min_family_accuracy', real, double_value=0.95),
            override('learning.max_f1_drop', real, double_value=0.005),
            override('tuning.learning_rate', real, double_value=1e-3),
        ],
    )

    def read(message: Any) -> None:
        check_limits(message, config.limits)
        changed = settings_of(config, message.overrides)
        assert changed.learning.executions <= most
        assert changed.learning.min_family_accuracy >= config.learning.min_family_accuracy
        assert changed.learning.max_f1_drop <= config.learning.max_f1_drop
        kept = {'learning': config.learning, 'tuning': config.tuning}
        assert changed.replaced(**kept) == config  # the owner's parameters are as they were

    require_both(tried(mutated(goal, 2 * inputs, 6), read), inputs // 10)


def read_cloud(message: Any) -> None:
    assert_usable(check_cloud(cloud_of(message), FEW_POINTS))


def assert_usable(cloud: Cloud) -> None:
    assert cloud.points.shape[1] == 3
    assert np.isfinite(cloud.points).all()
    assert cloud.labels is None or cloud.labels.shape == (len(cloud.points),)


def test_clouds(inputs: int) -> None:
    message = cloud_to_msg(map_header(5), RNG.normal(size=(50, 3)), np.arange(50))
    require_both(tried(mutated(message, inputs, 7), read_cloud), inputs // 10)
    tried(flipped(message, inputs, 8), read_cloud)


def test_depth_images(inputs: int) -> None:
    header = map_header(5)
    whole = (
        depth_to_msg(header, DEPTH_M),
        intrinsics_to_msg(header, CAMERA),
        labels_to_msg(header, LABELS),
    )
    for i in range(3):

        def read(message: Any, place: int = i) -> None:
            images = [*whole[:place], message, *whole[place + 1 :]]
            assert_usable(check_cloud(cloud_of_images(*images), FEW_POINTS))

        require_both(tried(mutated(whole[i], inputs // 3, 9 + i), read), inputs // 30)
        tried(flipped(whole[i], inputs // 3, 12 + i), read)


def test_transforms(inputs: int) -> None:
    """A transform that is refused leaves the others as they are."""
    chain = [
        StampedPose('map', 'base', upright_pose(1.0, 2.0, 0.0, 0.3)),
        StampedPose('base', 'camera', upright_pose(0.1, 0.0, 1.2, -0.7)),
    ]

    def read(message: Any) -> None:
        buffer, refused = TransformBuffer(), []
        for item in message.transforms[:100]:
            try:
                parent, child, pose = msg_to_stamped_pose(item)
                buffer.add(parent, child, 5, pose, is_static=True)
            except InvalidInputError as error:
                refused.append(error)
        if len(refused) > 1 or not buffer.lookup('map', 'camera', 5):
            raise refused[0]

    message = transforms_to_msg(chain, 5)
    require_both(tried(mutated(message, inputs, 15), read), inputs // 10)
    tried(flipped(message, inputs, 16), read)


@pytest.mark.parametrize(
    ('change', 'text'),
    [
        ({'point_step': 4_294_967_295}, 'a point_step of 4294967295 bytes; at most 4096'),
        ({'y.count': 0}, "field 'y' has a count of 0; it must be 1"),
        ({'x.offset': 2}, "field 'x' at offset 2 overlaps 'y' at offset 4"),
        ({'instance twice': True}, "has the field 'instance' twice"),
    ],
)
def test_clouds_with_fields_that_cannot_be(change: dict[str, Any], text: str) -> None:
    message = cloud_to_msg(map_header(0), np.zeros((10, 3)), np.zeros(10))
    fields = {field.name: field for field in message.fields}
    for name, value in change.items():
        if name == 'instance twice':
            message.fields = [*message.fields, fields['instance']]
        elif '.' in name:
            field, attribute = name.split('.')
            setattr(fields[field], attribute, value)
        else:
            setattr(message, name, value)
    with pytest.raises(F2PError, match=text):
        cloud_of(message)


def test_labels_that_are_no_numbers_stand_for_no_object() -> None:
    message = cloud_to_msg(map_header(0), np.ones((3, 3)), np.zeros(3))
    labels = np.array([np.nan, 7.0, np.inf], dtype='<f4')
    data = np.frombuffer(message.data, np.uint8).reshape(3, 16).copy()
    data[:, 12:] = labels.view(np.uint8).reshape(3, 4)
    message.data = type(message.data)('B', data.tobytes())
    message.fields[3].datatype = PointField.FLOAT32
    assert cloud_of(message).labels.tolist() == [0, 7, 0]  # type: ignore[union-attr]
