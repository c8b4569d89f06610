# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``planner``: from a goal to its achievement."""

from __future__ import annotations

from collections.abc import Sequence
import math
from pathlib import Path
import sys
from typing import Any

from f2p_msgs.action import AchieveGoal
from f2p_msgs.msg import ErrorCode, ModelVersion, SkillPlan, SymbolicState
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
import torch

from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.conversions.failure import ModelRef, msg_to_model
from f2p_core.ros.conversions.skills import msg_to_goal
from f2p_core.ros.conversions.time import msg_to_duration_s
from f2p_core.ros.lifecycle import ManagedNode
from f2p_core.ros.main import run_node
from f2p_core.ros.qos import EVENTS, LATCHED
from f2p_core.ros.waiting import Latest
from f2p_core.symbolic import Goal
from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_planner.pursuit_types import PursuitConfig
from f2p_planner.ros.codes import PLANNER_ERRORS
from f2p_planner.ros.eyes import Eyes, SCENE_MEND
from f2p_planner.ros.judge_client import CHECK_SERVICE, Detector
from f2p_planner.ros.learning_client import LearnerClient, REQUEST_SERVICE
from f2p_planner.ros.planner_config import PlannerNodeConfig
from f2p_planner.ros.pursuer import GoalPursuer, Links
from f2p_planner.ros.robot import EXECUTE_ACTION, executor_of

_FOR_EVER_S = math.inf
"""How long the client of a goal may be gone [s]: who sends one may leave it to the robot."""

_Feedback = AchieveGoal.Feedback
_POLICY = Policy(
    errors=PLANNER_ERRORS,
    cancelled=ErrorCode.PLANNER_CANCELLED,
    busy=ErrorCode.PLANNER_BUSY,
    states={
        'planning': _Feedback.PLANNING,
        'executing': _Feedback.EXECUTING,
        'checking': _Feedback.CHECKING,
        'learning': _Feedback.LEARNING,
    },
    default_state=_Feedback.LEARNING,
    absence_s=_FOR_EVER_S,
)


_AT_START = (
    'models_directory', 'threads', 'verdict_timeout_s', 'learning_timeout_s', 'limits',
)  # fmt: skip
"""Parameters, or groups of them, that the constructor reads."""


class PlannerNode(ManagedNode[PlannerNodeConfig]):
    """Plans, executes, has every step checked, requests learning from failures, plans again.

    ROS Subscriptions:
        scene (f2p_msgs/SceneObservation), relations (f2p_msgs/SymbolicState): what is seen.
        model_version (f2p_msgs/ModelVersion): the active model, loaded before the next plan.
        failure (f2p_msgs/Failure): the records of failed checks.
    ROS Publishers:
        plan (f2p_msgs/SkillPlan): every plan that is made.
        prediction (f2p_msgs/SymbolicState): what is expected of each step, before it.
    ROS Services:
        check_effect, request_learning, clients.
    ROS Actions:
        achieve_goal (f2p_msgs/AchieveGoal): one goal at a time.
        execute_skill (f2p_msgs/ExecuteSkill), client.
    """

    def __init__(self) -> None:
        super().__init__(
            'planner', PlannerNodeConfig, ErrorCode.PLANNER_INACTIVE, at_start=_AT_START
        )
        torch.set_num_threads(self.config.threads)
        self._store = ModelStore(Path(self.config.models_directory))
        self._model: EffectModel | None = None
        self._announced: Latest[ModelVersion] = Latest()
        self.create_subscription(
            ModelVersion,
            'model_version',
            self._announced.put,
            LATCHED,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )
        self._diagnose()
        self._links = Links(
            executor=executor_of(self),
            eyes=Eyes(self, self.diagnostics.topic('scene', SCENE_MEND).heard),
            detector=Detector(self, timeout_s=self.config.verdict_timeout_s),
            learner=LearnerClient(self, timeout_s=self.config.learning_timeout_s),
            plans=self.create_publisher(SkillPlan, 'plan', EVENTS),
            predictions=self.create_publisher(SymbolicState, 'prediction', EVENTS),
            load=self._load,
            now_ns=lambda: self.get_clock().now().nanoseconds,
        )
        serve_action(
            self, AchieveGoal, 'achieve_goal', self._achieve, _POLICY, self.config.limits
        )

    def _diagnose(self) -> None:
        self.diagnostics.fact('model version', lambda: self._model.version if self._model else '')
        self.diagnostics.fact('device', torch.get_default_device)
        self.diagnostics.action(EXECUTE_ACTION, 'start the robot: the world or an executor')
        self.diagnostics.service(CHECK_SERVICE, 'start the failure detector')
        self.diagnostics.service(REQUEST_SERVICE, 'start the learner')

    def configure(self) -> None:
        """Loads the active model."""
        self._model = self._store.load_active()

    def cleanup(self) -> None:
        """Drops the model."""
        self._model = None

    def _load(self, wanted: ModelRef) -> EffectModel:
        """Returns a model of the store; the last one used is kept.

        Raises:
            EffectsError: If the store does not have it or it cannot be read.
        """
        if self._model is None or self._model.digest != wanted.digest:
            self._model = self._store.load(wanted.digest)
            self.get_logger().info(f'plans are made with model version {self._model.version} now')
        return self._model

    def _current(self) -> EffectModel:
        """Returns the model announced last; before any announcement the active one."""
        announced = self._announced.get()
        if announced is not None:
            return self._load(msg_to_model(announced))
        assert self._model is not None  # active nodes are configured
        return self._model

    def _achieve(self, goal: Any, task: Task) -> Any:
        self.require_active()
        pursuer = GoalPursuer(self._links, task, self._settings(goal), self._current())
        wanted: Goal = msg_to_goal(goal.goal)
        if goal.plan_only:
            return pursuer.plan(wanted, goal.seed)
        result = pursuer.pursue(wanted, goal.seed)
        self.get_logger().info(f'goal: {result.error_code} {result.error_msg or "achieved"}')
        return result

    def _settings(self, goal: Any) -> PlannerNodeConfig:
        """Returns the parameters with what the goal says otherwise."""
        pursuit: PursuitConfig = self.config.pursuit
        time_s = msg_to_duration_s(goal.planning_time)
        if time_s > 0.0:
            planner = pursuit.planner.replaced(max_time_s=time_s)
            pursuit = pursuit.replaced(planner=planner)
        may_learn = self.config.auto_learn and not goal.no_learning
        return self.config.replaced(pursuit=pursuit, auto_learn=may_learn)


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(PlannerNode, threads=6, args=args)


if __name__ == '__main__':
    sys.exit(main())
