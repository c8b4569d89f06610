# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Benchmark: how long a cloud of 5 MB takes from one process to another."""

from __future__ import annotations

import os
import queue
import sys
import time

import numpy as np
from rclpy.node import Node
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Float64, Header

from f2p_bringup.environment import node_environment
from f2p_bringup.processes import child_environment, Command, ProcessGroup
from f2p_bringup.ros.installed import share_file
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.clouds import cloud_to_msg
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.ros.network import local_environment, own_network
from f2p_core.ros.qos import CLOUD_OUT, LATCHED_EVENTS
from f2p_core.ros.waiting import DeadlineError, wait_until
from f2p_eval.bench.figures import figure, Measurement
from f2p_eval.bench.settings import Settings

_POINTS = 312_500
"""Times 16 bytes (x, y, z, instance): 5 MB."""

_CLOUDS = 60
"""Clouds that are timed: they differ among themselves, and take seconds."""

_WARM_UP = 5
"""Clouds that are not: the first ones meet transports that still grow."""

_START_S = 60.0
"""For the receiver to be there [s], on a machine that is busy."""

_ARRIVAL_S = 10.0
"""For one cloud to arrive [s]; it takes milliseconds, so that more means lost."""


def measure(settings: Settings) -> Measurement:
    """Sends clouds one after the other with the profiles the nodes use.

    Measured from before ``publish`` until the receiver's callback is entered, both rclpy: packing
    for the wire, transport, unpacking. The next cloud is sent when the last has arrived.

    Raises:
        BringupError: If the receiver ends.
        DeadlineError: If a cloud does not arrive.
    """
    clouds = settings.amount(_CLOUDS, 3)
    profile = share_file('config', 'fastdds.xml')
    os.environ.update(node_environment(os.environ, profile))  # of this benchmark's own process
    arguments = [sys.executable, '-m', 'f2p_bringup.ros.cloud_echo']
    with own_network() as domain:
        environment = child_environment(**local_environment(domain))
        receiver = ProcessGroup([Command('cloud_echo', arguments)], environment, settings.logs)
        with receiver as group, BackgroundNode('cloud_source') as node:
            seconds = _send(node, group, _WARM_UP + clouds, settings.seed)[_WARM_UP:]
    return Measurement(
        figures=(figure('latency_5_mb', [1e3 * s for s in seconds], 'ms'),),
        conditions={'points': _POINTS, 'bytes': 16 * _POINTS, 'transport': 'shared memory'},
    )


def _send(node: Node, group: ProcessGroup, clouds: int, seed: int) -> list[float]:
    """Sends clouds and returns their latencies [s]."""
    arrivals: queue.SimpleQueue[float] = queue.SimpleQueue()
    publisher = node.create_publisher(PointCloud2, 'bench/cloud', CLOUD_OUT)

    def note_arrival(message: Float64) -> None:
        arrivals.put(float(message.data))

    node.create_subscription(Float64, 'bench/latency_s', note_arrival, LATCHED_EVENTS)

    def is_connected() -> bool:
        group.check()
        return publisher.get_subscription_count() > 0

    wait_until(is_connected, _START_S, 'the receiver of clouds')
    rng = np.random.default_rng(seed)
    message = cloud_to_msg(
        Header(frame_id='camera'), rng.normal(size=(_POINTS, 3)), np.ones(_POINTS, np.uint32)
    )
    seconds = []
    for _ in range(clouds):
        message.header.stamp = time_to_msg(time.monotonic_ns())
        publisher.publish(message)
        try:
            seconds.append(arrivals.get(timeout=_ARRIVAL_S))
        except queue.Empty as error:
            raise DeadlineError(f'a cloud did not arrive within {_ARRIVAL_S:g} s') from error
    return seconds
