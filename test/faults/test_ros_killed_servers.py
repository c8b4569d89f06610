# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Each server of the graph, killed under each of its clients and started again after 2 s.

The short form is in ``test_ros_lost_servers.py`` (the mechanism) and ``test_ros_killed_robot.py``
(world and planner).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import GenerateScenes, LearnFromFailure, SimulateSkills
from f2p_msgs.msg import ErrorCode
from f2p_msgs.srv import CheckEffect, CorrectFailure, RequestLearning, ResetWorld, ReviewModel
from graph import Graph, running_graph, TIMEOUT_S, wait_for_state
from killing import in_background, KNOWN_WITHIN_S, ROOT
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rclpy.node import Node
from std_srvs.srv import Trigger

from f2p_core.files import read_failure
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import BackgroundGoal
from f2p_core.ros.waiting import ServerLostError, wait_until

pytestmark = pytest.mark.long

FAILURE = failure_to_msg(read_failure(ROOT / 'examples' / 'failure_filled_carry.json'))
SERVICES: dict[str, tuple[str, Any]] = {
    'world/reset': ('world', ResetWorld),
    'perception/forget': ('perception', Trigger),
    'request_learning': ('learner', RequestLearning),
    'review_model': ('learner', ReviewModel),
    'correct_failure': ('learner', CorrectFailure),
    'check_effect': ('failure_detector', CheckEffect),
}
"""Who serves each service, and its type."""


@pytest.fixture(scope='module')
def graph(client: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    with running_graph(client, tmp_path_factory.mktemp('graph')) as running:
        running.wait_until_ready()
        yield running


def integer(name: str, value: int) -> Parameter:
    kind = ParameterType.PARAMETER_INTEGER
    return Parameter(name=name, value=ParameterValue(type=kind, integer_value=value))


def learning(graph: Graph) -> BackgroundGoal:
    """Sends a goal of the learner whose stages take seconds each."""
    sizes = {'n_scenes': 40, 'n_calls': 20, 'gate_scenes': 40, 'gate_calls': 10}
    overrides = [integer(f'learning.{name}', value) for name, value in sizes.items()]
    goal = LearnFromFailure.Goal(failures=[FAILURE], overrides=overrides)
    caller = ActionCaller(graph.client, LearnFromFailure, 'learn_from_failure')
    graph.wait_until_ready()
    return BackgroundGoal(caller, goal, TIMEOUT_S)


@pytest.mark.parametrize('service', SERVICES)
def test_a_request(graph: Graph, service: str) -> None:
    name, kind = SERVICES[service]
    graph.wait_until_ready()
    caller = ServiceCaller(graph.client, kind, service)
    graph.nodes[name].hang()
    answer = in_background(lambda: caller.call(kind.Request(), timeout_s=TIMEOUT_S))
    graph.nodes[name].restart()
    with pytest.raises(ServerLostError, match=service):
        answer.result(KNOWN_WITHIN_S)


def test_the_detector_under_the_planner(graph: Graph) -> None:
    goal = graph.fail(may_learn=False)
    graph.nodes['failure_detector'].restart()
    result = goal.end_within(KNOWN_WITHIN_S)
    assert (result.error_code, 'check_effect' in result.error_msg) == (
        ErrorCode.PLANNER_SERVER_LOST,
        True,
    )


@pytest.mark.parametrize(
    ('name', 'action'),
    [('scene_generator', 'generate_scenes'), ('simulator', 'simulate_skills')],
)
def test_a_server_under_the_detector(graph: Graph, name: str, action: str) -> None:
    goal = graph.fail(may_learn=False)
    graph.activities[action].wait_until_busy()
    graph.nodes[name].restart()
    result = goal.end_within(KNOWN_WITHIN_S)
    assert (result.error_code, action in result.error_msg) == (
        ErrorCode.PLANNER_NO_VERDICT,
        True,
    )


def test_the_learner_under_the_planner_goes_on_with_the_run(graph: Graph) -> None:
    goal = graph.fail(may_learn=True)
    graph.activities['learn_from_failure'].wait_until_busy()
    graph.nodes['learner'].restart()
    result = goal.end()
    assert result.error_code != ErrorCode.PLANNER_SERVER_LOST, result.error_msg
    (run_id,) = result.run_ids[:1]
    assert (graph.runs / run_id / 'result.json').exists()


@pytest.mark.parametrize(
    ('name', 'state'),
    [
        ('scene_generator', LearnFromFailure.Feedback.GENERATING),
        ('simulator', LearnFromFailure.Feedback.SIMULATING),
    ],
)
def test_a_server_under_the_learner(graph: Graph, name: str, state: int) -> None:
    goal = learning(graph)
    wait_for_state(goal, state)
    graph.nodes[name].restart()
    result = goal.end_within(KNOWN_WITHIN_S)
    assert result.error_code == ErrorCode.LEARNER_SERVER_LOST, result.error_msg


def test_the_simulator_under_the_generator(graph: Graph) -> None:
    graph.wait_until_ready()
    caller = ActionCaller(graph.client, GenerateScenes, 'generate_scenes')
    goal = BackgroundGoal(caller, GenerateScenes.Goal(failure=FAILURE, scenes=200), TIMEOUT_S)
    graph.activities['simulate_skills'].wait_until_busy()
    graph.nodes['simulator'].restart()
    result = goal.end_within(KNOWN_WITHIN_S)
    assert result.error_code == ErrorCode.GENERATOR_SERVER_LOST, result.error_msg


def test_the_learner_and_the_simulator_under_a_client_of_theirs(graph: Graph) -> None:
    goal = learning(graph)
    wait_for_state(goal, LearnFromFailure.Feedback.SIMULATING)
    graph.nodes['learner'].restart()
    with pytest.raises(ServerLostError, match='learn_from_failure'):
        goal.end_within(KNOWN_WITHIN_S)
    free = ActionCaller(graph.client, SimulateSkills, 'simulate_skills')

    def is_free() -> bool:  # it has stopped what the dead learner had asked for
        answer = free.call(SimulateSkills.Goal(), timeout_s=TIMEOUT_S)
        return bool(answer.error_code == ErrorCode.SIMULATOR_INVALID_GOAL)

    wait_until(is_free, KNOWN_WITHIN_S, 'the simulator to be free')
