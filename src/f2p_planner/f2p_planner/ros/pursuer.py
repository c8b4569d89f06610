# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One goal of ``achieve_goal``, pursued by the plain executive over ROS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from f2p_msgs.action import AchieveGoal
from f2p_msgs.msg import ErrorCode, ModelVersion
import numpy as np

from f2p_core.control import Progress
from f2p_core.errors import CancelledError, F2PError
from f2p_core.failure import Failure
from f2p_core.observation import SceneObservation
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.action_server import Task
from f2p_core.ros.conversions.failure import model_to_msg, ModelRef
from f2p_core.ros.conversions.observation import symbolic_to_msg
from f2p_core.ros.waiting import deadline_code
from f2p_core.symbolic import Goal
from f2p_effects.inputs import observed_state
from f2p_effects.protocol import EffectModel, ModelState
from f2p_planner.plans import Plan, PlanStep, Situation
from f2p_planner.pursuit import pursue
from f2p_planner.pursuit_types import End, Event, Tools
from f2p_planner.ros.codes import PLANNER_ERRORS
from f2p_planner.ros.eyes import Eyes
from f2p_planner.ros.judge_client import Detector, DetectorJudge
from f2p_planner.ros.learning_client import LearnerClient
from f2p_planner.ros.planner_config import PlannerNodeConfig
from f2p_planner.ros.plans import plan_to_msg
from f2p_planner.ros.robot import Robot
from f2p_planner.search import plan

_ENDS = {
    End.ACHIEVED: (ErrorCode.NONE, ''),
    End.GOAL_MISSED: (ErrorCode.PLANNER_GOAL_MISSED, 'all was executed; the goal does not hold'),
    End.NO_PLAN: (ErrorCode.PLANNER_NO_PLAN, 'no plan reaches the threshold'),
    End.BUDGET_SPENT: (ErrorCode.PLANNER_GOAL_MISSED, 'the budget of skills or trips is spent'),
    End.TOO_MANY_PLANS: (ErrorCode.PLANNER_GOAL_MISSED, 'planned as often as is allowed'),
}


class Links(NamedTuple):
    """The planner's connections to other nodes, shared by all goals.

    Attributes:
        executor: The robot's skills.
        eyes: What is seen.
        detector: Judges executed steps.
        learner: Learns from failures.
        plans, predictions: Publishers.
        load: Returns a model of the store.
        now_ns: Clock of the node, for stamps [ns].
    """

    executor: ActionCaller
    eyes: Eyes
    detector: Detector
    learner: LearnerClient
    plans: Any
    predictions: Any
    load: Callable[[ModelRef], EffectModel]
    now_ns: Callable[[], int]


class GoalPursuer:
    """Carries out one goal.

    Args:
        links: The connections to other nodes.
        task: The goal's feedback and cancel.
        config: Parameters for this goal.
        model: The model to begin with.
    """

    def __init__(
        self, links: Links, task: Task, config: PlannerNodeConfig, model: EffectModel
    ) -> None:
        self._links = links
        self._task = task
        self._config = config
        self._model = model
        self._robot = Robot(
            links.executor,
            links.eyes,
            skill_timeout_s=config.skill_timeout_s,
            scene_timeout_s=config.scene_timeout_s,
            control=task.control,
        )
        self._current: Plan | None = None
        self._judge = DetectorJudge(links.detector, self._robot)
        self._plans: list[Any] = []
        self._run_ids: list[str] = []
        self._control = replace(task.control, on_progress=self._tell_planning)

    def _tell_planning(self, progress: Progress) -> None:
        self._task.control.on_progress(progress._replace(stage='planning'))

    def plan(self, goal: Goal, seed: int) -> Any:
        """Plans without executing anything."""
        seen = self._robot.observe().observation
        found = plan(
            goal,
            Situation(seen.scene, _state_of(seen)),
            self._model,
            seed=seed,
            config=self._config.pursuit.planner,
            control=self._control,
        )
        self._publish_plan(found)
        if found.confident:
            result = self._result(ErrorCode.NONE, '')
            result.achieved = False
            return result
        text = f'the best plan scores {found.score:.3f}, below the threshold'
        return self._result(ErrorCode.PLANNER_NO_PLAN, text)

    def pursue(self, goal: Goal, seed: int) -> Any:
        """Pursues the goal to its end; what was done until then is reported also on an error."""
        try:
            self._robot.observe()  # the next frame is younger than the goal
            pursuit = pursue(
                goal,
                self._robot,
                self._model,
                self._tools(),
                seed=seed,
                config=self._config.pursuit,
                control=self._control,
            )
        except CancelledError as error:
            return self._result(ErrorCode.PLANNER_CANCELLED, str(error))
        except F2PError as error:
            return self._result(PLANNER_ERRORS.code_of(error), str(error))
        code, text = _ENDS[pursuit.end]
        if code != ErrorCode.NONE and pursuit.avoided:
            code = ErrorCode.PLANNER_NOT_LEARNED
            text += '; a failure was not learned, and its skill call is avoided'
        result = self._result(code, text)
        result.base_trips = pursuit.base_trips
        return result

    def _tools(self) -> Tools:
        return Tools(
            state_of=_state_of,
            judge=self._judge,
            learn=self._learn if self._config.auto_learn else _refuse,
            on_event=self._on_event,
        )

    def _learn(self, failure: Failure) -> EffectModel | None:
        """Requests learning, waits for its end, and loads what came of it."""
        with deadline_code(ErrorCode.PLANNER_NOT_LEARNED):
            run_id = self._links.learner.request(failure)
            if run_id is None:
                return None
            self._run_ids.append(run_id)
            learned = self._links.learner.wait(run_id, self._task.control)
        if learned is None:
            return None
        self._model = self._links.load(learned)
        return self._model

    def _on_event(self, event: Event) -> None:
        """Publishes plans and predictions, and tells the client what is going on."""
        if event.plan is not None:
            if event.plan is not self._current:
                self._publish_plan(event.plan)
            plan_id = event.plan.plan_id
            self._task.annotate(plan_id=plan_id, step=event.number)
            if event.step is not None:
                self._publish_prediction(event.step, plan_id, event.number)
        self._task.tell(event.stage, event.text)

    def _publish_plan(self, found: Plan) -> None:
        self._current = found
        message = plan_to_msg(found, found.plan_id, self._links.now_ns())
        self._plans.append(message)
        self._links.plans.publish(message)

    def _publish_prediction(self, step: PlanStep, plan_id: str, number: int) -> None:
        message = symbolic_to_msg(step.predicted, self._links.now_ns())
        message.plan_id, message.step = plan_id, number
        message.model_version = self._model_message()
        self._links.predictions.publish(message)

    def _model_message(self) -> ModelVersion:
        return model_to_msg(ModelRef(self._model.version, self._model.digest))

    def _result(self, code: int, text: str) -> Any:
        executed = self._judge.executed
        return AchieveGoal.Result(
            error_code=code,
            error_msg=text,
            achieved=code == ErrorCode.NONE,
            plans=self._plans,
            executed=executed,
            failure_ids=[step.failure_id for step in executed if step.failure_id],
            run_ids=self._run_ids,
            model_version=self._model_message(),
        )


def _state_of(observation: SceneObservation) -> ModelState:
    return observed_state(observation, np.random.default_rng(observation.stamp_ns))


def _refuse(failure: Failure) -> EffectModel | None:
    """Stands for a robot that does not learn by itself."""
    return None
