# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``markers``: what the robot sees, expects and plans, for RViz and Foxglove."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
import sys
from typing import Any

from f2p_msgs.msg import Failure, GeneratedScenes, SceneObservation, SkillPlan, SymbolicState
from rclpy.node import Node
from rclpy.qos import QoSProfile
from visualization_msgs.msg import MarkerArray

from f2p_core.errors import InvalidInputError
from f2p_core.messages.failure import msg_to_failure
from f2p_core.messages.observation import msg_to_observation, msg_to_symbolic
from f2p_core.messages.scene import msg_to_scene
from f2p_core.messages.skills import msg_to_call
from f2p_core.observation import SceneObservation as Observation
from f2p_core.parameters import Config, parameter
from f2p_core.relations import ABOVE, INSIDE, RELATIONS
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.logs import complain
from f2p_core.ros.main import run_node
from f2p_core.ros.own_parameters import OwnParameters
from f2p_core.ros.qos import EVENTS, LATCHED, LATCHED_EVENTS
from f2p_core.symbolic import SymbolicState as State
from f2p_viz.failure import failure_markers
from f2p_viz.layer import Layer, Update
from f2p_viz.marker import Marker
from f2p_viz.particles import particle_markers
from f2p_viz.plan import plan_markers, PlannedStep
from f2p_viz.relations import facts, relation_markers
from f2p_viz.ros.marker_messages import update_to_msg
from f2p_viz.scene import scene_markers

LAYERS = ('scene', 'relations', 'particles', 'plan', 'failure')
"""Each is a topic ``markers/<layer>``."""


class MarkersConfig(Config):
    """Parameters of the node."""

    relations: tuple[str, ...] = parameter(
        (ABOVE.name, INSIDE.name), 'Relations that are drawn; all of them hide each other'
    )


class MarkersNode(Node):
    """Draws what the other nodes publish; nobody in the stack depends on it.

    When the time of the scenes jumps back (a replay that begins anew), everything drawn so far is
    taken away.

    ROS Subscriptions:
        scene (f2p_msgs/SceneObservation), relations (f2p_msgs/SymbolicState): what is seen.
        prediction (f2p_msgs/SymbolicState), plan (f2p_msgs/SkillPlan): what is expected.
        failure (f2p_msgs/Failure): the last failure.
        generated_scenes (f2p_msgs/GeneratedScenes): the particles of the scene generator.
    ROS Publishers:
        markers/scene, markers/relations, markers/particles, markers/plan, markers/failure
        (visualization_msgs/MarkerArray, latched).
    """

    def __init__(self) -> None:
        super().__init__('markers')
        self.config = OwnParameters(self, MarkersConfig).config
        for name in self.config.relations:
            RELATIONS[name]  # refuses an unknown one
        self._layers = {name: Layer() for name in LAYERS}
        self._topics = {
            name: self.create_publisher(MarkerArray, f'markers/{name}', LATCHED) for name in LAYERS
        }
        self._scene: Observation | None = None
        self._relations: State | None = None
        self._prediction: State | None = None
        self._stamp_ns = 0
        self.diagnostics = Diagnostics(self)
        self._seen = self.diagnostics.topic('scene', 'start perception')
        self._listen(SceneObservation, 'scene', LATCHED, self._show_scene)
        self._listen(SymbolicState, 'relations', LATCHED, self._take_relations)
        self._listen(SymbolicState, 'prediction', EVENTS, self._take_prediction)
        self._listen(SkillPlan, 'plan', EVENTS, self._show_plan)
        self._listen(Failure, 'failure', LATCHED_EVENTS, self._show_failure)
        self._listen(GeneratedScenes, 'generated_scenes', LATCHED, self._show_particles)

    def _listen(self, kind: Any, topic: str, qos: QoSProfile, show: Callable[[Any], None]) -> None:
        def receive(message: Any) -> None:
            try:
                show(message)
            except InvalidInputError as error:
                complain(self, f'{topic} cannot be drawn: {error}')

        self.create_subscription(kind, topic, receive, qos)

    def _show_scene(self, message: Any) -> None:
        self._seen.heard()
        observation = msg_to_observation(message)
        if observation.stamp_ns < self._stamp_ns:
            self._begin_anew()
        self._scene, self._stamp_ns = observation, observation.stamp_ns
        self._show('scene', scene_markers(observation))
        self._show_relations()

    def _take_relations(self, message: Any) -> None:
        self._relations = msg_to_symbolic(message)
        self._show_relations()

    def _take_prediction(self, message: Any) -> None:
        self._prediction = msg_to_symbolic(message)
        self._show_relations()

    def _show_relations(self) -> None:
        if self._scene is None or self._relations is None:
            return
        told = facts(self._relations, self._prediction, self.config.relations)
        self._show('relations', relation_markers(told, self._scene.scene))

    def _show_plan(self, message: Any) -> None:
        if self._scene is None:
            return  # it was made in a scene that is not known here
        steps = [
            PlannedStep(
                msg_to_call(step.call, f'plan.steps[{i}].call'),
                msg_to_scene(step.predicted_scene, f'plan.steps[{i}].predicted_scene'),
            )
            for i, step in enumerate(message.steps)
        ]
        self._show('plan', plan_markers(steps, self._scene.scene))

    def _show_failure(self, message: Any) -> None:
        self._show('failure', failure_markers(msg_to_failure(message)))

    def _show_particles(self, message: Any) -> None:
        scenes = [msg_to_scene(s, f'scenes[{i}]') for i, s in enumerate(message.scenes)]
        self._show('particles', particle_markers(scenes))

    def _begin_anew(self) -> None:
        """Takes everything away: what was drawn is of a time that has not come yet."""
        self._relations = self._prediction = None
        for name, layer in self._layers.items():
            self._publish(name, layer.clear())

    def _show(self, name: str, markers: Iterable[Marker]) -> None:
        self._publish(name, self._layers[name].show(markers))

    def _publish(self, name: str, update: Update) -> None:
        self._topics[name].publish(update_to_msg(update, self._stamp_ns))


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(MarkersNode, args=args)


if __name__ == '__main__':
    sys.exit(main())
