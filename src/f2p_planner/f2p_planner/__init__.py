# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""From a goal in relations to a plan, its monitored execution, and what went wrong with it."""

from f2p_planner.avoid import avoided_call, AvoidedCall
from f2p_planner.classification import Classification, classify, FailedCall
from f2p_planner.config import ClassifyConfig, MonitorConfig, PlannerConfig
from f2p_planner.diagnosis import diagnose, Replays
from f2p_planner.environment import Environment, MotionResult, Percept
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.failure_record import assemble_failure, Execution, failure_id_of
from f2p_planner.goals import goal_observed, goal_probability, GoalProbability, resolve_goal
from f2p_planner.judge import JudgeConfig, MonitorJudge
from f2p_planner.monitor import check_effect, Verdict, VerdictKind, watched_entries
from f2p_planner.plans import evaluate_plan, Plan, PlanStep, Situation
from f2p_planner.pursuit import pursue, remaining_budget
from f2p_planner.pursuit_types import End, Event, Judge, Pursuit, PursuitConfig, Stage, Tools
from f2p_planner.replay_scenes import jittered_scenes
from f2p_planner.search import plan
from f2p_planner.stations import base_trips, stations

__all__ = [
    'AvoidedCall',
    'Classification',
    'ClassifyConfig',
    'End',
    'Environment',
    'Event',
    'Execution',
    'FailedCall',
    'GoalProbability',
    'Judge',
    'JudgeConfig',
    'MonitorConfig',
    'MonitorJudge',
    'MotionResult',
    'Percept',
    'Plan',
    'PlanStep',
    'PlannerConfig',
    'PlannerError',
    'PlannerErrorCode',
    'Pursuit',
    'PursuitConfig',
    'Replays',
    'Situation',
    'Stage',
    'Tools',
    'Verdict',
    'VerdictKind',
    'assemble_failure',
    'avoided_call',
    'base_trips',
    'check_effect',
    'classify',
    'diagnose',
    'evaluate_plan',
    'failure_id_of',
    'goal_observed',
    'goal_probability',
    'jittered_scenes',
    'plan',
    'pursue',
    'remaining_budget',
    'resolve_goal',
    'stations',
    'watched_entries',
]
