# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``perception``: clouds or depth images in, tracked objects and relations out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
import sys
import threading
from typing import Any

from f2p_msgs.msg import SceneObservation, SymbolicState
import numpy as np
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_srvs.srv import Trigger

from f2p_core.errors import F2PError
from f2p_core.health import Need
from f2p_core.messages.reading import FRAME_MAP
from f2p_core.parameters import parameter
from f2p_core.pose import Pose
from f2p_core.relations import relations_asked
from f2p_core.ros.conversions.observation import observation_to_msg, symbolic_to_msg
from f2p_core.ros.conversions.solids import show_solids
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.labels import DEFAULT_LABEL_NAMES, LABEL_NAMES_HELP, parse_label_names
from f2p_core.ros.logs import complain, forward_logs
from f2p_core.ros.main import run_node
from f2p_core.ros.overdue import Overdue
from f2p_core.ros.own_parameters import OwnParameters
from f2p_core.ros.qos import CLOUD_IN, LATCHED, SENSOR_IN
from f2p_core.ros.tf import transform_lookup
from f2p_core.ros.tf_buffer import TransformError
from f2p_core.ros.waiting import DeadlineError, wait_until
from f2p_perception.cloud import Cloud, CloudView
from f2p_perception.config import PerceptionConfig
from f2p_perception.errors import PerceptionCode, PerceptionError
from f2p_perception.perceive import perceive
from f2p_perception.relations import symbolic_state
from f2p_perception.ros.furniture import FURNITURE_HELP, load_furniture
from f2p_perception.ros.inputs import cloud_of, cloud_of_images, SameStamp
from f2p_perception.tracks import TrackState
from f2p_tasks import DEFAULT_TASK

_OVERDUE_S = 60.0
"""Work on one cloud that takes longer than this will not end [s]; it takes 0.1 s."""

_STALE_S = 30.0
"""So long without a cloud, something is wrong with the camera [s]. The simulated camera shows
nothing while a skill runs, which takes up to 20 s."""

_IMAGE_TOPICS = ('depth', 'camera_info', 'labels')


class PerceptionNodeConfig(PerceptionConfig):
    """Parameters of the node: those of perception, and where its input comes from."""

    input: str = parameter(
        'points',
        'Cloud, depth image with camera_info and labels, or what comes of the two',
        choices=('points', 'depth', 'any'),
    )
    input_reliability: str = parameter(
        'reliable',
        'QoS of the input; best_effort for cameras that publish so',
        choices=('reliable', 'best_effort'),
    )
    camera_frame: str = parameter(
        '', 'Optical frame of the camera that sees the cloud; empty: the frame of the cloud'
    )
    transform_timeout_s: float = parameter(
        0.5, 'How long to wait for the transform at the stamp', unit='s', low=0.0, high=10.0,
        live=True,
    )  # fmt: skip
    furniture: str = parameter(DEFAULT_TASK, FURNITURE_HELP)
    label_names: tuple[str, ...] = parameter(DEFAULT_LABEL_NAMES, LABEL_NAMES_HELP)
    seed: int = parameter(
        0, 'Draws the poses behind the probabilities of relations', low=0, high=2**31
    )


