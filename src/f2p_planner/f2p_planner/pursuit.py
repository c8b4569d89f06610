# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The executive without ROS: plan, execute, look, check, learn from a failure, plan again."""

from __future__ import annotations

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure, FailureKind
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal
from f2p_effects.protocol import EffectModel
from f2p_planner.avoid import avoided_call, AvoidedCall, blocked_call
from f2p_planner.environment import Environment, MotionResult, Percept
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.goals import goal_observed
from f2p_planner.monitor import VerdictKind
from f2p_planner.plans import evaluate_plan, Plan, PlanStep, Situation
from f2p_planner.pursuit_types import (
    End,
    Event,
    Executed,
    Pursuit,
    PursuitConfig,
    Stage,
    Tools,
)
from f2p_planner.search import plan
from f2p_planner.stations import count_trips, stations


def pursue(
    goal: Goal,
    environment: Environment,
    model: EffectModel,
    tools: Tools,
    *,
    seed: int,
    config: PursuitConfig | None = None,
    control: Control = UNCONTROLLED,
) -> Pursuit:
    """Brings a goal about, or says why not.

    Every step is predicted anew from what is seen before it; the next begins only after the
    verdict on the last. A failure ends the plan: it is classified, learned from if the
    prediction was wrong, and a new plan is made from where things are now. A call whose motion
    failed is not repeated as long as everything stands as it did (``f2p_planner.avoid``). The
    goal's budgets hold for the whole pursuit; of a call whose motion failed only the pick counts
    as a station.

    Args:
        goal: What should hold at the end.
        environment: The robot and its eyes.
        model: The effect model to begin with.
        tools: Judge, learner and the like.
        seed: Seed of the searches.
        config: Limits and thresholds.
        control: Clock, cancelling and progress of the searches.

    Raises:
        PlannerError: If the goal names something unknown, or no call is possible.
        CancelledError: If ``control`` said stop.
    """
    pursuer = _Pursuer(goal, environment, model, tools, seed, config or PursuitConfig(), control)
    return pursuer.run()


