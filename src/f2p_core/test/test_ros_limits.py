# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The table of limits at both ends: what is at a limit passes, one more is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from builtin_interfaces.msg import Duration
from f2p_msgs.action import (
    AchieveGoal,
    ExecuteSkill,
    FineTune,
    GenerateScenes,
    LearnFromFailure,
    SimulateSkills,
)
from f2p_msgs.msg import (
    Failure,
    Goal,
    Literal,
    Motion,
    PlanStep,
    RobotState,
    Scene,
    SceneObject,
    SkillCall,
    SkillPlan,
    SymbolicState,
    Violation,
)
from f2p_msgs.srv import CheckEffect, CorrectFailure, RequestLearning, ResetWorld, ReviewModel
from geometry_msgs.msg import Pose
from rcl_interfaces.msg import Parameter, ParameterValue
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from f2p_core.errors import OverLimitError
from f2p_core.limits import Limits, SHIPPED_LIMITS
from f2p_core.ros.limits import check_limits

LIMITS = Limits(
    objects=3, relations=3, scenes=3, calls=3, rollouts=3, failures=3, overrides=3, literals=3,
    steps=3, joints=3, motion_points=3, planning_time_s=3.0, settle_s=3.0, numbers=1000,
    entries=100, characters=100,
)  # fmt: skip
"""A small table, so that both ends of every limit are quickly made."""


def scene(n: int) -> Scene:
    return Scene(objects=[SceneObject()] * n)


def motion(n: int) -> Motion:
    return Motion(joints=JointTrajectory(points=[JointTrajectoryPoint()] * n))


def joints(n: int) -> RobotState:
    return RobotState(joints=JointState(name=['j'] * n))


def text(n: int) -> str:
    return 'a' * n


BY_FIELD: list[tuple[str, str, Callable[[int], Any]]] = [
    ('objects', 'scene.objects', lambda n: ExecuteSkill.Goal(scene=scene(n))),
    ('objects', 'scene.objects', lambda n: ResetWorld.Request(scene=scene(n))),
    ('objects', 'scenes[0].objects', lambda n: SimulateSkills.Goal(scenes=[scene(n)])),
    ('objects', 'given_scenes[0].objects', lambda n: GenerateScenes.Goal(given_scenes=[scene(n)])),
    (
        'objects',
        'failure.relations_before.object_ids',
        lambda n: RequestLearning.Request(
            failure=Failure(relations_before=SymbolicState(object_ids=['a'] * n))
        ),
    ),
    (
        'relations',
        'failures[1].relations_observed.relation_names',
        lambda n: LearnFromFailure.Goal(
            failures=[
                Failure(),
                Failure(relations_observed=SymbolicState(relation_names=['a'] * n)),
            ]
        ),
    ),
    ('scenes', 'scenes', lambda n: GenerateScenes.Goal(scenes=n)),
    ('scenes', 'given_scenes', lambda n: GenerateScenes.Goal(given_scenes=[Scene()] * n)),
    ('calls', 'calls_per_scene', lambda n: GenerateScenes.Goal(calls_per_scene=n)),
    ('rollouts', 'calls', lambda n: SimulateSkills.Goal(calls=[SkillCall()] * n)),
    ('rollouts', 'scenes', lambda n: SimulateSkills.Goal(scenes=[Scene()] * n)),
    ('rollouts', 'scene_index', lambda n: SimulateSkills.Goal(scene_index=[0] * n)),
    ('rollouts', 'call_index', lambda n: SimulateSkills.Goal(call_index=[0] * n)),
    ('failures', 'failures', lambda n: LearnFromFailure.Goal(failures=[Failure()] * n)),
    ('failures', 'failure_ids', lambda n: LearnFromFailure.Goal(failure_ids=['a'] * n)),
    ('overrides', 'overrides', lambda n: LearnFromFailure.Goal(overrides=[Parameter()] * n)),
    ('overrides', 'overrides', lambda n: GenerateScenes.Goal(overrides=[Parameter()] * n)),
    ('overrides', 'overrides', lambda n: FineTune.Goal(overrides=[Parameter()] * n)),
    (
        'literals',
        'goal.literals',
        lambda n: AchieveGoal.Goal(goal=Goal(literals=[Literal()] * n)),
    ),
    (
        'steps',
        'plan.steps',
        lambda n: CheckEffect.Request(plan=SkillPlan(steps=[PlanStep()] * n)),
    ),
    (
        'steps',
        'failure.remaining_plan',
        lambda n: RequestLearning.Request(failure=Failure(remaining_plan=[SkillCall()] * n)),
    ),
    ('joints', 'robot_before.joints.name', lambda n: CheckEffect.Request(robot_before=joints(n))),
    (
        'joints',
        'commanded.joints.joint_names',
        lambda n: CheckEffect.Request(
            commanded=Motion(joints=JointTrajectory(joint_names=['j'] * n))
        ),
    ),
    (
        'motion_points',
        'achieved.joints.points',
        lambda n: CheckEffect.Request(achieved=motion(n)),
    ),
    (
        'motion_points',
        'commanded.base',
        lambda n: CheckEffect.Request(commanded=Motion(base=[Pose()] * n)),
    ),
    (
        'numbers',
        'overrides[0].value.double_array_value',
        lambda n: FineTune.Goal(
            overrides=[Parameter(value=ParameterValue(double_array_value=[0.0] * n))]
        ),
    ),
    (
        'numbers',
        'failure.relations_before.margin',
        lambda n: RequestLearning.Request(
            failure=Failure(relations_before=SymbolicState(margin=[0.0] * n))
        ),
    ),
    (
        'entries',
        'failure.violated',
        lambda n: GenerateScenes.Goal(failure=Failure(violated=[Violation()] * n)),
    ),
    ('characters', 'bag', lambda n: LearnFromFailure.Goal(bag=text(n))),
    ('characters', 'dataset', lambda n: FineTune.Goal(dataset=text(n))),
    ('characters', 'why', lambda n: ReviewModel.Request(why=text(n))),
    ('characters', 'failure_id', lambda n: CorrectFailure.Request(failure_id=text(n))),
    ('characters', 'failure_ids[0]', lambda n: LearnFromFailure.Goal(failure_ids=[text(n)])),
]


