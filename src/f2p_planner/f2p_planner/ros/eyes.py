# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Looking at the scene through perception's topics."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
import threading
from typing import Any, NamedTuple

from f2p_msgs.msg import SceneObservation, SymbolicState
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.ros.conversions.observation import msg_to_observation, msg_to_symbolic
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.jumps import on_jump_back
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.waiting import Latest
from f2p_planner.environment import Percept

SCENE_MEND = 'is perception running, and does it get clouds?'
"""What to do while no scene comes."""

_KEPT = 4
"""Halves of views that wait for the other; older ones will not be completed."""


class _Frame(NamedTuple):
    """One perceived frame, not converted yet."""

    stamp_ns: int
    scene: Any
    relations: Any


class Eyes:
    """The newest scene together with the relations of the same stamp.

    Where time jumps back it forgets what it saw: later stamps are no newer than what comes.

    ROS Subscriptions:
        scene (f2p_msgs/SceneObservation), relations (f2p_msgs/SymbolicState).

    Args:
        node: The looking node.
        on_frame: Called whenever a frame is complete.
    """

    def __init__(self, node: Node, on_frame: Callable[[], None] = lambda: None) -> None:
        self._on_frame = on_frame
        self._latest: Latest[_Frame] = Latest()
        self._halves: OrderedDict[int, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()
        self._jumps = on_jump_back(node, self._forget)
        for name, kind in (('scene', SceneObservation), ('relations', SymbolicState)):
            node.create_subscription(
                kind,
                name,
                self._receiver(name),
                LATCHED,
                callback_group=MutuallyExclusiveCallbackGroup(),  # in the order they came
            )

    def look(
        self, not_before_ns: int, timeout_s: float, control: Control = UNCONTROLLED
    ) -> Percept:
        """Waits for a frame of that time or later and returns the newest one.

        Args:
            not_before_ns: Earliest stamp of the sensor data [ns].
            timeout_s: Deadline on the steady clock [s].
            control: Calls the wait off.

        Raises:
            DeadlineError: If none came in time.
            InvalidInputError: If what came cannot be read.
            CancelledError: If ``control`` said stop.
        """
        frame = self._latest.wait(
            lambda f: f.stamp_ns >= not_before_ns,
            timeout_s,
            f'an observation stamped {not_before_ns * 1e-9:.3f} s or later',
            control,
        )
        return Percept(
            msg_to_observation(frame.scene, 'scene'), msg_to_symbolic(frame.relations, 'relations')
        )

    def _forget(self) -> None:
        with self._lock:
            self._halves.clear()
            self._latest.clear()

    def _receiver(self, name: str) -> Any:
        def receive(message: Any) -> None:
            stamp_ns = msg_to_time_ns(message.header.stamp)
            with self._lock:
                halves = self._halves.setdefault(stamp_ns, {})
                halves[name] = message
                while len(self._halves) > _KEPT:
                    self._halves.popitem(last=False)
            if len(halves) == 2:
                self._latest.put(_Frame(stamp_ns, halves['scene'], halves['relations']))
                self._on_frame()

        return receive
