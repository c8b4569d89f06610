# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What goes into a pursuit of a goal and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol

from f2p_core.control import Control
from f2p_core.failure import Failure
from f2p_core.models import Value
from f2p_core.observation import SceneObservation
from f2p_core.parameters import Config, parameter
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal
from f2p_effects.protocol import EffectModel, ModelState
from f2p_planner.avoid import AvoidedCall
from f2p_planner.config import PlannerConfig
from f2p_planner.environment import MotionResult, Percept
from f2p_planner.monitor import VerdictKind
from f2p_planner.plans import Plan, PlanStep


class Stage(StrEnum):
    """What the executive is doing."""

    PLANNING = 'planning'
    EXECUTING = 'executing'
    CHECKING = 'checking'
    LEARNING = 'learning'


class End(StrEnum):
    """How a pursuit ended."""

    ACHIEVED = 'achieved'
    GOAL_MISSED = 'goal_missed'
    NO_PLAN = 'no_plan'
    BUDGET_SPENT = 'budget_spent'
    TOO_MANY_PLANS = 'too_many_plans'


class Event(NamedTuple):
    """Something a watcher may want to know.

    Attributes:
        stage: What the executive is doing.
        text: A sentence about it.
        plan: The plan it is about, if any: found just now, or being followed.
        number: Step of that plan that comes next, from 0.
        step: That step as predicted last, where it is about to be executed.
    """

    stage: Stage
    text: str
    plan: Plan | None = None
    number: int = 0
    step: PlanStep | None = None


class Executed(NamedTuple):
    """One executed step of a plan, ready to be judged.

    Attributes:
        plan: The plan it belongs to.
        number: Which of its steps, from 0.
        step: That step as predicted last, from what was seen just before.
        before: What was seen just before.
        motion: What the robot did.
        goal: The goal that is pursued, with its whole budgets.
    """

    plan: Plan
    number: int
    step: PlanStep
    before: Percept
    motion: MotionResult
    goal: Goal

    @property
    def remaining(self) -> tuple[SkillCall, ...]:
        """The calls that were to follow."""
        return self.plan.calls[self.number + 1 :]


class Judged(NamedTuple):
    """What a judge says of an executed step.

    Attributes:
        percept: The latest look at the scene.
        verdict: Whether it came out as predicted.
        failure: The classified record; ``None`` unless a prediction was violated.
    """

    percept: Percept
    verdict: VerdictKind
    failure: Failure | None = None


class Judge(Protocol):
    """Looks at the scene after a step until it can say whether it went as predicted."""

    def judge(self, executed: Executed, control: Control) -> Judged:
        """Judges one executed step; the next begins only after it.

        Raises:
            PlannerError: If no verdict can be reached.
            CancelledError: If ``control`` said stop.
        """


class PursuitConfig(Config):
    """Settings of a pursuit.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    planner: PlannerConfig = PlannerConfig()
    execute_best_effort: bool = parameter(
        True, 'whether the best plan is executed although it is below the threshold'
    )
    give_up_score: float = parameter(
        0.7, 'score of the rest of a confident plan below which it is replaced', low=0.0, high=1.0
    )
    max_plans: int = parameter(12, 'plans made for one goal at most', low=1, high=100)
    max_frames: int = parameter(
        9, 'observations until a goal that is not seen to hold counts as missed', low=1, high=1000
    )


class Tools(NamedTuple):
    """What the executive works with.

    Attributes:
        state_of: Turns an observation into the effect model's state.
        judge: Says whether an executed step went as predicted.
        learn: Learns from an incorrect symbolic prediction; returns the new model, or ``None``
            if nothing was learned and the call shall be avoided.
        on_event: Told what happens.
    """

    state_of: Callable[[SceneObservation], ModelState]
    judge: Judge
    learn: Callable[[Failure], EffectModel | None]
    on_event: Callable[[Event], None]


class Pursuit(Value):
    """What came of a goal.

    Attributes:
        end: How it ended.
        plans: All plans in order.
        executed: All executed calls in order.
        failures: All failures in order.
        avoided: Calls given up because their failure was not learned.
        base_trips: Drives between furniture.
        model_version: Version of the last model.
    """

    end: End
    plans: tuple[Plan, ...] = ()
    executed: tuple[SkillCall, ...] = ()
    failures: tuple[Failure, ...] = ()
    avoided: tuple[AvoidedCall, ...] = ()
    base_trips: int = 0
    model_version: int = 0
