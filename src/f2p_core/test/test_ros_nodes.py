# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node library over real DDS: a node in its own process, a client here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import signal
import threading
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import FineTune
from f2p_msgs.msg import ErrorCode
from f2p_msgs.srv import ReviewModel
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import DescribeParameters
from rclpy.action import ActionServer, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_core.ros import action_client
from f2p_core.ros.action_client import ActionCaller, check_result
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.errors import NodeError
from f2p_core.ros.network import own_network
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import BackgroundGoal, node_process, stop_process, wait_active
from f2p_core.ros.waiting import DeadlineError, wait_until

SCRIPT = (str(Path(__file__).parent / 'counting_node.py'),)
TIMEOUT_S = 20.0


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        yield node


@pytest.fixture(scope='module')
def counter(client: Node) -> Iterator[ActionCaller]:
    with node_process(SCRIPT) as process:
        wait_active(client, 'counter')
        yield ActionCaller(client, FineTune, 'count')
        assert stop_process(process, signal.SIGTERM)[0] == 0


def override(name: str, **value: Any) -> Parameter:
    return Parameter(name=name, value=ParameterValue(**value))


def ticks(count: int) -> Parameter:
    return override('ticks', type=ParameterType.PARAMETER_INTEGER, integer_value=count)


def test_goal_succeeds_with_feedback_first_and_last(counter: ActionCaller) -> None:
    seen: list[Any] = []
    result = counter.call(FineTune.Goal(), timeout_s=TIMEOUT_S, on_feedback=seen.append)
    assert (result.error_code, result.run_id) == (ErrorCode.NONE, '10')
    assert [seen[0].progress.done, seen[-1].progress.done] == [1, 10]
    assert seen[0].state == FineTune.Feedback.TRAINING


def test_no_answer_is_lost(counter: ActionCaller) -> None:
    for _ in range(100):
        goal = FineTune.Goal(overrides=[ticks(1)])
        assert counter.call(goal, timeout_s=TIMEOUT_S).run_id == '1'


def test_feedback_is_bounded(counter: ActionCaller) -> None:
    seen: list[Any] = []
    goal = FineTune.Goal(overrides=[ticks(50)])
    counter.call(goal, timeout_s=TIMEOUT_S, on_feedback=seen.append)
    assert len(seen) < 25  # 50 counts, but at most five messages a second, first and last


def test_bad_override_is_answered_with_code_and_message(counter: ActionCaller) -> None:
    result = counter.call(FineTune.Goal(overrides=[ticks(0)]), timeout_s=TIMEOUT_S)
    assert result.error_code == ErrorCode.LEARNER_INVALID_GOAL
    assert 'ticks = 0 is outside [1, 10000]' in result.error_msg
    with pytest.raises(NodeError, match='ticks = 0'):
        check_result(result, 'count')


def test_unknown_override_is_refused(counter: ActionCaller) -> None:
    result = counter.call(
        FineTune.Goal(overrides=[override('tocks', type=ParameterType.PARAMETER_BOOL)]),
        timeout_s=TIMEOUT_S,
    )
    assert "'tocks' is not a parameter" in result.error_msg


def test_the_owners_parameters_are_not_a_goals_to_change(counter: ActionCaller) -> None:
    goal = FineTune.Goal(overrides=[override('autostart', type=ParameterType.PARAMETER_BOOL)])
    result = counter.call(goal, timeout_s=TIMEOUT_S)
    assert result.error_code == ErrorCode.LEARNER_INVALID_GOAL
    assert "'autostart' is the owner's alone; a goal may set: pace.tick_s, strict, ticks" in (
        result.error_msg
    )


@pytest.mark.parametrize(('value', 'code'), [
    (0.4, ErrorCode.LEARNER_MAY_NOT_WEAKEN), (0.5, ErrorCode.NONE), (0.6, ErrorCode.NONE),
])  # fmt: skip
def test_a_check_may_only_become_stricter(
    counter: ActionCaller, value: float, code: int
) -> None:
    strict = override('strict', type=ParameterType.PARAMETER_DOUBLE, double_value=value)
    result = counter.call(FineTune.Goal(overrides=[strict]), timeout_s=TIMEOUT_S)
    assert result.error_code == code, result.error_msg


def test_a_check_cannot_be_weakened_in_two_steps(counter: ActionCaller) -> None:
    steps = [
        override('strict', type=ParameterType.PARAMETER_DOUBLE, double_value=value)
        for value in (0.9, 0.4)
    ]
    result = counter.call(FineTune.Goal(overrides=steps), timeout_s=TIMEOUT_S)
    assert result.error_code == ErrorCode.LEARNER_MAY_NOT_WEAKEN


def test_a_parameter_of_no_known_type_is_refused_by_name(counter: ActionCaller) -> None:
    result = counter.call(FineTune.Goal(overrides=[override('ticks', type=255)]),
                          timeout_s=TIMEOUT_S)  # fmt: skip
    assert result.error_code == ErrorCode.LEARNER_INVALID_GOAL
    assert 'override ticks has the parameter type 255' in result.error_msg


def test_actions_and_services_refuse_what_is_over_a_limit(
    counter: ActionCaller, client: Node
) -> None:
    goal = FineTune.Goal(overrides=[ticks(1)] * 101)
    result = counter.call(goal, timeout_s=TIMEOUT_S)
    assert result.error_code == ErrorCode.LEARNER_OVER_LIMIT
    assert 'the length of overrides is 101; at most 100 is allowed' in result.error_msg
    caller = ServiceCaller(client, ReviewModel, 'refuse')
    response = caller.call(ReviewModel.Request(why='a' * 10_001), timeout_s=TIMEOUT_S)
    assert response.error_code == ErrorCode.LEARNER_OVER_LIMIT
    assert 'why is 10001; at most 10000 is allowed (limits.characters)' in response.error_msg


