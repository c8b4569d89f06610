# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The contract says what the nodes do: types and quality of service."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from rclpy.qos import QoSProfile

from f2p_core.ros import qos
from f2p_replay.contract import CONTRACT, Topic
from f2p_replay.ros.topics import message_class, qos_profile

PUBLISHED = {
    'points': qos.CLOUD_OUT,
    'depth': qos.CLOUD_OUT,
    'camera_info': qos.CLOUD_OUT,
    'labels': qos.CLOUD_OUT,
    '/tf': qos.TF,
    '/tf_static': qos.TF_STATIC_IN,
    'joint_states': qos.EVENTS,
    'scene': qos.LATCHED,
    'relations': qos.LATCHED,
    'plan': qos.EVENTS,
    'prediction': qos.EVENTS,
    'failure': qos.LATCHED_EVENTS,
    'model_version': qos.LATCHED,
}
"""What the nodes publish with; of /tf_static a player publishes those of all nodes."""


@pytest.mark.parametrize('topic', CONTRACT, ids=lambda t: t.name)
def test_quality_of_service_is_that_of_the_nodes(topic: Topic) -> None:
    profile: QoSProfile = qos_profile(topic)
    assert profile == PUBLISHED[topic.name]


@pytest.mark.parametrize('topic', CONTRACT, ids=lambda t: t.name)
def test_the_type_can_be_published(topic: Topic) -> None:
    package, _, name = topic.type_name.split('/')
    generated = message_class(topic)
    assert (generated.__module__.partition('.')[0], generated.__name__) == (package, name)
