# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node perception over DDS: views in, scene and relations out; bad views change nothing."""

from __future__ import annotations

from collections.abc import Iterator
import subprocess
from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from diagnostic_msgs.msg import DiagnosticArray
from f2p_msgs.msg import SceneObservation, SymbolicState
from rcl_interfaces.msg import Log
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_msgs.msg import Header
from std_srvs.srv import Trigger

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.clouds import cloud_to_msg
from f2p_core.ros.conversions.images import (
    depth_to_msg,
    intrinsics_to_msg,
    labels_to_msg,
)
from f2p_core.ros.conversions.observation import msg_to_observation, msg_to_symbolic
from f2p_core.ros.conversions.time import msg_to_time_ns, time_to_msg
from f2p_core.ros.labels import DEFAULT_LABEL_NAMES, label_of, parse_label_names
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import CLOUD_OUT, EVENTS, LATCHED
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import node_process, stop_process
from f2p_core.ros.tf import StampedPose, TransformSender
from f2p_core.ros.waiting import Latest, wait_until
from f2p_core.scene import Scene
from f2p_perception.cloud import cloud_from_depth
from f2p_perception.raycast import add_noise, DepthNoise, head_camera, Picture, ray_cast
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

TIMEOUT_S = 30.0
FRAME = 'head_camera_optical'
SCENE = sample_tabletop(TabletopConfig(inside=1, on_a=1, on_b=1), np.random.default_rng(4))
CAMERA, CAMERA_MAP = head_camera()
NAMES = parse_label_names(DEFAULT_LABEL_NAMES)


def header(stamp_ns: int, frame: str = FRAME) -> Header:
    return Header(stamp=time_to_msg(stamp_ns), frame_id=frame)


def picture_of(scene: Scene) -> Picture:
    """A noisy view with the labels a segmenter of this stack gives."""
    seen = add_noise(ray_cast(scene, CAMERA, CAMERA_MAP), DepthNoise(), np.random.default_rng(0))
    table = np.array([0, *(0 if o.fixed else label_of(o.object_id, NAMES) for o in scene.objects)])
    return seen._replace(labels=table[seen.labels])


def latest(messages: Latest[Any]) -> Any:
    """The last message that came; one has come."""
    message = messages.get()
    assert message is not None
    return message


class Bench(NamedTuple):
    """The client's side of the node under test."""

    node: Node
    process: subprocess.Popen[str]
    scene: Latest[Any]
    relations: Latest[Any]
    log: Latest[Any]
    health: Latest[Any]
    points: Any

    def show(self, stamp_s: int, **changes: Any) -> None:
        """Publishes a cloud of the scene."""
        cloud = cloud_from_depth(PICTURE.depth_m, PICTURE.labels, CAMERA, FRAME, 0)
        message = cloud_to_msg(header(stamp_s * 10**9), cloud.points, cloud.labels)
        for name, value in changes.items():
            setattr(message, name, value)
        self.points.publish(message)

    def answers(self) -> bool:
        """Shows the scene once more; true once the node has seen it."""
        self.show(0)
        return self.scene.get() is not None

    def seen_at(self, stamp_s: int) -> Any:
        """Waits for the observation of that time."""
        return self.scene.wait(
            lambda m: msg_to_time_ns(m.header.stamp) == stamp_s * 10**9, TIMEOUT_S, 'the scene'
        )

    def complaint(self, text: str) -> str:
        """Waits for a warning of the node that holds the text."""
        found = self.log.wait(
            lambda m: m.name == 'perception' and text in m.msg, TIMEOUT_S, f'a warning: {text}'
        )
        return str(found.msg)

    def diagnosis(self, text: str) -> str:
        """Waits until the node says so of itself: also what its log holds back."""
        found = self.health.wait(
            lambda m: text in m.status[0].message, TIMEOUT_S, f'a diagnosis: {text}'
        )
        return str(found.status[0].message)


PICTURE = picture_of(SCENE)


def listen(node: Node, kind: Any, topic: str, qos: Any) -> Latest[Any]:
    latest: Latest[Any] = Latest()
    node.create_subscription(kind, topic, latest.put, qos)
    return latest


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        TransformSender(node, [StampedPose('map', FRAME, CAMERA_MAP)])
        yield node


@pytest.fixture(scope='module')
def bench(client: Node) -> Iterator[Bench]:
    with node_process(('-m', 'f2p_perception.ros.perception_node')) as process:
        points = client.create_publisher(PointCloud2, 'points', CLOUD_OUT)
        made = Bench(
            client,
            process,
            listen(client, SceneObservation, 'scene', LATCHED),
            listen(client, SymbolicState, 'relations', LATCHED),
            listen(client, Log, '/rosout', EVENTS),
            listen(client, DiagnosticArray, '/diagnostics', EVENTS),
            points,
        )
        wait_until(made.answers, TIMEOUT_S, 'the node')
        yield made
        assert stop_process(process)[0] == 0


