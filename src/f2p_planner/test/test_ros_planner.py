# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node planner over DDS, between stand-ins for its neighbours.

Its models were never trained: every plan is a best effort, and what comes of it is up to a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.msg import ErrorCode
from planner_bench import (
    Bench,
    FETCHED,
    hold,
    running_planner,
    START,
    store_of,
    TIMEOUT_S,
    WANTED,
)

from f2p_core.errors import CancelledError
from f2p_core.files import read_failure
from f2p_core.ros.conversions.skills import goal_to_msg
from f2p_core.ros.conversions.time import duration_to_msg
from f2p_core.ros.waiting import wait_until
from f2p_core.symbolic import Goal
from f2p_tasks.tabletop import TABLE_B

FAILURE = read_failure(Path(__file__).parents[3] / 'examples' / 'failure_filled_carry.json')


@pytest.fixture(scope='module')
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """With two models; of a third the weights are cut short, a fourth has those of the first."""
    store = store_of(tmp_path_factory.mktemp('models'), 4)
    first, _, third, fourth = (
        store.directory / f'v000{i}' / 'weights.safetensors' for i in (1, 2, 3, 4)
    )
    third.write_bytes(third.read_bytes()[:1000])
    fourth.write_bytes(first.read_bytes())
    with running_planner(store) as bench:
        yield bench


@pytest.fixture
def bench(running: Bench) -> Iterator[Bench]:
    """The bench as every test finds it."""
    running.camera.show(START)
    running.announce(running.model(1))
    wait_until(running.is_as_at_first, TIMEOUT_S, 'the planner to see the start by model 1')
    running.executor.calls.clear()
    yield running
    running.executor.leads_to, running.executor.refusal = FETCHED, ErrorCode.NONE
    running.executor.may_end.set()
    running.detector.failure, running.detector.refusal = None, ErrorCode.NONE
    running.detector.may_answer.set()
    running.learner.requests.clear()
    running.learner.learned, running.learner.awaits_approval = None, False
    running.learner.refusal = ErrorCode.LEARNER_QUEUE_FULL


def test_a_goal_is_planned_executed_checked_and_achieved(bench: Bench) -> None:
    result = bench.pursue()
    assert (result.error_code, result.error_msg, result.achieved) == (ErrorCode.NONE, '', True)
    (plan,), (step,) = result.plans, result.executed
    assert step.call == bench.executor.calls[0] == plan.steps[0].call
    wait_until(
        lambda: any(p.plan_id == plan.plan_id for p in bench.predictions), TIMEOUT_S, 'prediction'
    )
    assert plan.plan_id in {p.plan_id for p in bench.plans}
    assert plan.best_effort
    assert result.model_version.digest == bench.store.record(1).digest


def test_a_plan_alone_moves_nothing(bench: Bench) -> None:
    result = bench.pursue(plan_only=True)
    assert (result.error_code, len(result.plans)) == (ErrorCode.PLANNER_NO_PLAN, 1)
    assert 'below the threshold' in result.error_msg
    assert not bench.executor.calls


def test_what_is_not_seen_to_hold_is_missed(bench: Bench) -> None:
    bench.executor.leads_to = START
    result = bench.pursue()
    assert (result.error_code, result.achieved) == (ErrorCode.PLANNER_GOAL_MISSED, False)


def test_a_wrong_prediction_is_learned_from(bench: Bench) -> None:
    bench.detector.failure, bench.learner.learned = FAILURE, bench.model(2)
    result = bench.pursue()
    assert bench.learner.requests == result.failure_ids == [FAILURE.failure_id]
    assert len(result.run_ids) == 1
    assert result.model_version.version == 2


def test_what_cannot_be_learned_ends_the_goal(bench: Bench) -> None:
    bench.detector.failure = FAILURE
    result = bench.pursue()
    assert result.error_code == ErrorCode.PLANNER_NOT_LEARNED
    assert 'request_learning: as the test says' in result.error_msg
    assert result.failure_ids == [FAILURE.failure_id]


@pytest.mark.parametrize('limited', [True, False])
def test_without_the_owners_leave_the_call_is_avoided(bench: Bench, limited: bool) -> None:
    bench.detector.failure, bench.executor.leads_to = FAILURE, START
    bench.learner.learned = None if limited else bench.model(2)
    bench.learner.refusal = ErrorCode.LEARNER_RATE_LIMITED
    bench.learner.awaits_approval = True
    result = bench.pursue()
    assert result.error_code == ErrorCode.PLANNER_NOT_LEARNED
    assert 'avoided' in result.error_msg
    assert result.model_version.version == 1


