# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node world over DDS, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import threading
from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import ExecuteSkill
from f2p_msgs.msg import ErrorCode
from f2p_msgs.msg import Scene as SceneMsg
from f2p_msgs.srv import ResetWorld
from rclpy.node import Node
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, JointState, PointCloud2

from f2p_core.batch import stack_scenes
from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_core.pose import upright_pose
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.clouds import msg_to_points
from f2p_core.ros.conversions.images import msg_to_depth_m, msg_to_labels
from f2p_core.ros.conversions.scene import msg_to_object, msg_to_scene, scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg, msg_to_motion
from f2p_core.ros.conversions.time import msg_to_time_ns
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import CLOCK_OUT, CLOUD_IN, EVENTS, LATCHED
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import BackgroundGoal, node_process, stop_process
from f2p_core.ros.tf import transform_lookup, TransformLookup
from f2p_core.ros.tf_buffer import TransformError
from f2p_core.ros.waiting import Latest, wait_until
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig

TIMEOUT_S = 60.0
START = sample_tabletop(TabletopConfig(inside=2), np.random.default_rng(3))
CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.1, 0.2)
)


def _another(shape: Any) -> Callable[[Any], bool]:
    """Whether the third object of a scene message has another shape than this."""
    return lambda message: bool(message.objects[2].shape != shape)


class Bench(NamedTuple):
    """The client's side of the node under test."""

    node: Node
    execute: ActionCaller
    reset: ServiceCaller
    truth: Latest[Any]
    clock: Latest[Any]
    transforms: TransformLookup

    def restart(self, scene: Scene = START) -> Any:
        """Resets the world and returns the first truth after it."""
        before = self.truth.wait(lambda _: True, TIMEOUT_S, 'the truth')
        request = ResetWorld.Request(scene=scene_to_msg(scene))

        def is_reset() -> bool:  # a cancelled skill may still be putting back what it held
            answer = self.reset.call(request, timeout_s=TIMEOUT_S)
            assert answer.error_code in (ErrorCode.NONE, ErrorCode.EXECUTOR_BUSY), answer.error_msg
            return bool(answer.error_code == ErrorCode.NONE)

        wait_until(is_reset, TIMEOUT_S, 'the world to be free')
        return self.truth.wait(
            lambda m: stamp_ns(m) > stamp_ns(before), TIMEOUT_S, 'the truth after the reset'
        )

    def goal(self, call: SkillCall) -> Any:
        """Returns a goal with what an ideal observer would see now."""
        observed = self.truth.wait(lambda _: True, TIMEOUT_S, 'the truth')
        return ExecuteSkill.Goal(call=call_to_msg(call), scene=observed)


def stamp_ns(message: Any) -> int:
    return msg_to_time_ns(message.header.stamp)


def above(scene: Scene, a: str, b: str) -> bool:
    margins = relation_margins(stack_scenes([scene]))[0]
    return bool(margins[RELATION_NAMES.index('above'), scene.index(a), scene.index(b)] >= 0)


def listen(node: Node, kind: Any, topic: str, qos: Any) -> Latest[Any]:
    latest: Latest[Any] = Latest()
    node.create_subscription(kind, topic, latest.put, qos)
    return latest


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        yield node


@pytest.fixture(scope='module')
def bench(client: Node) -> Iterator[Bench]:
    # Slow enough that a skill is still running when something else is sent.
    options = {'objects': 2, 'seed': 3, 'real_time_factor': 3.0}
    with node_process(('-m', 'f2p_sim.ros.world_node'), **options) as process:
        made = Bench(
            client,
            ActionCaller(client, ExecuteSkill, 'execute_skill'),
            ServiceCaller(client, ResetWorld, 'world/reset'),
            listen(client, SceneMsg, 'world/truth', LATCHED),
            listen(client, Clock, '/clock', CLOCK_OUT),
            transform_lookup(client),
        )
        made.truth.wait(lambda _: True, TIMEOUT_S, 'the truth')
        yield made
        assert stop_process(process)[0] == 0


def test_time_passes_and_joints_are_published(bench: Bench) -> None:
    joints = listen(bench.node, JointState, 'joint_states', EVENTS)
    first = bench.clock.wait(lambda _: True, TIMEOUT_S, 'the clock').clock
    bench.clock.wait(
        lambda m: msg_to_time_ns(m.clock) > msg_to_time_ns(first), TIMEOUT_S, 'a later time'
    )
    state = joints.wait(lambda _: True, TIMEOUT_S, 'joint states')
    assert len(state.name) == len(state.position) == 13


