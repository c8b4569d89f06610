# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the node learner answers to bad input, to late neighbours and to changes of the model.

Stand-ins for generator and simulator answer as a test says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
import threading
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import FineTune, GenerateScenes, SimulateSkills
from f2p_msgs.msg import ErrorCode
from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.srv import RequestLearning
from learner_bad_goals import BAD_GOALS
from learner_bench import (
    begin,
    Bench,
    FAILURE,
    make_store,
    running_learner,
    SMALL,
    TIMEOUT_S,
)
from rclpy.node import Node

from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg, msg_to_model
from f2p_core.ros.errors import ErrorMap, NodeError
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import LATCHED_EVENTS
from f2p_core.ros.waiting import wait_until


def _of_version(wanted: int) -> Callable[[Any], bool]:
    """Whether a message names this version of the model."""
    return lambda message: bool(message.version == wanted)


class Neighbours:
    """Stand for scene generator and simulator.

    Attributes:
        models: The model each goal for calls named: two a run, for training and for the gate.
        refusal: Error code of the generator's answers, or NONE.
        may_generate: Cleared, the generator's goals last until they are cancelled.
        may_simulate: Set, the simulator refuses; until then its goals last.
    """

    def __init__(self, node: Node) -> None:
        self.models: list[Any] = []
        self.refusal = ErrorCode.NONE
        self.may_generate, self.may_simulate = threading.Event(), threading.Event()
        errors = ErrorMap(ErrorCode.GENERATOR_UNKNOWN, {})
        policy = Policy(errors, ErrorCode.GENERATOR_CANCELLED, None, {}, 1)
        serve_action(node, GenerateScenes, 'generate_scenes', self._generate, policy)
        serve_action(node, SimulateSkills, 'simulate_skills', self._simulate, policy)

    def _generate(self, goal: Any, task: Task) -> Any:
        if goal.calls_per_scene:
            self.models.append(msg_to_model(goal.model_version))
        wait_until(self.may_generate.is_set, TIMEOUT_S, 'leave', task.control)
        if self.refusal != ErrorCode.NONE:
            raise NodeError(self.refusal, 'as the test says')
        return GenerateScenes.Result(
            scenes=[goal.failure.before.scene] * goal.scenes,
            calls=[goal.failed_call] * (len(goal.given_scenes) * goal.calls_per_scene),
        )

    def _simulate(self, goal: Any, task: Task) -> Any:
        wait_until(self.may_simulate.is_set, TIMEOUT_S, 'leave', task.control)
        raise NodeError(ErrorCode.SIMULATOR_UNKNOWN, 'as the test says')


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client', threads=8) as node:
        yield node


