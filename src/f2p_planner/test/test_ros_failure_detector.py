# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node failure_detector over DDS, between stand-ins for its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import GenerateScenes, SimulateSkills
from f2p_msgs.msg import ErrorCode
from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.srv import CheckEffect
from planner_kinematics import after, KinematicModel, KinematicSimulator
from planner_scenes import goal_t1, HOME, model_state, observation, relations_of, still, transport
from rclpy.node import Node
from ros_neighbours import Camera, serve

from f2p_core.failure import FailureKind
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import msg_to_failure
from f2p_core.ros.conversions.observation import observation_to_msg, symbolic_to_msg
from f2p_core.ros.conversions.scene import msg_to_scene, robot_to_msg, scene_to_msg
from f2p_core.ros.conversions.skills import goal_to_msg, motion_to_msg, msg_to_call
from f2p_core.ros.conversions.time import time_to_msg
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import LATCHED_EVENTS
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import node_process, stop_process, wait_active
from f2p_core.ros.waiting import Latest
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_planner.plans import evaluate_plan, Situation
from f2p_planner.replay_scenes import jittered_scenes
from f2p_planner.ros.plans import plan_to_msg
from f2p_sim.ros.rollouts import rollouts_to_msg
from f2p_tasks.tabletop import CONTAINER, TABLE_B

TIMEOUT_S = 60.0
SCENE_TIMEOUT_S = 3.0
BEFORE = transport(2, 0)
CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
)
STAYED, RODE = after(BEFORE, CARRY, rides=False), after(BEFORE, CARRY, rides=True)
"""What the model predicts of the carry, and what happens."""


class Bench(NamedTuple):
    """The client's side of the node under test."""

    camera: Camera
    check: ServiceCaller
    failures: Latest[Any]

    def verdict_on(self, seen: Scene, **changes: Any) -> Any:
        """Asks about a carry after which the scene looks as given."""
        ended = time_to_msg(self.camera.show(seen))
        return self.ask(ended=ended, **changes)

    def ask(self, **changes: Any) -> Any:
        return self.check.call(request(**changes), timeout_s=TIMEOUT_S)


def request(**changes: Any) -> Any:
    goal = goal_t1(BEFORE)
    situation = Situation(BEFORE, model_state(BEFORE))
    model = KinematicModel(BEFORE, rides=False)
    plan = evaluate_plan(goal, situation, model, [CARRY], threshold=0.9)
    values = {
        'plan': plan_to_msg(plan, 'the-plan', 0),
        'goal': goal_to_msg(goal),
        'before': observation_to_msg(observation(BEFORE)),
        'relations_before': symbolic_to_msg(relations_of(BEFORE)),
        'robot_before': robot_to_msg(HOME),
        'commanded': motion_to_msg(still()),
        'achieved': motion_to_msg(still()),
        'motion_succeeded': True,
    }
    return CheckEffect.Request(**(values | changes))


class Replays:
    """Stands for scene generator and simulator, whose physics lets the content ride along."""

    def __init__(self, node: Node) -> None:
        self.scenes = 24
        serve(node, GenerateScenes, 'generate_scenes', self._generate)
        serve(node, SimulateSkills, 'simulate_skills', self._simulate)

    def _generate(self, goal: Any, _: object) -> Any:
        if not self.scenes:
            return GenerateScenes.Result(
                error_code=ErrorCode.GENERATOR_NO_MODEL, error_msg='no model with that digest'
            )
        before = msg_to_scene(goal.failure.before.scene)
        drawn = jittered_scenes(before, self.scenes, np.random.default_rng(0))
        return GenerateScenes.Result(scenes=[scene_to_msg(s) for s in drawn])

    def _simulate(self, goal: Any, _: object) -> Any:
        scenes = [msg_to_scene(goal.scenes[i]) for i in goal.scene_index]
        calls = [msg_to_call(goal.calls[i]) for i in goal.call_index]
        rollouts = KinematicSimulator(rides=True).simulate(scenes, calls, seed=0)
        return SimulateSkills.Result(
            rollouts=rollouts_to_msg(rollouts, goal.scene_index, goal.call_index)
        )


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client', threads=6) as node:
        yield node


@pytest.fixture(scope='module')
def replays(client: Node) -> Replays:
    return Replays(client)