def test_camera_sees_the_objects_where_they_are(bench: Bench) -> None:
    bench.restart()
    points = listen(bench.node, PointCloud2, 'points', CLOUD_IN)
    cloud = points.wait(lambda _: True, TIMEOUT_S, 'a cloud')
    found: list[Any] = []

    def look() -> bool:
        try:
            found.append(bench.transforms.lookup('map', cloud.header.frame_id, stamp_ns(cloud)))
        except TransformError:
            return False
        return True

    wait_until(look, TIMEOUT_S, 'the transform of the camera at the stamp')
    unpacked = msg_to_points(cloud)
    assert unpacked.instance is not None
    truth = msg_to_scene(bench.truth.get())
    for object_id, label in ((CONTAINER, 1000), ('object_1', 1), ('object_2', 2)):
        own = unpacked.xyz[unpacked.instance == label].astype(float)
        middle = found[0].to_parent(own).mean(axis=0)
        centre = truth.object(object_id).pose_map.position_m
        assert len(own) > 30
        assert np.linalg.norm(middle[:2] - centre[:2]) < 0.12
    tables = found[0].to_parent(unpacked.xyz[unpacked.instance == 0].astype(float))
    assert np.nanpercentile(np.abs(tables[:, 2] - 0.7), 30) < 0.01


def test_depth_images_agree_with_each_other(bench: Bench) -> None:
    kinds = {'depth': Image, 'labels': Image, 'camera_info': CameraInfo}
    came: dict[str, dict[int, Any]] = {topic: {} for topic in kinds}

    def keep(topic: str) -> Callable[[Any], None]:
        return lambda message: came[topic].update({stamp_ns(message): message})

    def complete() -> set[int]:
        return set.intersection(*(set(messages) for messages in came.values()))

    for topic, kind in kinds.items():
        bench.node.create_subscription(kind, topic, keep(topic), CLOUD_IN)
    # Topics are matched one after the other, so the first images may come alone.
    wait_until(lambda: bool(complete()), TIMEOUT_S, 'images of one moment')
    depth, labels, camera = (came[topic][min(complete())] for topic in kinds)
    assert (camera.width, camera.height) == (depth.width, depth.height)
    assert set(np.unique(msg_to_labels(labels))) == {0, 1, 2, 1000}
    assert 0.5 < np.median(msg_to_depth_m(depth)) < 4.0


def test_a_skill_is_executed_and_reported(bench: Bench) -> None:
    before = bench.restart()
    states: list[int] = []
    result = bench.execute.call(
        bench.goal(CARRY), timeout_s=TIMEOUT_S, on_feedback=lambda f: states.append(f.state)
    )
    assert (result.error_code, result.error_msg) == (ErrorCode.NONE, '')
    assert stamp_ns(before) <= msg_to_time_ns(result.started) < msg_to_time_ns(result.ended)
    commanded, achieved = msg_to_motion(result.commanded), msg_to_motion(result.achieved)
    assert commanded.position.shape == achieved.position.shape
    assert np.abs(commanded.position - achieved.position).mean() < 0.05
    assert ExecuteSkill.Feedback.ACTING in states
    after = bench.truth.wait(
        lambda m: stamp_ns(m) >= msg_to_time_ns(result.ended), TIMEOUT_S, 'the truth afterwards'
    )
    scene = msg_to_scene(after)
    assert above(scene, CONTAINER, TABLE_B)
    assert above(scene, 'object_1', TABLE_B)  # what lies in it rides along


