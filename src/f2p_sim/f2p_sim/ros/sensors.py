# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the simulated robot publishes: clouds, images, transforms, joint states, clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, JointState, PointCloud2
from std_msgs.msg import Header

from f2p_core.messages.reading import FRAME_MAP
from f2p_core.pose import Pose, upright_pose
from f2p_core.ros.conversions.clouds import cloud_to_msg
from f2p_core.ros.conversions.images import (
    depth_to_msg,
    intrinsics_to_msg,
    labels_to_msg,
)
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.ros.labels import label_of
from f2p_core.ros.qos import CLOCK_OUT, CLOUD_OUT, EVENTS
from f2p_core.ros.rotations import quaternion_from_matrix
from f2p_core.ros.tf import StampedPose, TransformSender
from f2p_sim.camera import points_optical
from f2p_sim.robot import FloatVector, JOINT_NAMES
from f2p_sim.world import WorldView

BASE_FRAME = 'base_link'
CAMERA_FRAME = 'head_camera_optical'


class SensorOptions(NamedTuple):
    """What is published.

    Attributes:
        with_instance: Whether the cloud tells which object each point belongs to.
        label_names: Object id per instance label, where it is not object_<label>.
    """

    with_instance: bool
    label_names: Mapping[int, str]


class Sensors:
    """Publishes what sensors of a robot would; images and clouds only while somebody listens.

    Args:
        node: The publishing node.
        options: What is published.
    """

    def __init__(self, node: Node, options: SensorOptions) -> None:
        self._options = options
        self._clock = node.create_publisher(Clock, '/clock', CLOCK_OUT)
        self._joints = node.create_publisher(JointState, 'joint_states', EVENTS)
        self._points = node.create_publisher(PointCloud2, 'points', CLOUD_OUT)
        self._depth = node.create_publisher(Image, 'depth', CLOUD_OUT)
        self._labels = node.create_publisher(Image, 'labels', CLOUD_OUT)
        self._info = node.create_publisher(CameraInfo, 'camera_info', CLOUD_OUT)
        self._transforms = TransformSender(node)

    @property
    def are_watched(self) -> bool:
        """Whether anybody listens to the camera."""
        camera = (self._points, self._depth, self._labels, self._info)
        return any(p.get_subscription_count() for p in camera)

    def send_state(self, stamp_ns: int, configuration: FloatVector) -> None:
        """Publishes clock, joint states and the pose of the base (``map`` to ``base_link``)."""
        self._clock.publish(Clock(clock=time_to_msg(stamp_ns)))
        x, y, yaw = configuration[:3].tolist()
        base = StampedPose(FRAME_MAP, BASE_FRAME, upright_pose(x, y, 0.0, yaw))
        self._transforms.send([base], stamp_ns)
        self._joints.publish(
            JointState(
                header=Header(stamp=time_to_msg(stamp_ns), frame_id=BASE_FRAME),
                name=list(JOINT_NAMES),
                position=configuration.tolist(),
            )
        )

    def send_view(self, stamp_ns: int, view: WorldView, configuration: FloatVector) -> None:
        """Publishes the camera's pose, then what it saw."""
        self.send_state(stamp_ns, configuration)
        x, y, yaw = configuration[:3].tolist()
        in_base = _relative(upright_pose(x, y, 0.0, yaw), view.camera_map)
        self._transforms.send([StampedPose(BASE_FRAME, CAMERA_FRAME, in_base)], stamp_ns)
        header = Header(stamp=time_to_msg(stamp_ns), frame_id=CAMERA_FRAME)
        labels = self._label_image(view)
        if self._points.get_subscription_count():
            points = points_optical(view.depth_m, view.camera).reshape(-1, 3)
            points[points[:, 2] <= 0.0] = np.nan
            instance = labels.reshape(-1) if self._options.with_instance else None
            self._points.publish(cloud_to_msg(header, points, instance))
        if self._depth.get_subscription_count() or self._labels.get_subscription_count():
            self._info.publish(intrinsics_to_msg(header, view.camera))
            self._depth.publish(depth_to_msg(header, view.depth_m))
            self._labels.publish(labels_to_msg(header, labels))

    def _label_image(self, view: WorldView) -> NDArray[np.int64]:
        """Turns indices of objects into instance labels; 0 is the background."""
        table = [label_of(i, self._options.label_names) for i in view.label_ids]
        return np.array([*table, 0])[view.labels]  # index -1, background, is the last


def _relative(parent_map: Pose, child_map: Pose) -> Pose:
    """Returns the pose of the child frame in the parent frame."""
    x, y, z = parent_map.to_child(np.array(child_map.position_m)).tolist()
    rotation = parent_map.rotation().T @ child_map.rotation()
    return Pose(position_m=(x, y, z), quaternion_xyzw=quaternion_from_matrix(rotation))