@pytest.fixture(scope='module')
def bench(client: Node, replays: Replays) -> Iterator[Bench]:
    detector = ('-m', 'f2p_planner.ros.failure_detector_node')
    with node_process(detector, scene_timeout_s=SCENE_TIMEOUT_S) as process:
        wait_active(client, 'failure_detector')
        failures: Latest[Any] = Latest()
        client.create_subscription(FailureMsg, 'failure', failures.put, LATCHED_EVENTS)
        yield Bench(
            Camera(client, BEFORE), ServiceCaller(client, CheckEffect, 'check_effect'), failures
        )
        assert stop_process(process)[0] == 0


def published(bench: Bench, answer: Any) -> Any:
    assert answer.verdict == CheckEffect.Response.FAILED, answer.error_msg
    message = bench.failures.wait(
        lambda m: m.failure_id == answer.failure_id, TIMEOUT_S, 'the failure'
    )
    return msg_to_failure(message)


def test_what_was_predicted_is_confirmed(bench: Bench) -> None:
    before = bench.failures.get()
    answer = bench.verdict_on(STAYED)
    assert (answer.error_code, answer.error_msg) == (ErrorCode.NONE, '')
    assert (answer.verdict, answer.failure_id) == (CheckEffect.Response.AS_PREDICTED, '')
    assert answer.relations_observed.object_ids == list(BEFORE.object_ids)
    assert bench.failures.get() is before


def test_a_confident_prediction_that_replays_refute_is_incorrect(bench: Bench) -> None:
    failure = published(bench, bench.verdict_on(RODE))
    assert failure.kind == FailureKind.INCORRECT_SYMBOLIC_PREDICTION
    assert (failure.evidence.replays, failure.evidence.like_observed) == (24, 24)
    assert ('above', 'object_1') in {(v.relation, v.subject_id) for v in failure.violated}
    assert failure.call == CARRY


def test_a_failed_motion_is_a_failure_of_the_motion(bench: Bench) -> None:
    answer = bench.verdict_on(RODE, motion_succeeded=False, motion_error='grasp_missed')
    assert published(bench, answer).kind == FailureKind.MOTION_FAILURE


def test_without_scenes_to_replay_in_there_is_no_verdict(bench: Bench, replays: Replays) -> None:
    replays.scenes = 0
    answer = bench.verdict_on(RODE)
    replays.scenes = 24
    assert answer.error_code == ErrorCode.DETECTOR_NO_REPLAY
    assert 'no model with that digest' in answer.error_msg


def test_without_a_frame_after_the_skill_there_is_no_verdict(bench: Bench) -> None:
    answer = bench.ask(ended=time_to_msg(10**18))
    assert answer.error_code == ErrorCode.DETECTOR_NO_SCENE
    assert 'an observation stamped 1000000000.300 s or later' in answer.error_msg


def changed(change: Callable[[Any], None]) -> dict[str, Any]:
    """Returns the fields of a request after a change in place."""
    message = request()
    change(message)
    return {name: getattr(message, name) for name in ('plan', 'goal', 'before', 'step')}


def rename(entries: Any, field: str, name: str) -> None:
    setattr(entries[0], field, name)


BAD = {
    'step is 1; the plan has 1 steps': lambda m: setattr(m, 'step', 1),
    "'teapot'": lambda m: rename(m.goal.literals, 'subject_id', 'teapot'),
    "relation 'beside'": lambda m: rename(m.goal.literals, 'relation', 'beside'),
    "unknown skill 'juggle'": lambda m: setattr(m.plan.steps[0].call, 'skill', 'juggle'),
    'plan.steps[0].predicted.probability': lambda m: m.plan.steps[0].predicted.probability.pop(),
    "'odom'": lambda m: setattr(m.before.header, 'frame_id', 'odom'),
    'literals': lambda m: setattr(m.goal, 'literals', []),
}


@pytest.mark.parametrize('text', BAD)
def test_bad_request_is_answered_with_code_and_message(bench: Bench, text: str) -> None:
    before = bench.failures.get()
    answer = bench.verdict_on(RODE, **changed(BAD[text]))
    assert (answer.error_code, text in answer.error_msg) == (
        ErrorCode.DETECTOR_INVALID_REQUEST,
        True,
    ), answer.error_msg
    assert bench.verdict_on(STAYED).verdict == CheckEffect.Response.AS_PREDICTED
    assert bench.failures.get() is before


def test_a_scene_that_lacks_a_predicted_object_is_named(bench: Bench) -> None:
    objects = tuple(o for o in STAYED.objects if o.object_id != 'object_2')
    answer = bench.verdict_on(Scene(objects=objects))
    assert answer.error_code == ErrorCode.DETECTOR_INVALID_REQUEST
    assert "no object 'object_2'" in answer.error_msg