def bad_goals() -> Iterator[tuple[Any, int, str]]:
    observed = scene_to_msg(START)
    invalid = ErrorCode.EXECUTOR_INVALID_CALL
    unknown = call_to_msg(CARRY)
    unknown.object_id = 'teapot'
    yield ExecuteSkill.Goal(call=unknown, scene=observed), invalid, "no object 'teapot'"
    wild = call_to_msg(CARRY)
    wild.parameters[1] = 4.0
    yield ExecuteSkill.Goal(call=wild, scene=observed), invalid, 'y_m = 4'
    juggle = call_to_msg(CARRY)
    juggle.skill = 'juggle'
    yield ExecuteSkill.Goal(call=juggle, scene=observed), invalid, "unknown skill 'juggle'"
    table = call_to_msg(CARRY)
    table.object_id = TABLE_A
    yield ExecuteSkill.Goal(call=table, scene=observed), invalid, TABLE_A
    moved = scene_to_msg(START)
    moved.objects[2].pose.position.x += 1.0
    goal = ExecuteSkill.Goal(call=call_to_msg(CARRY), scene=moved)
    yield goal, ErrorCode.EXECUTOR_NO_GRASP, 'not_there: there is nothing like'


@pytest.mark.parametrize(('goal', 'code', 'text'), list(bad_goals()))
def test_bad_call_is_refused_and_nothing_moves(
    bench: Bench, goal: Any, code: int, text: str
) -> None:
    bench.restart()
    result = bench.execute.call(goal, timeout_s=TIMEOUT_S)
    assert (result.error_code, text in result.error_msg) == (code, True), result.error_msg


def test_one_skill_at_a_time_and_no_reset_meanwhile(bench: Bench) -> None:
    bench.restart()
    first = BackgroundGoal(bench.execute, bench.goal(CARRY), TIMEOUT_S)
    first.wait_for_feedback()
    second = bench.execute.call(bench.goal(CARRY), timeout_s=TIMEOUT_S)
    reset = bench.reset.call(ResetWorld.Request(seed=1), timeout_s=TIMEOUT_S)
    assert second.error_code == reset.error_code == ErrorCode.EXECUTOR_BUSY
    assert 'cancel it first' in reset.error_msg
    assert first.end().error_code == ErrorCode.NONE


def test_cancel_stops_the_robot_and_the_next_skill_runs(bench: Bench) -> None:
    bench.restart()
    stop = threading.Event()
    with pytest.raises(CancelledError):
        assert not bench.execute.call(  # a failure then tells what it returned
            bench.goal(CARRY),
            timeout_s=TIMEOUT_S,
            control=Control(should_stop=stop.is_set),
            on_feedback=lambda _: stop.set(),
        )
    bench.restart()
    assert bench.execute.call(bench.goal(CARRY), timeout_s=TIMEOUT_S).error_code == ErrorCode.NONE


def test_reset_to_a_scene_that_interpenetrates_changes_nothing(bench: Bench) -> None:
    before = bench.restart()
    sunk = tuple(
        o.model_copy(update={'pose_map': upright_pose(*o.pose_map.position_m[:2], 0.68)})
        if o.object_id == CONTAINER
        else o
        for o in START.objects
    )
    bad = scene_to_msg(START.model_copy(update={'objects': sunk}))
    answer = bench.reset.call(ResetWorld.Request(scene=bad), timeout_s=TIMEOUT_S)
    assert answer.error_code == ErrorCode.EXECUTOR_INVALID_SCENE
    assert 'overlap' in answer.error_msg
    later = bench.truth.wait(lambda m: stamp_ns(m) > stamp_ns(before), TIMEOUT_S, 'the truth')
    there = msg_to_scene(later).object(CONTAINER).pose_map.position_m
    assert there == pytest.approx(START.object(CONTAINER).pose_map.position_m, abs=0.01)


def test_the_same_seed_draws_the_same_scene(bench: Bench) -> None:
    seen = []
    for _ in range(2):
        old_shape = bench.restart().objects[2].shape
        answer = bench.reset.call(ResetWorld.Request(seed=11), timeout_s=TIMEOUT_S)
        assert answer.error_code == ErrorCode.NONE
        changed = bench.truth.wait(_another(old_shape), TIMEOUT_S, 'the new scene')
        seen.append([msg_to_object(o) for o in changed.objects])
        bench.restart()
    assert seen[0] == seen[1]


def test_cloud_without_labels(client: Node) -> None:
    points = listen(client, PointCloud2, 'plain/points', CLOUD_IN)
    with node_process(
        ('-m', 'f2p_sim.ros.world_node'), '-r', '__ns:=/plain', '-r', '/clock:=/plain/clock',
        instance=False,
    ) as process:  # fmt: skip
        cloud = points.wait(lambda _: True, TIMEOUT_S, 'a cloud')
        assert stop_process(process)[0] == 0
    assert msg_to_points(cloud).instance is None
