# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The simulated robot with its eyes, without ROS: what the executive acts and looks through."""

from __future__ import annotations

import numpy as np

from f2p_core.relations import RELATIONS
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import SkillCall
from f2p_perception.cloud import cloud_from_depth, CloudView
from f2p_perception.perceive import perceive
from f2p_perception.relations import symbolic_state
from f2p_perception.tracks import TrackState
from f2p_planner.environment import MotionResult, Percept
from f2p_sim.grounding import execute_seen
from f2p_sim.robot import robot_state
from f2p_sim.world import SimulatedWorld

_FRAME_INTERVAL_S = 0.1
"""Time between two looks [s]: as the camera over ROS."""

_OPTICAL_FRAME = 'head_camera_optical'


class SimulatedRobot:
    """A ``f2p_planner.environment.Environment`` over the simulated world and real perception.

    Args:
        world: The simulated world; its truth serves only to find what a call is meant for.
        furniture: What is known to stand around.
        segmented: Whether points carry instance labels, as behind a segmenter.
        seed: Draws the poses behind the probabilities of relations.
    """

    def __init__(
        self,
        world: SimulatedWorld,
        furniture: tuple[SceneObject, ...],
        *,
        segmented: bool,
        seed: int,
    ) -> None:
        self._world = world
        self._furniture = furniture
        self._segmented = segmented
        self._tracks = TrackState()
        self._seen = Scene(objects=())
        self._rng = np.random.default_rng(seed)

    def execute(self, call: SkillCall) -> MotionResult:
        """Executes one call on what was seen last, and drives back to the look pose."""
        before = robot_state(self._world.configuration)
        done = execute_seen(self._world, call, self._seen)
        return MotionResult(
            succeeded=done.motion_succeeded,
            reason=done.reason,
            robot_before=before,
            commanded=done.commanded,
            achieved=done.achieved,
        )

    def observe(self) -> Percept:
        """Waits for the next image and perceives it."""
        self._world.idle(_FRAME_INTERVAL_S)
        seen = self._world.observe()
        labels = seen.labels + 1 if self._segmented else None
        names = {i + 1: name for i, name in enumerate(seen.label_ids)}
        stamp_ns = round(1e9 * seen.stamp_s)
        cloud = cloud_from_depth(seen.depth_m, labels, seen.camera, _OPTICAL_FRAME, stamp_ns)
        view = CloudView(cloud, seen.camera_map, seen.camera_map)
        self._tracks, perceived = perceive(self._tracks, view, self._furniture, names=names)
        self._seen = perceived.observation.scene
        relations = symbolic_state(perceived, self._rng, names=RELATIONS.names)
        return Percept(perceived.observation, relations)
