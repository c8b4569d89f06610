# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node markers over DDS, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.msg import (
    Failure,
    GeneratedScenes,
    PlanStep,
    SceneObservation,
    SkillPlan,
    SymbolicState,
)
from rclpy.node import Node
from visualization_msgs.msg import Marker as MarkerMsg
from visualization_msgs.msg import MarkerArray
from viz_scenes import cube, example_failure, observed, scene_of, state, TRAY

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.conversions.observation import observation_to_msg, symbolic_to_msg
from f2p_core.ros.conversions.scene import map_header, scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import EVENTS, LATCHED, LATCHED_EVENTS
from f2p_core.ros.testing import node_process, stop_process
from f2p_core.ros.waiting import Latest, wait_until
from f2p_viz.ros.markers_node import LAYERS

TIMEOUT_S = 60.0
NODE = ('-m', 'f2p_viz.ros.markers_node')
ONE, TWO = cube('object_1', 0.75, 0.45), cube('object_2', 0.85, 0.55)
INPUTS = {
    'scene': (SceneObservation, LATCHED),
    'relations': (SymbolicState, LATCHED),
    'prediction': (SymbolicState, EVENTS),
    'plan': (SkillPlan, EVENTS),
    'failure': (Failure, LATCHED_EVENTS),
    'generated_scenes': (GeneratedScenes, LATCHED),
}


class Viewer:
    """Publishes what the stack would, and keeps what a viewer would show of each layer."""

    def __init__(self, node: Node) -> None:
        self._inputs = {
            name: node.create_publisher(kind, name, qos) for name, (kind, qos) in INPUTS.items()
        }
        self._shown: dict[str, dict[tuple[str, int], Any]] = {name: {} for name in LAYERS}
        self._latest = {name: Latest[dict[tuple[str, int], Any]]() for name in LAYERS}
        for name in LAYERS:
            node.create_subscription(
                MarkerArray, f'markers/{name}', partial(self._draw, name), LATCHED
            )

    def publish(self, name: str, message: Any) -> None:
        publisher, what = self._inputs[name], f'a reader of {name}'
        wait_until(lambda: publisher.get_subscription_count() > 0, TIMEOUT_S, what)
        publisher.publish(message)

    def wait(self, name: str, accept: Callable[[dict[tuple[str, int], Any]], bool]) -> Any:
        return self._latest[name].wait(accept, TIMEOUT_S, f'markers/{name}')

    def _draw(self, name: str, message: Any) -> None:
        shown = self._shown[name]
        for marker in message.markers:
            assert marker.header.frame_id == 'map'
            if marker.action == MarkerMsg.DELETEALL:
                shown.clear()
            elif marker.action == MarkerMsg.DELETE:
                shown.pop((marker.ns, marker.id), None)
            else:
                shown[marker.ns, marker.id] = marker
        self._latest[name].put(dict(shown))


@pytest.fixture
def viewer() -> Iterator[Viewer]:
    with own_network(), BackgroundNode('viewer') as node, node_process(NODE) as process:
        yield Viewer(node)
        assert stop_process(process)[0] == 0


def scene_message(*objects: Any, stamp_ns: int) -> Any:
    return observation_to_msg(observed(scene_of(*objects), stamp_ns=stamp_ns))


def test_objects_come_and_go(viewer: Viewer) -> None:
    viewer.publish('scene', scene_message(ONE, TWO, stamp_ns=1))
    shown = viewer.wait('scene', lambda s: ('object_2', 0) in s)
    assert shown['object_1', 0].pose.position.x == ONE.pose_map.position_m[0]
    assert shown['object_1', 0].type == MarkerMsg.CUBE
    assert shown['object_1/name', 0].text == 'object_1'
    viewer.publish('scene', scene_message(TWO, stamp_ns=2))
    viewer.wait('scene', lambda s: ('object_2', 0) in s and ('object_1', 0) not in s)


def test_a_viewer_that_comes_late_sees_everything(viewer: Viewer) -> None:
    viewer.publish('scene', scene_message(ONE, stamp_ns=1))
    viewer.wait('scene', lambda s: ('object_1', 0) in s)
    with BackgroundNode('late') as node:
        Viewer(node).wait('scene', lambda s: ('object_1', 0) in s)


def test_predicted_against_observed(viewer: Viewer) -> None:
    ids = scene_of(TRAY, ONE).object_ids
    holding = ('inside', 'object_1', 'container')
    viewer.publish('scene', scene_message(TRAY, ONE, stamp_ns=1))
    viewer.publish('relations', symbolic_to_msg(state(ids, holding)))
    viewer.wait('relations', lambda s: ('object_1', 0) in s)
    viewer.publish('prediction', symbolic_to_msg(state(ids)))
    shown = viewer.wait('relations', lambda s: ('object_1', 1) in s)
    assert shown['object_1', 1].text == 'object_1: inside container, not predicted'
    assert ('object_1', 0) not in shown
    viewer.publish('relations', symbolic_to_msg(state(ids)))
    viewer.wait('relations', lambda s: not s)


def test_plan_failure_and_particles(viewer: Viewer) -> None:
    failure = example_failure()
    before, after = failure.before.scene, failure.after.scene
    viewer.publish('scene', observation_to_msg(failure.before))
    viewer.wait('scene', lambda s: ('container', 0) in s)
    step = PlanStep(call=call_to_msg(failure.call), predicted_scene=scene_to_msg(after))
    viewer.publish('plan', SkillPlan(header=map_header(1), steps=[step]))
    shown = viewer.wait('plan', lambda s: ('step_1', 0) in s)
    assert shown['step_1', 0].text == '1. pick_place container → table_b'
    viewer.publish('failure', failure_to_msg(failure))
    shown = viewer.wait('failure', lambda s: ('failure', 0) in s)
    assert failure.violated[0].in_words() in shown['failure', 0].text
    scenes = [scene_to_msg(before), scene_to_msg(after)]
    viewer.publish('generated_scenes', GeneratedScenes(header=map_header(1), scenes=scenes))
    shown = viewer.wait('particles', lambda s: ('container', 0) in s)
    assert len(shown['container', 0].points) == 2 * 24


def test_everything_goes_when_the_time_jumps_back(viewer: Viewer) -> None:
    failure = example_failure()
    viewer.publish('scene', observation_to_msg(failure.before))
    viewer.publish('failure', failure_to_msg(failure))
    viewer.wait('scene', lambda s: ('container', 0) in s)
    viewer.wait('failure', bool)
    viewer.publish('scene', scene_message(ONE, stamp_ns=1))
    viewer.wait('failure', lambda s: not s)
    viewer.wait('scene', lambda s: ('object_1', 0) in s and ('container', 0) not in s)


def test_what_cannot_be_read_is_not_drawn_and_the_node_lives_on(viewer: Viewer) -> None:
    bad = scene_message(TRAY, stamp_ns=2)
    bad.header.frame_id = 'camera'
    viewer.publish('scene', scene_message(ONE, stamp_ns=1))
    viewer.wait('scene', lambda s: ('object_1', 0) in s)
    viewer.publish('scene', bad)
    viewer.publish('scene', scene_message(TWO, stamp_ns=3))
    shown = viewer.wait('scene', lambda s: ('object_2', 0) in s)
    assert ('container', 0) not in shown


def test_an_unknown_relation_is_refused_at_the_start() -> None:
    with own_network(), node_process(NODE, relations=['above', 'beside']) as process:
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2
    assert "'beside'" in errors