@pytest.fixture(scope='module')
def running(client: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    directory = tmp_path_factory.mktemp('learner')
    make_store(directory)
    with running_learner(client, directory, max_waiting=0, generate_timeout_s=3.0) as bench:
        yield bench


@pytest.fixture(scope='module')
def stand_ins(client: Node) -> Neighbours:
    return Neighbours(client)


@pytest.fixture
def neighbours(stand_ins: Neighbours) -> Neighbours:
    """As every test finds them: generating at once, refusing to simulate."""
    stand_ins.models.clear()
    stand_ins.refusal = ErrorCode.NONE
    stand_ins.may_generate.set()
    stand_ins.may_simulate.set()
    return stand_ins


@pytest.fixture
def bench(running: Bench, neighbours: Neighbours) -> Iterator[Bench]:
    """Whatever a test does, it makes no model and leaves the first one active."""
    yield running
    assert (running.store.versions(), running.store.active_version()) == ((1, 2), 1)


def changed(change: Callable[[Any], object]) -> Any:
    """Returns the failure as a message after a change in place."""
    message = failure_to_msg(FAILURE)
    message.failure_id = 'changed'
    change(message)
    return message


BAD_FAILURES = {
    'schema_version is 9': changed(lambda m: setattr(m, 'schema_version', 9)),
    'schema_version is 0': changed(lambda m: setattr(m, 'schema_version', 0)),
    '.call.object_id': changed(lambda m: setattr(m.call, 'object_id', '')),
    '.failure_id': changed(lambda m: setattr(m, 'failure_id', '')),
    '.before.cloud_sizes': changed(lambda m: m.before.scene.objects.pop()),
    '.relations_before.margin': changed(lambda m: m.relations_before.margin.pop()),
    "'odom'": changed(lambda m: setattr(m.before.header, 'frame_id', 'odom')),
}


@pytest.mark.parametrize('text', BAD_FAILURES)
def test_a_bad_failure_is_refused_and_not_kept(bench: Bench, text: str) -> None:
    kept = bench.library.ids()
    result = bench.learn_from(failures=[BAD_FAILURES[text]])
    assert (result.error_code, text in result.error_msg) == (
        ErrorCode.LEARNER_INVALID_FAILURE,
        True,
    ), result.error_msg
    request = RequestLearning.Request(failure=BAD_FAILURES[text])
    answer = bench.request.call(request, timeout_s=TIMEOUT_S)
    assert (answer.accepted, answer.error_code) == (False, ErrorCode.LEARNER_INVALID_FAILURE)
    assert bench.library.ids() == kept


def test_a_bad_failure_on_the_topic_is_passed_over(bench: Bench) -> None:
    publisher = bench.node.create_publisher(FailureMsg, 'failure', LATCHED_EVENTS)
    publisher.publish(BAD_FAILURES['schema_version is 9'])
    publisher.publish(failure_to_msg(FAILURE.model_copy(update={'failure_id': 'good'})))
    wait_until(lambda: 'good' in bench.library.ids(), TIMEOUT_S, 'the good one')
    assert 'changed' not in bench.library.ids()


def test_a_failure_of_the_library_is_not_overwritten(bench: Bench) -> None:
    bench.library.add(FAILURE)
    evidence = FAILURE.evidence.model_copy(update={'replays': FAILURE.evidence.replays + 1})
    other = FAILURE.model_copy(update={'evidence': evidence})
    result = bench.learn_from(failures=[failure_to_msg(other)])
    assert result.error_code == ErrorCode.LEARNER_INVALID_FAILURE
    assert 'holds another failure with the id' in result.error_msg
    kept = bench.library.get(FAILURE.failure_id)
    assert kept.model_dump_json() == FAILURE.model_dump_json()


@pytest.mark.parametrize(('goal', 'code', 'text'), BAD_GOALS)
def test_bad_goal_is_refused_with_code_and_message(
    bench: Bench, goal: dict[str, Any], code: int, text: str
) -> None:
    result = bench.learn_from(**goal)
    assert (result.error_code, text in result.error_msg) == (code, True), result.error_msg


def test_bad_requests_of_services(bench: Bench) -> None:
    unknown = bench.activated(99)
    assert (unknown.error_code, '99' in unknown.error_msg) == (ErrorCode.LEARNER_NO_MODEL, True)
    nobody = bench.request.call(RequestLearning.Request(failure_id='nobody'), timeout_s=TIMEOUT_S)
    assert (nobody.accepted, nobody.error_code) == (False, ErrorCode.LEARNER_UNKNOWN_FAILURE)
    for dataset, code in (
        (str(bench.directory / 'none'), ErrorCode.LEARNER_INVALID_GOAL),
        (str(bench.directory / '..' / '..' / 'none'), ErrorCode.LEARNER_FORBIDDEN_PATH),
    ):
        answer = bench.fine_tune.call(FineTune.Goal(dataset=dataset), timeout_s=TIMEOUT_S)
        assert (answer.error_code, 'none' in answer.error_msg) == (code, True)


def test_a_missing_bag_is_named(bench: Bench) -> None:
    result = bench.learn_from(bag=str(bench.directory / 'bag'))
    assert result.error_code == ErrorCode.LEARNER_INVALID_BAG
    assert str(bench.directory / 'bag') in result.error_msg


def test_a_model_activated_on_the_command_line_is_announced(bench: Bench) -> None:
    for wanted in (2, 1):
        bench.store.activate(wanted)
        bench.version.wait(_of_version(wanted), TIMEOUT_S, 'the announcement')


def test_a_generator_that_is_late_has_a_code_of_its_own(
    bench: Bench, neighbours: Neighbours
) -> None:
    neighbours.may_generate.clear()
    result = bench.learn_from(failures=[failure_to_msg(FAILURE)])
    assert result.error_code == ErrorCode.LEARNER_GENERATION_FAILED
    assert result.error_msg == 'the result of generate_scenes did not come within 3 s'


def test_a_refusal_of_the_generator_comes_through(bench: Bench, neighbours: Neighbours) -> None:
    neighbours.refusal = ErrorCode.GENERATOR_DIVERGED
    result = bench.learn_from(failures=[failure_to_msg(FAILURE)])
    assert result.error_code == ErrorCode.LEARNER_GENERATION_FAILED
    assert result.error_msg == 'generate_scenes: as the test says'
    assert Path(result.run_directory) == bench.directory / 'runs' / result.run_id
    assert list(Path(result.run_directory).iterdir())


def test_a_refusal_of_the_simulator_comes_through(bench: Bench) -> None:
    result = bench.learn_from(failures=[failure_to_msg(FAILURE)])
    assert result.error_code == ErrorCode.LEARNER_SIMULATION_FAILED
    assert result.error_msg == 'simulate_skills: as the test says'


def test_a_goal_beyond_the_queue_is_refused(bench: Bench, neighbours: Neighbours) -> None:
    neighbours.may_simulate.clear()
    first = begin(bench, SMALL)
    wait_until(lambda: bool(neighbours.models), TIMEOUT_S, 'the first')
    second = bench.learn_from(failures=[failure_to_msg(FAILURE)])
    request = RequestLearning.Request(failure=failure_to_msg(FAILURE))
    third = bench.request.call(request, timeout_s=TIMEOUT_S)
    neighbours.may_simulate.set()
    assert (third.accepted, third.error_code) == (False, ErrorCode.LEARNER_QUEUE_FULL)
    assert second.error_code == ErrorCode.LEARNER_QUEUE_FULL
    assert 'queue' in second.error_msg
    assert first.end().error_code == ErrorCode.LEARNER_SIMULATION_FAILED


def test_models_are_activated_and_brought_back(bench: Bench) -> None:
    for wanted, previous in ((2, 1), (1, 2)):
        answer = bench.activated(wanted)
        assert (answer.error_code, answer.previous.version) == (ErrorCode.NONE, previous)
        bench.version.wait(_of_version(wanted), TIMEOUT_S, 'the announcement')


def test_a_model_activated_during_a_run_serves_the_next(
    bench: Bench, neighbours: Neighbours
) -> None:
    neighbours.may_simulate.clear()
    first = begin(bench, SMALL)
    wait_until(lambda: bool(neighbours.models), TIMEOUT_S, 'the first')
    assert bench.activated(2).error_code == ErrorCode.NONE
    neighbours.may_simulate.set()
    assert first.end().error_code == ErrorCode.LEARNER_SIMULATION_FAILED
    bench.learn_from(failures=[failure_to_msg(FAILURE)])
    bench.activated(1)
    assert [m.version for m in neighbours.models] == [1, 1, 2, 2]


@pytest.mark.parametrize('damage', ['cut short', 'of another model'])
def test_a_damaged_model_is_not_activated(bench: Bench, damage: str) -> None:
    models: Path = bench.store.directory
    weights = models / 'v0002' / 'weights.safetensors'
    other = models / 'v0001' / 'weights.safetensors'
    whole = weights.read_bytes()
    try:
        weights.write_bytes(
            whole[: len(whole) // 2] if damage == 'cut short' else other.read_bytes()
        )
        answer = bench.activated(2)
    finally:
        weights.write_bytes(whole)
    assert answer.error_code == ErrorCode.LEARNER_DAMAGED
    assert 'v0002/weights.safetensors' in answer.error_msg