def test_nested_override_reaches_its_place(counter: ActionCaller) -> None:
    slow = override('pace.tick_s', type=ParameterType.PARAMETER_DOUBLE, double_value=2.0)
    result = counter.call(FineTune.Goal(overrides=[slow]), timeout_s=TIMEOUT_S)
    assert 'tick_s = 2 is outside [0, 1]' in result.error_msg


def test_a_bug_aborts_the_goal_and_the_node_lives_on(counter: ActionCaller) -> None:
    result = counter.call(FineTune.Goal(dataset='bug'), timeout_s=TIMEOUT_S)
    assert (result.error_code, result.error_msg) == (ErrorCode.LEARNER_UNKNOWN, 'a bug')
    assert counter.call(FineTune.Goal(), timeout_s=TIMEOUT_S).error_code == ErrorCode.NONE


def test_cancel_then_busy_then_again(counter: ActionCaller) -> None:
    long = BackgroundGoal(counter, FineTune.Goal(overrides=[ticks(10_000)]), TIMEOUT_S)
    long.wait_for_feedback()
    busy = counter.call(FineTune.Goal(), timeout_s=TIMEOUT_S)
    long.cancel.set()
    with pytest.raises(CancelledError):
        long.end()
    assert busy.error_code == ErrorCode.LEARNER_QUEUE_FULL
    assert 'busy' in busy.error_msg
    assert counter.call(FineTune.Goal(), timeout_s=TIMEOUT_S).error_code == ErrorCode.NONE


def test_a_patient_call_waits_until_the_server_is_free(
    client: Node, counter: ActionCaller
) -> None:
    long = BackgroundGoal(counter, FineTune.Goal(overrides=[ticks(10_000)]), TIMEOUT_S)
    long.wait_for_feedback()
    patient = ActionCaller(client, FineTune, 'count', busy_code=ErrorCode.LEARNER_QUEUE_FULL)
    second = BackgroundGoal(patient, FineTune.Goal(), 3 * TIMEOUT_S)
    tried = counter.call(FineTune.Goal(), timeout_s=TIMEOUT_S)
    assert (tried.error_code, second.feedback) == (ErrorCode.LEARNER_QUEUE_FULL, [])
    long.cancel.set()
    with pytest.raises(CancelledError):
        long.end()
    assert second.end().error_code == ErrorCode.NONE


def test_a_goal_called_off_while_it_is_sent_does_not_run_on(counter: ActionCaller) -> None:
    with pytest.raises(CancelledError):
        counter.call(
            FineTune.Goal(overrides=[ticks(10_000)]),
            timeout_s=TIMEOUT_S,
            control=Control(should_stop=lambda: True),
        )
    assert counter.call(FineTune.Goal(), timeout_s=TIMEOUT_S).error_code == ErrorCode.NONE


def test_a_goal_that_is_not_answered_is_sent_again(
    client: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(action_client, 'ANSWER_TIMEOUT_S', 0.5)
    asked: list[Any] = []
    executed: list[Any] = []
    may_answer = threading.Event()

    def decide(goal: Any) -> GoalResponse:
        asked.append(goal)
        if len(asked) == 1:
            may_answer.wait(TIMEOUT_S)
        return GoalResponse.ACCEPT

    def execute(handle: ServerGoalHandle) -> Any:
        executed.append(handle)
        handle.succeed()
        return FineTune.Result(run_id='done')

    with BackgroundNode('forgetful') as node:
        group = ReentrantCallbackGroup()
        server = ActionServer(
            node, FineTune, 'forget', execute, goal_callback=decide, callback_group=group
        )
        caller = ActionCaller(client, FineTune, 'forget')
        assert caller.call(FineTune.Goal(), timeout_s=TIMEOUT_S).run_id == 'done'
        assert len(asked) == 2
        may_answer.set()
        wait_until(lambda: len(executed) == 2, TIMEOUT_S, 'the end of the late one')
        server.destroy()


def test_a_result_that_takes_too_long_is_a_deadline(counter: ActionCaller) -> None:
    with pytest.raises(DeadlineError, match=r'the result of count did not come within 0\.3 s'):
        counter.call(FineTune.Goal(overrides=[ticks(10_000)]), timeout_s=0.3)


def test_service_answers_an_error_with_code_and_message(
    counter: ActionCaller, client: Node
) -> None:
    caller = ServiceCaller(client, ReviewModel, 'refuse')
    response = caller.call(ReviewModel.Request(version=7), timeout_s=TIMEOUT_S)
    assert (response.error_code, response.error_msg) == (
        ErrorCode.LEARNER_INVALID_GOAL,
        'no model 7',
    )


def test_parameters_are_described(counter: ActionCaller, client: Node) -> None:
    caller = ServiceCaller(client, DescribeParameters, 'counter/describe_parameters')
    response = caller.call(DescribeParameters.Request(names=['pace.tick_s']), timeout_s=TIMEOUT_S)
    (described,) = response.descriptors
    assert described.description == 'Time between two counts [s] (can be set while the node works)'
    assert described.floating_point_range[0].to_value == 1.0