class _Pursuer:
    """The course of one pursuit; lives as long as ``pursue``."""

    def __init__(
        self,
        goal: Goal,
        environment: Environment,
        model: EffectModel,
        tools: Tools,
        seed: int,
        config: PursuitConfig,
        control: Control,
    ) -> None:
        self._goal, self._environment, self._model, self._tools = goal, environment, model, tools
        self._seed, self._config, self._control = seed, config, control
        self._plans: list[Plan] = []
        self._executed: list[SkillCall] = []
        self._stops: list[str] = []
        self._failures: list[Failure] = []
        self._avoided: list[AvoidedCall] = []
        self._blocked: list[AvoidedCall] = []

    def run(self) -> Pursuit:
        percept, rest = self._environment.observe(), None
        while not goal_observed(percept.relations, self._goal):
            if len(self._plans) == self._config.max_plans:
                return self._result(End.TOO_MANY_PLANS)
            found = self._better(self._plan(percept), rest)
            if found is None:
                return self._result(End.BUDGET_SPENT)
            if not found.steps:
                return self._result(self._look_for_goal())
            if not (found.confident or self._config.execute_best_effort):
                return self._result(End.NO_PLAN)
            percept, rest = self._follow(found, percept)
        return self._result(End.ACHIEVED)

    def _look_for_goal(self) -> End:
        """Looks again at a goal that seems to hold but was not all seen to."""
        seen = (self._environment.observe().relations for _ in range(self._config.max_frames))
        holds = any(goal_observed(relations, self._goal) for relations in seen)
        return End.ACHIEVED if holds else End.GOAL_MISSED

    def _plan(self, percept: Percept) -> Plan | None:
        """Plans within what is left of the budgets; ``None`` when that allows no call."""
        left = remaining_budget(self._goal, len(self._executed), count_trips(self._stops))
        if left is None:
            return None
        self._say(Stage.PLANNING, f'looking for a plan of up to {left.max_skills} skills')
        try:
            found = plan(
                left,
                self._situation(percept),
                self._model,
                seed=self._seed + len(self._plans),
                config=self._config.planner,
                avoided=[*self._avoided, *self._blocked],
                control=self._control,
            )
        except PlannerError as error:
            if self._executed and error.code == PlannerErrorCode.NO_CALL_POSSIBLE:
                return None
            raise
        self._plans.append(found)
        quality = 'plan' if found.confident else 'best effort'
        self._say(
            Stage.PLANNING,
            f'{quality} of {len(found.steps)} skills, score {found.score:.3f}',
            found,
        )
        return found

    def _better(self, found: Plan | None, rest: Plan | None) -> Plan | None:
        """Returns the new plan, or what is left of the last one where the search found worse."""
        if rest is None or (found is not None and rest.score <= found.score):
            return found
        self._say(Stage.PLANNING, f'keeping to the plan, score {rest.score:.3f}', rest)
        return rest

    def _follow(self, found: Plan, percept: Percept) -> tuple[Percept, Plan | None]:
        """Executes a plan until it ends, fails or no longer looks good.

        Of a best effort only the first step is sure to be executed, and the rest only where
        that made it confident: what is seen now may show a better way.

        Returns:
            The last percept; and what is left of the plan, if that was given up by its score.
        """
        config = self._config
        enough = config.give_up_score if found.confident else config.planner.threshold
        for done in range(len(found.steps)):
            now = found if done == 0 else self._rest_of(found, done, percept)
            if done and now.score < enough:
                self._say(Stage.CHECKING, f'the rest of the plan now scores {now.score:.3f}')
                return percept, now
            step = now.steps[0]
            motion = self._execute(found, done, step, percept)
            executed = Executed(found, done, step, percept, motion, self._goal)
            judged = self._tools.judge.judge(executed, self._control)
            self._say(Stage.CHECKING, judged.verdict, found, done)
            percept = judged.percept
            if judged.failure is not None:
                self._fail(judged.failure)
            if judged.verdict == VerdictKind.VIOLATED or not motion.succeeded:
                return percept, None
        return percept, None

    def _rest_of(self, found: Plan, done: int, percept: Percept) -> Plan:
        """Predicts the rest of a plan anew from what is seen now."""
        return evaluate_plan(
            found.goal,
            self._situation(percept),
            self._model,
            found.calls[done:],
            threshold=self._config.planner.threshold,
        )

    def _execute(self, found: Plan, number: int, step: PlanStep, before: Percept) -> MotionResult:
        call = step.call
        text = f'{call.skill} {call.object_id} to {call.target_id}'
        self._tools.on_event(Event(Stage.EXECUTING, text, found, number, step))
        motion = self._environment.execute(call)
        scene = before.observation.scene
        self._executed.append(call)
        pick, place = stations(scene, call)
        self._stops.append(pick)
        if motion.succeeded:
            self._stops.append(place)
        else:
            self._blocked.append(blocked_call(scene, call, self._blocked))
            self._say(Stage.EXECUTING, f'the motion failed: {motion.reason}', found, number)
        return motion

    def _fail(self, failure: Failure) -> None:
        self._failures.append(failure)
        self._say(Stage.CHECKING, f'failure: {failure.kind}')
        if failure.kind != FailureKind.INCORRECT_SYMBOLIC_PREDICTION:
            return
        self._say(Stage.LEARNING, f'asking to learn from failure {failure.failure_id}')
        learned = self._tools.learn(failure)
        if learned is None:
            self._avoided.append(avoided_call(failure))
            self._say(Stage.LEARNING, 'not learned; the call is avoided from now on')
        else:
            self._model = learned
            self._say(Stage.LEARNING, f'learned: model version {learned.version}')

    def _situation(self, percept: Percept) -> Situation:
        observation = percept.observation
        at = self._stops[-1] if self._stops and self._stops[-1] else None
        return Situation(observation.scene, self._tools.state_of(observation), at)

    def _say(self, stage: Stage, text: str, plan: Plan | None = None, number: int = 0) -> None:
        self._tools.on_event(Event(stage, text, plan, number))

    def _result(self, end: End) -> Pursuit:
        return Pursuit(
            end=end,
            plans=tuple(self._plans),
            executed=tuple(self._executed),
            failures=tuple(self._failures),
            avoided=tuple(self._avoided),
            base_trips=count_trips(self._stops),
            model_version=self._model.version,
        )


def remaining_budget(goal: Goal, skills: int, trips: int) -> Goal | None:
    """Returns the goal with what is left of its budgets.

    Args:
        goal: The goal with its whole budgets.
        skills: Calls executed so far.
        trips: Base trips made so far.

    Returns:
        The goal with fewer skills and base trips; ``None`` when no skill or a negative number of
        trips is left.
    """
    skills_left, trips_left = goal.max_skills - skills, goal.max_base_trips - trips
    if skills_left < 1 or trips_left < 0:
        return None
    return goal.model_copy(update={'max_skills': skills_left, 'max_base_trips': trips_left})