def test_labelled_cloud_gives_scene_and_relations_of_its_stamp(bench: Bench) -> None:
    bench.show(1)
    observation = msg_to_observation(bench.seen_at(1))
    assert set(observation.scene.object_ids) == set(SCENE.object_ids)
    for found in observation.scene.objects:
        true = SCENE.object(found.object_id)
        assert found.shape.kind == true.shape.kind
        np.testing.assert_allclose(found.pose_map.position_m, true.pose_map.position_m, atol=0.02)
    relations = bench.relations.wait(lambda m: m.header.stamp.sec == 1, TIMEOUT_S, 'relations')
    state = msg_to_symbolic(relations)
    r = state.relation_names.index('inside')
    a, b = (state.object_ids.index(i) for i in ('object_1', 'container'))
    assert state.probability[r, a, b] > 0.9
    assert state.observed[r, a, b]


@pytest.mark.parametrize(
    ('changes', 'code', 'text'),
    [
        ({'header': header(2, 'nowhere')}, '10002', "'nowhere' to 'map'"),
        ({'header': header(2 * 10**9, 'map')}, '10003', 'no support surface of table_a'),
        ({'fields': []}, '10001', "no field 'x'"),
        ({'width': 0, 'row_step': 0}, '10001', 'empty'),
        ({'width': 9_000_000}, '10001', '9000000 points'),
    ],
)
def test_unusable_cloud_is_named_and_nothing_is_published(
    bench: Bench, changes: dict[str, Any], code: str, text: str
) -> None:
    bench.show(2, **changes)
    assert bench.complaint(text).startswith(code)
    assert latest(bench.scene).header.stamp.sec != 2
    bench.show(3)
    bench.seen_at(3)


def test_a_cloud_later_than_its_transform_is_refused(bench: Bench) -> None:
    sender = TransformSender(bench.node)

    def is_seen() -> bool:
        sender.send([StampedPose('map', 'moving_camera', CAMERA_MAP)], 4 * 10**9)
        bench.show(4, header=header(4 * 10**9, 'moving_camera'))
        return bool(latest(bench.scene).header.stamp.sec == 4)

    wait_until(is_seen, TIMEOUT_S, 'the scene at the time of the transform')
    bench.show(5, header=header(5 * 10**9, 'moving_camera'))
    assert bench.complaint("'moving_camera' to 'map' at 5.000 s").startswith('10002')
    assert latest(bench.scene).header.stamp.sec == 4


@pytest.mark.parametrize(
    ('value', 'text'),
    [(np.nan, '0 of them finite'), (1e30, '5000 of them finite and 0 within 6 m')],
)
def test_nan_and_far_clouds_are_refused(bench: Bench, value: float, text: str) -> None:
    bench.points.publish(cloud_to_msg(header(4 * 10**9), np.full((5000, 3), value)))
    assert 's ago: 10001: the cloud has 5000 points' in bench.diagnosis(text)


def test_what_was_forgotten_is_not_reported_again(bench: Bench) -> None:
    bench.show(5)
    bench.seen_at(5)
    forget = ServiceCaller(bench.node, Trigger, 'perception/forget')
    now_s = bench.node.get_clock().now().nanoseconds // 10**9 + 3
    assert forget.call(Trigger.Request(), timeout_s=TIMEOUT_S).success
    hidden = np.where(PICTURE.labels == label_of('object_2', NAMES), 0.0, PICTURE.depth_m)
    cloud = cloud_from_depth(hidden, PICTURE.labels, CAMERA, FRAME, 0)
    bench.points.publish(cloud_to_msg(header(now_s * 10**9), cloud.points, cloud.labels))
    assert 'object_2' not in msg_to_observation(bench.seen_at(now_s)).scene.object_ids


def test_depth_images_do_as_well_and_relations_are_those_asked_for(client: Node) -> None:
    scene = listen(client, SceneObservation, 'by_depth/scene', LATCHED)
    relations = listen(client, SymbolicState, 'by_depth/relations', LATCHED)
    kinds = {'depth': Image, 'camera_info': CameraInfo, 'labels': Image}
    out = {n: client.create_publisher(k, f'by_depth/{n}', CLOUD_OUT) for n, k in kinds.items()}
    intrinsics = CAMERA
    with node_process(
        ('-m', 'f2p_perception.ros.perception_node'),
        '-r',
        '__ns:=/by_depth',
        input='depth',
        relations=['inside', 'above'],
    ) as process:

        def answers() -> bool:
            out['labels'].publish(labels_to_msg(header(10**9), PICTURE.labels))
            out['depth'].publish(depth_to_msg(header(10**9), PICTURE.depth_m))
            out['camera_info'].publish(intrinsics_to_msg(header(10**9), intrinsics))
            return scene.get() is not None and relations.get() is not None

        wait_until(answers, TIMEOUT_S, 'the scene')
        assert stop_process(process)[0] == 0
    assert set(msg_to_observation(latest(scene)).scene.object_ids) == set(SCENE.object_ids)
    assert list(latest(relations).relation_names) == ['inside', 'above']