def test_a_goal_without_learning_requests_none(bench: Bench) -> None:
    bench.detector.failure, bench.executor.leads_to = FAILURE, START
    result = bench.pursue(no_learning=True)
    assert result.error_code == ErrorCode.PLANNER_NOT_LEARNED
    assert bench.learner.requests == list(result.run_ids) == []


def literal(**changes: str) -> Goal:
    return WANTED.model_copy(update={'literals': (WANTED.literals[0].model_copy(update=changes),)})


def budget(**changes: Any) -> Any:
    message = goal_to_msg(WANTED)
    for name, value in changes.items():
        setattr(message, name, value)
    return message


@pytest.mark.parametrize(
    ('goal', 'text'),
    [
        (goal_to_msg(literal(subject_id='teapot')), "object 'teapot'; the scene has: table_a"),
        (goal_to_msg(literal(object_id='table_c')), "object 'table_c'"),
        (goal_to_msg(literal(relation='beside')), "relation 'beside'; known: "),
        (goal_to_msg(literal(subject_id=TABLE_B)), "'table_b' to itself"),
        (budget(literals=[]), 'literals'),
        (budget(max_skills=0), 'max_skills'),
        (budget(max_skills=21), 'max_skills'),
        (budget(max_base_trips=41), 'max_base_trips'),
    ],
)
def test_bad_goal_is_refused_and_nothing_happens(bench: Bench, goal: Any, text: str) -> None:
    published = len(bench.plans)
    for plan_only in (False, True):
        result = bench.pursue(goal=goal, plan_only=plan_only)
        assert (result.error_code, text in result.error_msg) == (
            ErrorCode.PLANNER_INVALID_GOAL,
            True,
        ), result.error_msg
    assert (bench.executor.calls, len(bench.plans)) == ([], published)
    assert bench.pursue(plan_only=True).plans


def test_planning_time_out_of_range_is_refused(bench: Bench) -> None:
    result = bench.pursue(planning_time=duration_to_msg(1e6))
    assert result.error_code == ErrorCode.PLANNER_OVER_LIMIT
    assert 'is 1000000; at most 600 is allowed (limits.planning_time_s)' in result.error_msg


def test_a_second_goal_is_refused_while_one_runs(bench: Bench) -> None:
    held = hold(bench)
    second = bench.pursue()
    bench.executor.may_end.set()
    assert second.error_code == ErrorCode.PLANNER_BUSY
    assert held.end().achieved


def test_cancel_stops_the_skill_and_the_next_goal_runs(bench: Bench) -> None:
    held = hold(bench)
    held.cancel.set()
    with pytest.raises(CancelledError):
        held.end()
    bench.executor.may_end.set()
    wait_until(lambda: bench.pursue().achieved, TIMEOUT_S, 'the planner to be free')


@pytest.mark.parametrize(
    ('neighbour', 'refusal', 'code'),
    [
        ('executor', ErrorCode.EXECUTOR_INVALID_CALL, ErrorCode.PLANNER_EXECUTION_FAILED),
        ('executor', ErrorCode.EXECUTOR_UNSAFE, ErrorCode.PLANNER_UNSAFE),
        ('detector', ErrorCode.DETECTOR_NO_SCENE, ErrorCode.PLANNER_NO_VERDICT),
    ],
)
def test_a_refusal_of_a_neighbour_comes_through(
    bench: Bench, neighbour: str, refusal: int, code: int
) -> None:
    getattr(bench, neighbour).refusal = refusal
    result = bench.pursue()
    assert (result.error_code, len(result.plans)) == (code, 1)
    assert 'as the test says' in result.error_msg


def test_a_model_announced_during_a_goal_serves_the_next(bench: Bench) -> None:
    held = hold(bench)
    bench.announce(bench.model(2))
    bench.executor.may_end.set()
    assert held.end().model_version.version == 1

    def plans_with_it() -> bool:
        return bool(bench.pursue(plan_only=True).plans[0].model_version.version == 2)

    wait_until(plans_with_it, TIMEOUT_S, 'a plan by the new model')


@pytest.mark.parametrize(
    ('version', 'named'),
    [(3, 'v0003/weights.safetensors'), (4, 'v0004/weights.safetensors')],
)
def test_a_damaged_or_foreign_model_is_named_and_the_node_lives_on(
    bench: Bench, version: int, named: str
) -> None:
    bench.announce(bench.model(version))
    refusals: list[str] = []

    def is_refused() -> bool:
        result = bench.pursue(plan_only=True)
        refusals.append(result.error_msg)
        return bool(result.error_code == ErrorCode.PLANNER_DAMAGED)

    wait_until(is_refused, TIMEOUT_S, 'the refusal')
    assert named in refusals[-1]
    bench.announce(bench.model(1))
    wait_until(lambda: bool(bench.pursue(plan_only=True).plans), TIMEOUT_S, 'a plan')