@pytest.mark.parametrize(
    ('limit', 'field', 'make'), BY_FIELD, ids=[f'{limit} {field}' for limit, field, _ in BY_FIELD]
)
def test_a_limit_is_allowed_and_one_more_is_refused_by_name(
    limit: str, field: str, make: Callable[[int], Any]
) -> None:
    most = int(getattr(LIMITS, limit))
    check_limits(make(most), LIMITS)
    with pytest.raises(OverLimitError) as caught:
        check_limits(make(most + 1), LIMITS)
    words = str(caught.value)
    assert f'{field} is {most + 1}; at most {most} is allowed (limits.{limit})' in words
    assert 'ask for less, or have the owner raise it' in words


@pytest.mark.parametrize(
    ('limit', 'goal'),
    [
        ('planning_time_s', lambda span: AchieveGoal.Goal(planning_time=span)),
        ('settle_s', lambda span: SimulateSkills.Goal(settle=span)),
    ],
)
def test_spans_of_time_at_both_ends(limit: str, goal: Callable[[Duration], Any]) -> None:
    check_limits(goal(Duration(sec=3)), LIMITS)
    with pytest.raises(OverLimitError, match=rf'is 3\.000000001; .*limits\.{limit}'):
        check_limits(goal(Duration(sec=3, nanosec=1)), LIMITS)


def test_what_the_whole_limit_stands_for_is_tested() -> None:
    """The three limits that no single field has are tested where their products are made."""
    by_product = {'pairs', 'executions', 'particles'}
    tested = {limit for limit, _, _ in BY_FIELD} | {'planning_time_s', 'settle_s'}
    assert tested | by_product == set(Limits.model_fields)


def test_the_largest_numbers_of_a_message_are_refused() -> None:
    for goal in (
        GenerateScenes.Goal(scenes=2**32 - 1),
        GenerateScenes.Goal(scenes=20, calls_per_scene=2**32 - 1),
        SimulateSkills.Goal(scene_index=[0] * 2_000_000),
        ExecuteSkill.Goal(scene=scene(300_000)),
    ):
        with pytest.raises(OverLimitError):
            check_limits(goal, SHIPPED_LIMITS)


def test_a_limit_is_checked_before_what_is_beyond_it_is_looked_at() -> None:
    """Otherwise a message with 300 000 objects would cost a look at each of them."""
    looked_at: list[str] = []

    class Watched:
        @classmethod
        def get_fields_and_field_types(cls) -> dict[str, str]:
            return {'objects': 'sequence<f2p_msgs/SceneObject>'}

        @property
        def objects(self) -> list[Any]:
            looked_at.append('the list')
            return [object()] * 4

    Watched.__name__ = 'Scene'
    with pytest.raises(OverLimitError):
        check_limits(Watched(), LIMITS)
    assert looked_at == ['the list']