class PerceptionNode(Node):
    """Tracks objects in clouds and says which relations hold between them.

    ROS Subscriptions:
        points (sensor_msgs/PointCloud2): x y z, optionally ``instance``; in any frame known to tf.
        depth, camera_info, labels: instead of ``points``, if the parameter ``input`` is depth;
            with any, whichever of the two comes.
    ROS Publishers:
        scene (f2p_msgs/SceneObservation, latched): what was seen, per processed cloud.
        relations (f2p_msgs/SymbolicState, latched): relations of that scene.
    ROS Services:
        ~/forget (std_srvs/Trigger): forgets all objects; clouds from before are dropped.
    """

    def __init__(self) -> None:
        super().__init__('perception')
        forward_logs(self)
        self._own_parameters = OwnParameters(self, PerceptionNodeConfig)
        self._names = parse_label_names(self.config.label_names)
        self._relation_names = relations_asked(self.config.relations)
        self._furniture = load_furniture(self.config.furniture)
        self._transforms = transform_lookup(self)
        self._state = TrackState()
        self.diagnostics = Diagnostics(self)
        self.diagnostics.fact('tracked objects', lambda: len(self._state.tracks))
        self._input = self._camera()
        self._placed = self.diagnostics.need(
            f'transform from the camera to {FRAME_MAP}',
            f'does the robot publish its pose in {FRAME_MAP} and that of its camera on tf?',
        )
        self._not_before_ns = 0
        self._lock = threading.Lock()
        self._overdue = Overdue(self, 'the work on a cloud', _OVERDUE_S)
        self._scene = self.create_publisher(SceneObservation, 'scene', LATCHED)
        self._relations = self.create_publisher(SymbolicState, 'relations', LATCHED)
        self.create_service(
            Trigger, '~/forget', self._forget, callback_group=ReentrantCallbackGroup()
        )
        self._subscribe()

    @property
    def config(self) -> PerceptionNodeConfig:
        """The parameters as they are now: thresholds may be set between two clouds."""
        return self._own_parameters.config

    def _camera(self) -> Need:
        """What the diagnostics say of the input."""
        mend = 'is the camera running, and the topic remapped to its name?'
        if self.config.input == 'any':
            return self.diagnostics.need('topic points or depth', mend, stale_after_s=_STALE_S)
        return self.diagnostics.topic(self.config.input, mend, stale_after_s=_STALE_S)

    def _subscribe(self) -> None:
        qos = CLOUD_IN if self.config.input_reliability == 'reliable' else SENSOR_IN
        group = MutuallyExclusiveCallbackGroup()
        wanted = self.config.input
        if wanted in ('points', 'any'):
            self.create_subscription(
                PointCloud2,
                'points',
                lambda m: self._process(lambda: cloud_of(m)),
                qos,
                callback_group=group,
            )
        if wanted in ('depth', 'any'):
            joined = SameStamp(
                _IMAGE_TOPICS, lambda *m: self._process(lambda: cloud_of_images(*m))
            )
            for topic, kind in zip(_IMAGE_TOPICS, (Image, CameraInfo, Image), strict=True):
                self.create_subscription(
                    kind, topic, partial(joined.add, topic), qos, callback_group=group
                )

    def _process(self, read: Callable[[], Cloud]) -> None:
        """Handles one cloud; if anything is wrong with it, nothing is published."""
        self._input.heard()
        try:
            with self._lock, self._overdue.watching():
                self._perceive(read())
        except PerceptionError as error:
            self._complain(int(error.code), error)
        except F2PError as error:
            self._complain(int(PerceptionCode.UNKNOWN), error)

    def _complain(self, code: int, error: F2PError) -> None:
        complain(self, f'{code}: {error}')

    def _perceive(self, cloud: Cloud) -> None:
        if cloud.stamp_ns < self._not_before_ns:
            return
        if cloud.stamp_ns < self._state.stamp_ns:
            self.get_logger().info('time jumped back: all objects are forgotten')
            self._state = TrackState()
        sensor_map = self._pose_in_map(cloud.frame_id, cloud.stamp_ns)
        camera_frame = self.config.camera_frame or cloud.frame_id
        view = CloudView(cloud, sensor_map, self._pose_in_map(camera_frame, cloud.stamp_ns))
        self._state, perceived = perceive(
            self._state, view, self._furniture, self.config, self._names
        )
        rng = np.random.default_rng([self.config.seed, cloud.stamp_ns])
        relations = symbolic_state(
            perceived, rng, self.config.relation_samples, self._relation_names
        )
        message = observation_to_msg(perceived.observation)
        show_solids(message.scene, perceived.observation.scene)
        self._scene.publish(message)
        self._relations.publish(symbolic_to_msg(relations, cloud.stamp_ns))

    def _pose_in_map(self, frame: str, stamp_ns: int) -> Pose:
        """Returns the pose of a frame in ``map`` at a time; waits a little for its transform.

        Raises:
            PerceptionError: If the transform does not come.
        """
        found: list[Pose] = []
        reason = ''

        def look() -> bool:
            nonlocal reason
            try:
                found.append(self._transforms.lookup(FRAME_MAP, frame, stamp_ns))
            except TransformError as error:
                reason = str(error)
            return bool(found)

        try:
            wait_until(look, self.config.transform_timeout_s, 'the transform')
        except DeadlineError as error:
            raise PerceptionError(PerceptionCode.NO_TRANSFORM, reason) from error
        self._placed.heard()
        return found[0]

    def _forget(self, _: Any, response: Any) -> Any:
        with self._lock:
            self._state = TrackState()
            self._not_before_ns = self.get_clock().now().nanoseconds
        response.success = True
        return response


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(PerceptionNode, args=args)


if __name__ == '__main__':
    sys.exit(main())
